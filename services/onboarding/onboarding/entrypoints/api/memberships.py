"""A named person answers; the contact has one asked again who did not."""

from typing import Any
from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.idempotency import idempotent
from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import requires_subject
from onboarding.adapters.unit_of_work import SqlOnboardingWork
from onboarding.bootstrap import OnboardingService
from onboarding.entrypoints.api.answers import AcknowledgedSchema, MembershipAnswerSchema
from onboarding.entrypoints.api.questions import MembershipSchema
from onboarding.entrypoints.link_tokens import membership_of
from onboarding.handlers.commands import AnswerMembership, AskAgain
from onboarding.handlers.membership import answer_membership, ask_again

api = ApiBlueprint("memberships", __name__, description="People whom a contact named answer for themselves")


@api.post("/v1/memberships")
@api.arguments(MembershipSchema)
@idempotent
@api.response(201, MembershipAnswerSchema)
@api.alt_response(410)
def post_membership(work: SqlOnboardingWork, body: dict[str, Any]) -> dict[str, str]:
    """Say whether it is right to be named by a company; a no deletes name and address.

    A link is answered once. 410 for one that is invalid, was answered or has expired.
    """
    verifier = current_service(OnboardingService).link_verifier
    link_id = membership_of(body["link_token"], verifier).link_id
    answered, _ = answer_membership(work, AnswerMembership(link_id=link_id, is_right=body["is_right"]))
    return {"answer": answered}


@api.post("/v1/partners/<uuid:partner_id>/members/<uuid:member_id>/confirmation-request")
@requires_subject("partner_id")
@idempotent
@api.response(202, AcknowledgedSchema)
@api.alt_response(404)
def post_confirmation_request(work: SqlOnboardingWork, partner_id: UUID, member_id: UUID) -> dict[str, str]:
    """Ask a person once more who has not answered; 409 if they did, or were asked lately or often enough."""
    ask_again(work, AskAgain(partner_id=partner_id, member_id=member_id))
    return {"detail": "The person is asked again by mail."}
