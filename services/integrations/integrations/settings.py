"""The settings of integrations: where webhooks may go, and how long they are tried."""

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from cryptography.fernet import MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chassis.frozen import Frozen
from chassis.settings import CommonSettings, SettingsReader, common_settings, settings_from
from chassis.settings.kafka import are_on_this_machine, host_list
from chassis.settings.kafka_address import SASL_PROTOCOLS
from chassis.settings.trusted_proxies import trusted_proxies
from integrations.adapters.event_contracts import read_catalogue, read_partner_values
from integrations.adapters.network_ranges import Network, read_ranges
from integrations.adapters.retry_schedule_file import read_retry_schedule
from integrations.adapters.signing_secrets import read_encryption_keys
from integrations.domain.event_types import EventCatalogue
from integrations.domain.integrators import PartnerValues
from integrations.domain.quotas import Act, Quotas
from integrations.domain.retry_schedule import RetrySchedule

Read = TypeVar("Read")

CONFIG = Path(__file__).parent / "config"
SCHEMES = ("https", "http")
# For how long a sender has what it took: an attempt has to begin, end and be noted meanwhile.
LEASE_IN_TIMEOUTS = 1.5
# Of one integrator, by the hour.
QUOTAS = {
    Act.TEST: ("TESTS_PER_HOUR_MOST", 200),
    Act.RETRY: ("RETRIES_PER_HOUR_MOST", 1_000),
    Act.REPLAY: ("REPLAYS_PER_HOUR_MOST", 20),
    Act.CHANGE: ("ENDPOINT_CHANGES_PER_HOUR_MOST", 500),
    Act.PERSON: ("PEOPLE_PER_HOUR_MOST", 50),
}


class KafkaUsersOffer(Frozen):
    """Where integrators' users of Kafka connect to, and how their names begin."""

    servers: str
    protocol: str
    prefix: str


class IntegrationsSettings(CommonSettings):
    """What the environment says to integrations."""

    session_private_key: Ed25519PrivateKey = field(repr=False)
    partner_session_public_key: Ed25519PublicKey = field(repr=False)
    onboarding_public_url: str
    choices_per_partner: int
    secret_keys: MultiFernet = field(repr=False)
    opened_ranges: tuple[Network, ...]
    schemes: tuple[str, ...]
    ca_file: Path | None
    timeout_seconds: float
    retries: RetrySchedule
    retention: timedelta
    most_endpoints: int
    most_replays_running: int
    most_filter_steps: int
    quotas: Quotas
    verifies_endpoints: bool
    anonymous_limits: Mapping[str, tuple[int, int | None]]
    trusted_proxies: int
    kafka_users: KafkaUsersOffer | None
    lease: timedelta
    takeover: timedelta
    sender_instance: str | None
    catalogue: EventCatalogue = field(repr=False)
    partner_values: PartnerValues


def read_settings(environ: Mapping[str, str]) -> IntegrationsSettings:
    """Raises SettingsRefused naming every wrong variable, and every wrong entry of the schedule."""
    with settings_from(environ) as reader:
        common = common_settings(reader, "integrations")
        timeout_seconds = reader.decimal("WEBHOOK_TIMEOUT_SECONDS", 15, least=0.1, most=30)
        return IntegrationsSettings(
            **vars(common),
            session_private_key=reader.key_pair("SESSION_PRIVATE_KEY", "SESSION_PUBLIC_KEY"),
            partner_session_public_key=_key_of_onboarding(reader, common),
            onboarding_public_url=reader.url("ONBOARDING_PUBLIC_URL"),
            choices_per_partner=reader.number("CONSENTS_PER_PARTNER_AND_HOUR", 60, least=1, most=1_000_000),
            secret_keys=reader.parsed("WEBHOOK_SECRET_KEYS", read_encryption_keys),
            opened_ranges=reader.parsed("WEBHOOK_OPENED_RANGES", read_ranges, ()),
            schemes=reader.parsed("WEBHOOK_SCHEMES", _schemes, ("https",)),
            ca_file=reader.file("WEBHOOK_CA_FILE") if reader.is_given("WEBHOOK_CA_FILE") else None,
            timeout_seconds=timeout_seconds,
            retries=reader.read_from("WEBHOOK_RETRIES_FILE", read_retry_schedule, CONFIG / "retries.yaml"),
            retention=timedelta(days=reader.number("EVENT_RETENTION_DAYS", 30, least=1, most=30)),
            most_endpoints=reader.number("ENDPOINTS_MOST", 50, least=1, most=10_000),
            most_replays_running=reader.number("REPLAYS_RUNNING_MOST", 5, least=1, most=100),
            most_filter_steps=reader.number("FILTER_STEPS_MOST", 2_000, least=1_000, most=1_000_000),
            quotas={
                act: reader.number(name, usual, least=1, most=1_000_000)
                for act, (name, usual) in QUOTAS.items()
            },
            verifies_endpoints=reader.choice("WEBHOOK_VERIFIES_ENDPOINTS", ("yes", "no"), "no") == "yes",
            anonymous_limits=_anonymous_limits(reader),
            trusted_proxies=trusted_proxies(reader),
            kafka_users=_kafka_users(reader),
            lease=_lease(reader, timeout_seconds),
            takeover=_takeover(reader, timeout_seconds),
            sender_instance=reader.optional_text("SENDER_INSTANCE"),
            catalogue=_from_contracts(reader, common, read_catalogue, {}),
            partner_values=_from_contracts(reader, common, read_partner_values, {}),
        )


def _anonymous_limits(reader: SettingsReader) -> Mapping[str, tuple[int, int | None]]:
    return {
        "request_link": (
            reader.number("LINKS_PER_NETWORK_AND_HOUR", 30, least=1, most=1_000_000),
            reader.number("LINKS_PER_HOUR_MOST", 3_000, least=1, most=1_000_000),
        ),
        "show_wrong_token": (
            reader.number("WRONG_TOKENS_PER_NETWORK_AND_HOUR", 60, least=1, most=1_000_000),
            None,
        ),
    }


def _key_of_onboarding(reader: SettingsReader, common: CommonSettings) -> Ed25519PublicKey:
    """Other than our own: a partner's session is none of the portal's people, nor the other way round."""
    name = "PARTNER_SESSION_PUBLIC_KEY"
    key = reader.public_key(name)
    if reader.is_given(name) and key == common.session_public_key:
        reader.refuse(name, "must be that of onboarding, and not SESSION_PUBLIC_KEY of the portal")
    return key


def _lease(reader: SettingsReader, timeout_seconds: float | None) -> timedelta:
    least = max(LEASE_IN_TIMEOUTS * (timeout_seconds or 0), 1)
    return timedelta(seconds=reader.decimal("WEBHOOK_LEASE_SECONDS", 45, least=least, most=600) or 0)


def _takeover(reader: SettingsReader, timeout_seconds: float) -> timedelta:
    """A sender that is cut off from the database goes on with its attempts: they have to be over."""
    name = "WEBHOOK_TAKEOVER_SECONDS"
    seconds = reader.decimal(name, 20, least=1, most=120) or 0
    if seconds < (timeout_seconds or 0):
        reader.refuse(name, f"must not be less than WEBHOOK_TIMEOUT_SECONDS, which is {timeout_seconds:g}")
    return timedelta(seconds=seconds)


def _schemes(text: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in text.split(","))
    if "https" not in found or not set(found) <= set(SCHEMES):
        raise ValueError("must be https, or https,http")
    return found


def _kafka_users(reader: SettingsReader) -> KafkaUsersOffer | None:
    servers = reader.parsed("KAFKA_USERS_SERVERS", host_list, None)
    protocol = reader.choice("KAFKA_USERS_PROTOCOL", SASL_PROTOCOLS, "SASL_SSL")
    prefix = reader.parsed("KAFKA_USERS_PREFIX", _prefix, "integrator-")
    if servers is not None and protocol == "SASL_PLAINTEXT" and not are_on_this_machine(servers):
        what = "SASL_PLAINTEXT sends events in the clear to another machine: use SASL_SSL"
        reader.refuse("KAFKA_USERS_PROTOCOL", what)
    return None if servers is None else KafkaUsersOffer(servers=servers, protocol=protocol, prefix=prefix)


def _prefix(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]{2,30}-", text):
        raise ValueError("must be small letters, digits and dashes, and end in a dash: integrator-")
    return text


def _from_contracts(
    reader: SettingsReader, common: CommonSettings, read: Callable[[Path], Read], nothing: Read
) -> Read:
    if common.contracts_folder is None:
        return nothing
    try:
        return read(common.contracts_folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        reader.refuse("CONTRACTS_FOLDER", f"holds no usable contracts: {error}")
    return nothing
