"""What operators see and do: search, review queue, decisions, suspension."""

from typing import Any
from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.idempotency import idempotent
from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import requires_operator, requires_viewer
from chassis.operating.audited import audited
from onboarding.adapters.repositories.lists import Page, PartnerLine
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.bootstrap import OnboardingService
from onboarding.domain.states import State
from onboarding.domain.vocabulary import Tier
from onboarding.entrypoints.web.api.answers import ApprovalLimitsSchema, MovedSchema, PartnersSchema
from onboarding.entrypoints.web.api.approval_limits import limits_used
from onboarding.entrypoints.web.api.descriptions import moved
from onboarding.entrypoints.web.api.operators import current_operator
from onboarding.entrypoints.web.api.paging import encoded
from onboarding.entrypoints.web.api.questions import (
    ApprovalSchema,
    CorrectionRequestSchema,
    ReviewsPageSchema,
    SearchSchema,
    StatedReasonSchema,
)
from onboarding.handlers.commands import (
    ApprovePartner,
    AskForCorrection,
    RejectPartner,
    ResumePartner,
    SuspendPartner,
)
from onboarding.handlers.review import approve, ask_for_correction, reject
from onboarding.handlers.suspend import resume, suspend

api = ApiBlueprint("operating", __name__, description="For operators: search, review, suspend")


@api.get("/v1/partners")
@requires_viewer
@api.arguments(SearchSchema, location="query")
@api.response(200, PartnersSchema)
def get_partners(query: dict[str, Any]) -> dict[str, Any]:
    """Partners by beginnings of words (name, number, contact, id) and state, the newest first."""
    state = State(query["state"]) if query["state"] else None
    with current_service(OnboardingService).open_work() as work:
        return _listed(work.lists.search(query["search"], state, query["limit"], query["cursor"]))


@api.get("/v1/reviews")
@requires_viewer
@api.arguments(ReviewsPageSchema, location="query")
@api.response(200, PartnersSchema)
def get_reviews(query: dict[str, Any]) -> dict[str, Any]:
    """Applications that wait for a decision, with the findings, the longest waiting first."""
    with current_service(OnboardingService).open_work() as work:
        return _listed(work.lists.review_queue(query["limit"], query["cursor"]))


@api.get("/v1/approval-limits")
@requires_viewer
@api.response(200, ApprovalLimitsSchema)
def get_approval_limits() -> dict[str, Any]:
    """How much rules may approve without a person, and how much of that is used now."""
    with current_service(OnboardingService).open_work() as work:
        return {"limits": limits_used(work)}


@api.post("/v1/partners/<uuid:partner_id>/approval")
@requires_operator
@api.arguments(ApprovalSchema)
@idempotent
@audited("approve partner", "partner_id")
@api.response(200, MovedSchema)
@api.alt_response(404)
def post_approval(work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """Take the company in; 409 with `conflicting_partner_id` if it is a partner already.

    The same again with `other_than` says, with the reason, that the two are different companies.
    """
    command = ApprovePartner(
        partner_id=partner_id,
        tier=Tier(body["tier"]),
        reason=body["reason"],
        by=current_operator(),
        other_than=body.get("other_than"),
    )
    return moved(approve(work, command))


@api.post("/v1/partners/<uuid:partner_id>/rejection")
@requires_operator
@api.arguments(StatedReasonSchema)
@idempotent
@audited("reject partner", "partner_id")
@api.response(200, MovedSchema)
@api.alt_response(404)
def post_rejection(work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """Turn the company down; the applicant reads the reason."""
    return moved(
        reject(work, RejectPartner(partner_id=partner_id, reason=body["reason"], by=current_operator()))
    )


@api.post("/v1/partners/<uuid:partner_id>/correction-request")
@requires_operator
@api.arguments(CorrectionRequestSchema)
@idempotent
@audited("ask for correction", "partner_id", reason="message")
@api.response(200, MovedSchema)
@api.alt_response(404)
def post_correction_request(
    work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID
) -> dict[str, Any]:
    """Hand the application back; the applicant reads the message."""
    command = AskForCorrection(
        partner_id=partner_id,
        fields=tuple(dict.fromkeys(body["fields_"])),
        message=body["message"],
        by=current_operator(),
    )
    return moved(ask_for_correction(work, command))


@api.post("/v1/partners/<uuid:partner_id>/suspension")
@requires_operator
@api.arguments(StatedReasonSchema)
@idempotent
@audited("suspend partner", "partner_id")
@api.response(200, MovedSchema)
@api.alt_response(404)
def post_suspension(work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """Switch the access off without destroying it."""
    return moved(
        suspend(work, SuspendPartner(partner_id=partner_id, reason=body["reason"], by=current_operator()))
    )


@api.post("/v1/partners/<uuid:partner_id>/resumption")
@requires_operator
@api.arguments(StatedReasonSchema)
@idempotent
@audited("resume partner", "partner_id")
@api.response(200, MovedSchema)
@api.alt_response(404)
def post_resumption(work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """Switch the access on again."""
    return moved(
        resume(work, ResumePartner(partner_id=partner_id, reason=body["reason"], by=current_operator()))
    )


def _listed(page: Page[PartnerLine]) -> dict[str, Any]:
    return {"partners": page.items, "next_cursor": encoded(page.next_cursor)}
