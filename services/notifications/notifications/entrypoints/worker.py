"""The tasks of notifications' worker."""

from uuid import UUID

import structlog
from procrastinate import App
from prometheus_client import Counter

from chassis.database.jobs import Backoff, build_jobs_app
from notifications.bootstrap import NotificationsService
from notifications.entrypoints.sweeps.expiring_invitations import expire_all_due
from notifications.handlers import jobs

MAILS = Counter("gangway_mails", "Attempts to send a mail, by what came of them", ["outcome"])

_log = structlog.stdlib.get_logger(__name__)


def create_jobs_app(service: NotificationsService) -> App:
    """Failures of a mail are recorded on the message; the task fails only by a fault of ours."""
    app = build_jobs_app(
        service.settings.database_url,
        service.settings.database_timeouts,
        application_name="notifications-worker",
    )
    retry = Backoff(most_seconds=30)

    @app.task(name=jobs.SEND_MAILS, retry=retry)
    def send_mails(partner_id: str) -> None:
        send_due(UUID(partner_id))

    @app.task(name="send_message", retry=retry)
    def send_message(message_id: str) -> None:
        """Jobs that were deferred by the version before, one for each mail."""
        with service.open_work() as work:
            message = work.messages.get(UUID(message_id))
        if message is not None:
            send_due(message.partner_id)

    def send_due(partner_id: UUID) -> None:
        for (message_id, _), outcome in service.delivery.send_due(partner_id).items():
            MAILS.labels(outcome).inc()
            _log.info("mail attempted", message_id=str(message_id), outcome=str(outcome))

    @app.periodic(cron="* * * * *")
    @app.task(name=jobs.EXPIRE_INVITATIONS, queueing_lock=jobs.EXPIRE_INVITATIONS)
    def expire_invitations(timestamp: int) -> None:
        expire_all_due(service)

    return app
