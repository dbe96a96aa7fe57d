"""API: accept an invitation by the token of its link."""

from typing import Any

from chassis.http.current_service import current_service
from chassis.http.idempotency import idempotent
from chassis.http.openapi import ApiBlueprint
from chassis.http.problems import Problem
from notifications.adapters.mail_links import INVITATION
from notifications.adapters.unit_of_work import NotificationsUnitOfWork
from notifications.bootstrap import NotificationsService
from notifications.entrypoints.web.api.schemas import Acceptance, AcceptanceRequest
from notifications.entrypoints.web.link_tokens import opened_link
from notifications.handlers.commands import AcceptInvitation
from notifications.handlers.invitations import LinkStanding, accept

api = ApiBlueprint("acceptances", __name__, description="Accept an invitation to learn")

REFUSALS = {
    LinkStanding.USED: ("link_used", "The invitation was accepted before."),
    LinkStanding.EXPIRED: ("link_expired", "The invitation has expired; ask for a new one on its page."),
    LinkStanding.GONE: ("invitation_gone", "The invitation is not open any more."),
}


@api.post("/v1/invitation-acceptances")
@api.arguments(AcceptanceRequest)
@idempotent
@api.response(201, Acceptance)
@api.alt_response(404, 410)
def accept_invitation(work: NotificationsUnitOfWork, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Accept; a used or expired link is 410, with the page that can mail a new one."""
    link_id = opened_link(body["token"], INVITATION)
    settings = current_service(NotificationsService).settings
    standing, invitation = accept(work, AcceptInvitation(link_id))
    if standing is not LinkStanding.OPEN or invitation is None:
        code, text = REFUSALS[standing]
        page = f"{settings.public_url}/invitations/{body['token']}"
        offer: dict[str, Any] = {"new_link": page} if standing is LinkStanding.EXPIRED else {}
        raise Problem(410, code, text, **offer)
    path = settings.learning_paths.by_name.get(invitation.path)
    return {
        "invitation_id": invitation.id,
        "path": invitation.path,
        "accepted_at": invitation.accepted_at,
        "learning_url": path and path.url,
    }, 201
