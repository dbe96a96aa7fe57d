"""Closes expired invitations, each in a transaction of its own."""

from chassis.running.sweep import sweep_by
from notifications.bootstrap import NotificationsService
from notifications.handlers.commands import ExpireInvitation
from notifications.handlers.invitations import expire

INVITATIONS_PER_PAGE = 200


def expire_all_due(service: NotificationsService) -> int:
    """Close every invitation that has expired; return how many were checked."""
    return sweep_by(
        service.open_work,
        lambda work, after: work.invitations.due(work.now(), INVITATIONS_PER_PAGE, after),
        lambda work, due: expire(work, ExpireInvitation(invitation_id=due.id, link_id=due.link_id)),
    )
