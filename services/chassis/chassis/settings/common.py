"""The settings that every service has; services add their own in their ``settings.py``.

@dataclass(frozen=True, kw_only=True)
class BillingSettings(CommonSettings):
    rates_file: Path

def read_settings(environ: Mapping[str, str]) -> BillingSettings:
    with settings_from(environ) as reader:
        return BillingSettings(
            **vars(common_settings(reader, "billing")), rates_file=reader.file("RATES_FILE", DEFAULT_RATES)
        )
"""

import re
from dataclasses import field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from chassis.identity.access_tokens import Issuer
from chassis.identity.revoked_tokens import RevokedTokens
from chassis.identity.signing_keys import read_public_key
from chassis.settings.backbone import BackboneSettings, read_backbone_settings
from chassis.settings.database_timeouts import TIMEOUTS_OF, DatabaseTimeouts
from chassis.settings.four_eyes import FourEyes, read_four_eyes
from chassis.settings.issuer import read_issuer
from chassis.settings.kafka import read_kafka_address
from chassis.settings.kafka_address import KafkaAddress
from chassis.settings.reader import SettingsReader
from chassis.settings.serving import ServingSettings, serving_settings

# Beside the services in this repository; images say where theirs is.
DEFAULT_CONTRACTS = Path(__file__).resolve().parents[4] / "contracts"
LONGEST_SOURCE_PREFIX = 200


class CommonSettings(ServingSettings):
    """The settings of any service with a database and events."""

    database_url: str = field(repr=False)
    database_timeouts: DatabaseTimeouts
    kafka: KafkaAddress
    event_type_prefix: str
    event_source_prefixes: tuple[str, ...]
    event_schemas_url: str
    contracts_folder: Path
    session_public_key: Ed25519PublicKey = field(repr=False)
    link_public_key: Ed25519PublicKey = field(repr=False)
    ops_token_public_key: Ed25519PublicKey = field(repr=False)
    other_ops_token_public_key: Ed25519PublicKey | None = field(default=None, repr=False)
    revoked_tokens: RevokedTokens = field(default_factory=lambda: RevokedTokens(None))
    issuer: Issuer | None = None
    four_eyes: FourEyes = field(default_factory=FourEyes)
    backbone: BackboneSettings = field(default_factory=BackboneSettings)

    @property
    def schemas_url(self) -> str:
        """Where event schemas are published: by default by this service's own web process."""
        return self.event_schemas_url or f"{self.public_url}/schemas"

    @property
    def event_source(self) -> str:
        """The ``ce_source`` of this service's events."""
        return f"{self.event_source_prefixes[0]}/{self.service_name}"

    def sources_of(self, service_name: str) -> frozenset[str]:
        """The ``ce_source`` of a service of this deployment, and the accepted ones while it is renamed."""
        return frozenset(f"{prefix}/{service_name}" for prefix in self.event_source_prefixes)


def common_settings(reader: SettingsReader, service_name: str) -> CommonSettings:
    """Read what all services share; problems are collected by the reader."""
    contracts = reader.folder("CONTRACTS_FOLDER", DEFAULT_CONTRACTS)
    return CommonSettings(
        **vars(serving_settings(reader, service_name)),
        database_url=reader.parsed("DATABASE_URL", _database_url),
        database_timeouts=_database_timeouts(reader),
        kafka=read_kafka_address(reader),
        event_type_prefix=reader.parsed("EVENT_TYPE_PREFIX", _event_type_prefix, "gangway"),
        event_source_prefixes=_event_source_prefixes(reader),
        event_schemas_url=reader.url("EVENT_SCHEMAS_URL", ""),
        contracts_folder=contracts,
        session_public_key=reader.public_key("SESSION_PUBLIC_KEY"),
        link_public_key=reader.public_key("LINK_PUBLIC_KEY"),
        ops_token_public_key=reader.public_key("OPS_TOKEN_PUBLIC_KEY"),
        other_ops_token_public_key=reader.parsed("OTHER_OPS_TOKEN_PUBLIC_KEY", read_public_key, None),
        revoked_tokens=reader.parsed("REVOKED_TOKENS_FILE", _revoked_tokens, RevokedTokens(None)),
        issuer=read_issuer(reader),
        four_eyes=read_four_eyes(reader, contracts),
        backbone=read_backbone_settings(reader),
    )


def _event_source_prefixes(reader: SettingsReader) -> tuple[str, ...]:
    """The prefix of sources, and the accepted ones while they are renamed.

    Each service's source is the prefix and its name. The setting is the same for all services: it tells each
    whose events to accept on a topic.
    """
    if reader.optional_text("EVENT_SOURCE") is not None:
        reader.refuse("EVENT_SOURCE", "is not read; set EVENT_SOURCE_PREFIX, the same for all services")
    present = reader.parsed("EVENT_SOURCE_PREFIX", _source_prefix, "/gangway")
    other = reader.parsed("OTHER_EVENT_SOURCE_PREFIX", _source_prefix, None)
    return (present,) if other is None else (present, other)


def _database_timeouts(reader: SettingsReader) -> DatabaseTimeouts:
    """Each process has defaults of its own; PROCESS is set by the service's own command line."""
    usual = TIMEOUTS_OF[reader.choice("PROCESS", tuple(TIMEOUTS_OF), "command") or "command"]

    def seconds(name: str, default: float, least: float = 0) -> float:
        return reader.decimal(f"DATABASE_{name}_SECONDS", default, least=least, most=86_400)

    return DatabaseTimeouts(
        statement_seconds=seconds("STATEMENT_TIMEOUT", usual.statement_seconds),
        lock_seconds=seconds("LOCK_TIMEOUT", usual.lock_seconds),
        idle_in_transaction_seconds=seconds("IDLE_TIMEOUT", usual.idle_in_transaction_seconds),
        connect_seconds=reader.number("DATABASE_CONNECT_SECONDS", usual.connect_seconds, least=1, most=600),
        pool_seconds=seconds("POOL_TIMEOUT", usual.pool_seconds, least=0.1),
    )


def _revoked_tokens(text: str) -> RevokedTokens:
    try:
        return RevokedTokens(Path(text))
    except (OSError, ValueError) as error:
        raise ValueError(f"{text} is no list of token ids: {error}") from None


def _database_url(text: str) -> str:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("must be a URL such as postgresql://user:password@host/database") from None
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise ValueError("must start with postgresql://")
    if not url.database:
        raise ValueError("must name a database")
    return text


def _event_type_prefix(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*", text):
        raise ValueError("must be lower-case words joined by dots, such as com.example.gangway")
    return text


def _source_prefix(text: str) -> str:
    if len(text) > LONGEST_SOURCE_PREFIX or not re.fullmatch(
        r"[A-Za-z0-9/][A-Za-z0-9/:._~-]*[A-Za-z0-9]", text
    ):
        raise ValueError("must be the beginning of a URI, such as /gangway or https://example.com/gangway")
    return text
