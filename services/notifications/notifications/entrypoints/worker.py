"""The tasks of notifications' worker."""

from uuid import UUID

import structlog
from procrastinate import App
from prometheus_client import Counter

from chassis.database.jobs import Backoff, build_jobs_app
from chassis.service import Service
from notifications.bootstrap import NotificationsService
from notifications.entrypoints.sweeps.expiring_invitations import expire_all_due
from notifications.handlers.invitations import EXPIRE_INVITATIONS
from notifications.handlers.planning import SEND_MESSAGE

MAILS = Counter("gangway_mails", "Jobs that send a mail, by what came of them", ["outcome"])

_log = structlog.stdlib.get_logger(__name__)


def create_jobs_app(service: Service) -> App:
    """A mail's own failures are noted on the message; the task fails only when we are ill, and comes back."""
    if not isinstance(service, NotificationsService):
        raise TypeError(f"not notifications: {service.name}")
    app = build_jobs_app(
        service.settings.database_url,
        service.settings.database_timeouts,
        application_name="notifications-worker",
    )
    retry = Backoff(most_seconds=30)

    @app.task(name=SEND_MESSAGE, retry=retry)
    def send_message(message_id: str) -> None:
        outcome = service.delivery.send(UUID(message_id))
        MAILS.labels(outcome.name.lower()).inc()
        _log.info("mail", message_id=message_id, outcome=outcome.name.lower())

    @app.periodic(cron="* * * * *")
    @app.task(name=EXPIRE_INVITATIONS, queueing_lock=EXPIRE_INVITATIONS)
    def expire_invitations(timestamp: int) -> None:
        expire_all_due(service)

    return app
