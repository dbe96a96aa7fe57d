"""Wires notifications: takes settings, returns a service with its adapters."""

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from chassis.database.outside_calls import OutsideCalls
from chassis.database.session_locks import SessionLocks
from chassis.identity.links import LinkSigner, LinkVerifier
from chassis.reachable import reachable
from chassis.running.leaving import leaving
from chassis.service import Check, ServiceOf, database_of
from chassis.translations import Translations
from notifications.adapters.mail_links import MailLinks
from notifications.adapters.mail_writer import TemplateMailWriter, mail_templates
from notifications.adapters.unit_of_work import NotificationsUnitOfWork
from notifications.adapters.waiting import WAITING
from notifications.handlers.delivery import Delivery
from notifications.handlers.ports import MailTransport, Policies
from notifications.settings import NotificationsSettings, read_settings

WORDS = Path(__file__).parent / "words"
# A worker thread holds a connection for a lock while it opens transactions on another. Without the second
# one it could not record that a mail was sent, and would send it again.
CONNECTIONS_OF_A_THREAD = 2
SPARE_CONNECTIONS = 8


class NotificationsService(ServiceOf[NotificationsUnitOfWork]):
    """Notifications, ready to run any of its processes."""

    settings: NotificationsSettings
    link_verifier: LinkVerifier
    delivery: Delivery

    def outside_checks(self) -> Mapping[str, Check]:
        smtp = self.settings.smtp
        return {} if smtp is None else {"mail_server": reachable(smtp.host, smtp.port)}


def build_service(
    environ: Mapping[str, str] = os.environ, *, transport: MailTransport | None = None
) -> NotificationsService:
    """Wire everything; opens no connection. Raises SettingsRefused. ``transport`` is for tests."""
    settings = read_settings(environ)
    database = database_of(
        settings,
        pool_size=settings.backbone.worker_threads * CONNECTIONS_OF_A_THREAD + SPARE_CONNECTIONS,
    )
    policies = Policies(learning_paths=settings.learning_paths, mail_gathering=settings.mail_gathering)
    work_factory = partial(NotificationsUnitOfWork, policies=policies)
    delivery = Delivery(
        outside=OutsideCalls(
            open_work=lambda: database.begin(work_factory),
            locks=SessionLocks(database.engine),
            should_leave=leaving.is_set,
        ),
        writer=_writer(settings),
        transport=transport or _transport(settings),
        retries=settings.mail_retries,
    )
    return NotificationsService(
        name="notifications",
        settings=settings,
        database=database,
        waiting=WAITING,
        work_factory=work_factory,
        link_verifier=LinkVerifier(settings.link_public_key),
        delivery=delivery,
    )


def _writer(settings: NotificationsSettings) -> TemplateMailWriter:
    links = MailLinks(
        signer=LinkSigner(settings.link_private_key),
        onboarding_url=settings.onboarding_public_url,
        own_url=settings.public_url,
        portal_url=settings.integrations_public_url,
    )
    return TemplateMailWriter(
        sender=settings.mail_from,
        reply_to=settings.mail_reply_to,
        links=links,
        translations=Translations(WORDS / "mails"),
        templates=mail_templates(),
        may_be_international=settings.mail_smtputf8,
    )


def _transport(settings: NotificationsSettings) -> MailTransport:
    if settings.smtp is not None:
        return settings.smtp
    from notifications.adapters.ses_transport import SesTransport, ses_client  # noqa: PLC0415

    client = ses_client(settings.mail_timeout_seconds)
    return SesTransport(client=client, configuration_set=settings.ses_configuration_set)
