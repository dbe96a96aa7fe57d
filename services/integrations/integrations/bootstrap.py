"""Where integrations is put together: settings in, a service with its adapters out."""

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from chassis.database.counted_acts import CountedActs
from chassis.database.recorded_sessions import RecordedSessions
from chassis.database.session_locks import SessionLocks
from chassis.identity.keyed_digests import KeyedDigests
from chassis.identity.links import LinkVerifier
from chassis.identity.session import Guests, SessionSigner
from chassis.service import ServiceOf, database_of
from integrations.adapters.allowed_addresses import AllowedAddresses
from integrations.adapters.event_filters import cost_of
from integrations.adapters.kafka_users import kafka_users
from integrations.adapters.sending.challenger import OptionsChallenger
from integrations.adapters.sending.webhook_client import WebhookClient
from integrations.adapters.sessions import partners_sessions, peoples_sessions
from integrations.adapters.signing_secrets import SigningSecrets
from integrations.adapters.unit_of_work import IntegrationsUnitOfWork
from integrations.adapters.waiting import WAITING
from integrations.handlers.kafka_users import reconcile
from integrations.handlers.ports import Policies
from integrations.settings import IntegrationsSettings, read_settings

WORDS = Path(__file__).parent / "words"


class IntegrationsService(ServiceOf[IntegrationsUnitOfWork]):
    """Integrations, ready to run any of its processes."""

    settings: IntegrationsSettings
    signing: SigningSecrets
    addresses: AllowedAddresses
    link_verifier: LinkVerifier
    sessions: RecordedSessions
    partners_sessions: Guests
    digests: KeyedDigests
    counted_acts: CountedActs

    def reconcile_kafka_users(self) -> None:
        """Make the cluster's users what they should be. Blocks; raises KafkaUsersFailed and NotNow."""
        offer = self.settings.kafka_users
        if offer is not None:
            with kafka_users(self.settings.kafka, offer.prefix) as users:
                reconcile(self.open_work, users, SessionLocks(self.database.engine))

    @property
    def challenger(self) -> OptionsChallenger:
        settings = self.settings
        client = partial(
            WebhookClient, self.addresses, timeout_seconds=settings.timeout_seconds, ca_file=settings.ca_file
        )
        return OptionsChallenger(client, settings.public_url)


def build_service(environ: Mapping[str, str] = os.environ) -> IntegrationsService:
    """Wire everything; opens no connection. Raises SettingsRefused."""
    settings = read_settings(environ)
    signing = SigningSecrets(settings.secret_keys)
    policies = Policies(
        catalogue=settings.catalogue,
        retries=settings.retries,
        secrets=signing,
        lease=settings.lease,
        most_endpoints=settings.most_endpoints,
        most_replays_running=settings.most_replays_running,
        most_filter_steps=settings.most_filter_steps,
        filter_cost=cost_of,
        quotas=settings.quotas,
        verifies_endpoints=settings.verifies_endpoints,
        kafka_prefix=settings.kafka_users.prefix if settings.kafka_users else None,
    )
    database = database_of(settings)
    return IntegrationsService(
        name="integrations",
        settings=settings,
        database=database,
        waiting=WAITING,
        work_factory=partial(
            IntegrationsUnitOfWork, policies=policies, type_prefix=settings.event_type_prefix
        ),
        signing=signing,
        addresses=AllowedAddresses(schemes=settings.schemes, opened=settings.opened_ranges),
        link_verifier=LinkVerifier(settings.link_public_key),
        sessions=peoples_sessions(database, SessionSigner(settings.session_private_key)),
        partners_sessions=partners_sessions(database, settings.partner_session_public_key),
        digests=KeyedDigests(settings.session_private_key.private_bytes_raw()),
        counted_acts=CountedActs(database.engine),
    )
