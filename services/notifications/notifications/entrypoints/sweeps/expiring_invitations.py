"""All invitations whose time is over, each closed in a transaction of its own."""

from chassis.running.sweep import sweep
from notifications.bootstrap import NotificationsService
from notifications.domain.invitations import Invitation
from notifications.handlers.commands import ExpireInvitation
from notifications.handlers.invitations import expire

INVITATIONS_PER_PAGE = 200


def expire_all_due(service: NotificationsService) -> int:
    """Close every invitation that has run out by now; return how many were looked at."""

    def find(after: Invitation | None) -> list[Invitation]:
        with service.open_work() as work:
            return work.invitations.due(work.now(), INVITATIONS_PER_PAGE, after)

    def settle(due: Invitation) -> None:
        with service.open_work() as work:
            expire(work, ExpireInvitation(invitation_id=due.id, link_id=due.link_id))

    return sweep(find, settle)
