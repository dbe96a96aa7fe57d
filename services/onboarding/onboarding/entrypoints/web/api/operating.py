"""What operators see and do: search, review queue, decisions, suspension."""

from typing import Any
from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from chassis.operating.audited import acts_on, operators_act
from chassis.operating.cursors import encoded
from onboarding.adapters.repositories.lists import Page
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.bootstrap import OnboardingService
from onboarding.domain.likeness import comparable_traits
from onboarding.entrypoints.web.api import answers, questions
from onboarding.entrypoints.web.api.descriptions import moved
from onboarding.entrypoints.web.api.operators import current_email, current_operator
from onboarding.handlers import commands
from onboarding.handlers.erase import erase
from onboarding.handlers.partnership import reject, resume, suspend
from onboarding.handlers.review import approve, ask_for_correction, change_tier

api = ApiBlueprint("operating", __name__, description="For operators: search, review, suspend")
_act = acts_on(api, "/v1/partners/<uuid:partner_id>", answers.MovedSchema, questions.StatedReasonSchema)


@api.get("/v1/partners")
@api.arguments(questions.SearchSchema, location="query")
@api.response(200, answers.PartnersSchema)
def get_partners(query: dict[str, Any]) -> dict[str, Any]:
    """Search partners by beginnings of words (name, number, contact, id) and state, the newest first."""
    with current_service(OnboardingService).open_work() as work:
        return _listed(work.lists.search(query["search"], query["state"], query["limit"], query["cursor"]))


@api.get("/v1/reviews")
@api.arguments(questions.ReviewsPageSchema, location="query")
@api.response(200, answers.PartnersSchema)
def get_reviews(query: dict[str, Any]) -> dict[str, Any]:
    """List applications that wait for a decision, with the findings, the longest waiting first."""
    with current_service(OnboardingService).open_work() as work:
        return _listed(work.lists.review_queue(query["limit"], query["cursor"]))


@api.get("/v1/partners/<uuid:partner_id>/similar")
@api.response(200, answers.SimilarPartnersSchema)
@api.alt_response(404)
def get_similar(partner_id: UUID) -> dict[str, Any]:
    """List a few partners that may be the same company, by what they have in common."""
    with current_service(OnboardingService).open_work() as work:
        partner = work.partners.get(partner_id)
        traits = list(comparable_traits(partner, work.policies.shared_domains))
        return {"similar": work.partners.duplicates_of(partner, traits)}


@api.get("/v1/approval-limits")
@api.response(200, answers.ApprovalLimitsSchema)
def get_approval_limits() -> dict[str, Any]:
    """Show how many applications rules may approve, and how many of those are used."""
    with current_service(OnboardingService).open_work() as work:
        now, policies, approvals = work.now(), work.policies, work.automatic_approvals
        exceeded_at = approvals.exceeded(now)
        measured = policies.approval_limits.measured(policies.rules.approval, approvals.use(now), now)
    return {
        "limits": [
            {**vars(found), "exceeded_at": exceeded_at.get((found.limit, found.rule))} for found in measured
        ]
    }


@_act("approval", "approve partner", questions.ApprovalSchema)
def post_approval(work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """Approve the company; 409 with `conflicting_partner_id` if it is a partner already.

    The same again with `other_than` says, with the reason, that the two are different companies.
    """
    command = commands.ApprovePartner(
        partner_id=partner_id,
        tier=body["tier"],
        reason=body["reason"],
        by=current_operator(),
        email=current_email(),
        other_than=body.get("other_than"),
    )
    return moved(approve(work, command))


@_act("rejection", "reject partner")
def post_rejection(work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """Reject the company; the applicant reads the reason."""
    command = commands.RejectPartner(partner_id=partner_id, reason=body["reason"], by=current_operator())
    return moved(reject(work, command))


@_act("correction-request", "ask for correction", questions.CorrectionRequestSchema, reason="message")
def post_correction_request(
    work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID
) -> dict[str, Any]:
    """Return the application for correction; the applicant reads the message."""
    command = commands.AskForCorrection(
        partner_id=partner_id,
        fields=tuple(dict.fromkeys(body["fields_"])),
        message=body["message"],
        by=current_operator(),
    )
    return moved(ask_for_correction(work, command))


@_act("tier", "change tier", questions.TierSchema)
def post_tier(work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """Change the partner's tier; its products follow the catalogue, and the partner is told.

    409 before the approval, once the partner leaves, and for the tier that it has.
    """
    command = commands.ChangeTier(
        partner_id=partner_id,
        tier=body["tier"],
        reason=body["reason"],
        by=current_operator(),
        email=current_email(),
    )
    return moved(change_tier(work, command))


@_act("suspension", "suspend partner")
def post_suspension(work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """Switch the access off without destroying it."""
    command = commands.SuspendPartner(partner_id=partner_id, reason=body["reason"], by=current_operator())
    return moved(suspend(work, command))


@_act("resumption", "resume partner")
def post_resumption(work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """Switch the access on again."""
    command = commands.ResumePartner(partner_id=partner_id, reason=body["reason"], by=current_operator())
    return moved(resume(work, command))


@operators_act(
    api,
    "/v1/partners/<uuid:partner_id>/erasure",
    "erase partner",
    questions.OperatorsReasonSchema,
    answers.ErasedSchema,
)
def post_erasure(work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """Erase all that is kept of a partner that has left, here and in every other service, for good.

    409 with `state` before it has left; the second time there is no such partner.
    """
    return vars(erase(work, commands.ErasePartner(partner_id)))


def _listed(page: Page[Any]) -> dict[str, Any]:
    return {"partners": page.items, "next_cursor": encoded(page.next_cursor)}
