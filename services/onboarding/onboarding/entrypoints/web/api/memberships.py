"""A named person answers; the contact has one asked again who did not."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from chassis.http.idempotency import idempotent
from chassis.http.openapi import ApiBlueprint
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.domain.refusals import LinkRefused
from onboarding.entrypoints.web.api.answers import AcknowledgedSchema, MembershipAnswerSchema
from onboarding.entrypoints.web.api.questions import MembershipSchema
from onboarding.entrypoints.web.limiting import count_refused_link
from onboarding.entrypoints.web.link_tokens import MEMBERSHIPS, link_id_of
from onboarding.handlers.commands import AnswerMembership, AskAgain
from onboarding.handlers.membership import answer_membership, ask_again

api = ApiBlueprint("memberships", __name__, description="People whom a contact named answer for themselves")


def _by_link(view: Callable[[AnswerMembership], Any]) -> Callable[[dict[str, Any]], Any]:
    """Check the signature before the view's transaction begins, and count what was refused after it ended."""

    @wraps(view)
    def checked(body: dict[str, Any]) -> Any:
        try:
            link_id = link_id_of(MEMBERSHIPS, body["link_token"])
            return view(AnswerMembership(link_id=link_id, is_right=body["is_right"]))
        except LinkRefused as refused:
            count_refused_link(refused)
            raise

    return checked


@api.post("/v1/memberships")
@api.arguments(MembershipSchema)
@_by_link
@idempotent
@api.response(201, MembershipAnswerSchema)
@api.alt_response(410, 429)
def post_membership(work: OnboardingUnitOfWork, command: AnswerMembership) -> dict[str, str]:
    """Confirm or decline membership of a company; declining deletes name and address.

    A link is answered once. 410 for one that is invalid, was answered or has expired; 429 where answered or
    expired ones were tried too often from one network.
    """
    answered, _ = answer_membership(work, command)
    return {"answer": answered}


@api.post("/v1/partners/<uuid:partner_id>/members/<uuid:member_id>/confirmation-request")
@idempotent
@api.response(202, AcknowledgedSchema)
@api.alt_response(404)
def post_confirmation_request(
    work: OnboardingUnitOfWork, partner_id: UUID, member_id: UUID
) -> dict[str, str]:
    """Remind a person who has not answered; 409 if they have, or were asked recently or too often."""
    ask_again(work, AskAgain(partner_id=partner_id, member_id=member_id))
    return {"detail": "The person is asked again by mail."}
