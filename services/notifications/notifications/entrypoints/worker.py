"""The tasks of notifications' worker."""

from functools import partial
from uuid import UUID

import structlog
from procrastinate import App
from prometheus_client import Counter

from chassis.database.jobs import Backoff
from chassis.database.tasks import EVERY_MINUTE, Task, jobs_app_of
from notifications.bootstrap import NotificationsService
from notifications.entrypoints.sweeps.expiring_invitations import expire_all_due
from notifications.handlers import jobs

MAILS = Counter("gangway_mails", "Attempts to send a mail, by what came of them", ["outcome"])
_RETRY = Backoff(most_seconds=30)

_log = structlog.stdlib.get_logger(__name__)


def create_jobs_app(service: NotificationsService) -> App:
    """A failed mail is recorded with its message; a task fails only because of a bug."""
    return jobs_app_of(
        service.settings,
        {
            jobs.SEND_MAILS: Task(partial(_send_mails, service), retry=_RETRY),
            "send_message": Task(partial(_send_message, service), retry=_RETRY),
            jobs.EXPIRE_INVITATIONS: Task(partial(expire_all_due, service), EVERY_MINUTE),
        },
    )


def _send_mails(service: NotificationsService, partner_id: UUID) -> None:
    for (message_id, _), outcome in service.delivery.send_due(partner_id).items():
        MAILS.labels(outcome).inc()
        _log.info("mail attempted", message_id=str(message_id), outcome=str(outcome))


def _send_message(service: NotificationsService, message_id: UUID) -> None:
    """For jobs deferred by the version before, one for each mail."""
    with service.open_work() as work:
        message = work.messages.get(message_id)
    if message is not None:
        _send_mails(service, message.partner_id)
