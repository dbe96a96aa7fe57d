"""API: what operators see of a partner's mails and invitations, and one more try for a failed mail."""

from typing import Any
from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from chassis.http.problems import Problem
from chassis.operating.audited import operators_act
from chassis.operating.http_schemas import StatedReason
from notifications.adapters.unit_of_work import NotificationsUnitOfWork
from notifications.bootstrap import NotificationsService
from notifications.domain.messages import Message
from notifications.entrypoints.web.api import schemas
from notifications.handlers.commands import RetryMessage
from notifications.handlers.delivery import retry

api = ApiBlueprint("operating", __name__, description="Mails and invitations of a partner")


@api.get("/v1/partners/<uuid:partner_id>/messages")
@api.response(200, schemas.MessagesOfPartner)
@api.alt_response(404)
def list_messages_of_partner(partner_id: UUID) -> dict[str, Any]:
    """List all mails with their state and cause."""
    with current_service(NotificationsService).open_work() as work:
        _expect_known(work, partner_id)
        return {"messages": work.messages.of_partner(partner_id)}


@api.get("/v1/failed-messages")
@api.arguments(schemas.FailedMessagesPage, location="query")
@api.response(200, schemas.FailedMessages)
def list_failed_messages(query: dict[str, Any]) -> dict[str, Any]:
    """List mails of all partners that failed or are being retried, in the order planned."""
    still_tried = "still_tried" in query
    with current_service(NotificationsService).open_work() as work:
        found = work.messages.failed(query["limit"], query.get("cursor"), still_tried=still_tried)
    is_full = len(found) == query["limit"]
    return {"messages": found, "next_cursor": found[-1].id if is_full else None}


@api.get("/v1/partners/<uuid:partner_id>/invitations")
@api.response(200, schemas.InvitationsOfPartner)
@api.alt_response(404)
def list_invitations_of_partner(partner_id: UUID) -> dict[str, Any]:
    """List all invitations with their state."""
    with current_service(NotificationsService).open_work() as work:
        _expect_known(work, partner_id)
        return {"invitations": work.invitations.of_partner(partner_id)}


@operators_act(
    api,
    "/v1/messages/<uuid:message_id>/retry",
    "retry message",
    StatedReason,
    schemas.MessageOfPartner,
    status=202,
)
def retry_message(
    work: NotificationsUnitOfWork, _body: dict[str, Any], message_id: UUID
) -> tuple[Message, int]:
    """Try a failed mail again, with all its attempts; 409 when it has not failed."""
    message = retry(work, RetryMessage(message_id))
    if message is None:
        raise Problem(404, "not_found", "There is no such message.")
    return message, 202


def _expect_known(work: NotificationsUnitOfWork, partner_id: UUID) -> None:
    if work.partners.get(partner_id) is None:
        raise Problem(404, "not_found", "There is no such partner here.")
