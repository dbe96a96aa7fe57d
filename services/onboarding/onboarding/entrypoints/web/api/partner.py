"""What a partner sees and does: its own status and timeline, correction, agreement, leaving."""

from typing import Any
from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.idempotency import idempotent
from chassis.http.languages import current_language
from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import current_principal, current_session
from chassis.operating.audited import audited
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.bootstrap import OnboardingService
from onboarding.domain.refusals import PartnerUnknown
from onboarding.domain.vocabulary import Language
from onboarding.entrypoints.web.api.answers import MovedSchema, PartnerAnswerSchema, TimelineSchema
from onboarding.entrypoints.web.api.descriptions import described, moved, timeline_page
from onboarding.entrypoints.web.api.operators import current_actor
from onboarding.entrypoints.web.api.questions import (
    AcceptanceRequestSchema,
    OptionalReasonSchema,
    StatedReasonSchema,
    TimelinePageSchema,
)
from onboarding.entrypoints.web.application_schemas import CorrectionSchema, changes_from
from onboarding.handlers import commands
from onboarding.handlers.accept_agreement import accept_agreement
from onboarding.handlers.partnership import request_offboarding, withdraw
from onboarding.handlers.review import submit_correction

api = ApiBlueprint("partner", __name__, description="One partner: status, timeline, own moves")


@api.get("/v1/partners/<uuid:partner_id>")
@api.response(200, PartnerAnswerSchema)
@api.alt_response(404)
def get_partner(partner_id: UUID) -> dict[str, Any]:
    """Show a partner's state, with every product and the cause of its state."""
    service = current_service(OnboardingService)
    with service.open_work() as work:
        partner, plan = work.partners.get(partner_id), work.access_plans.of(partner_id)
    return described(
        partner,
        plan,
        for_operators=current_principal().may_read_all,
        provisioning_url=service.settings.provisioning_public_url,
    )


@api.get("/v1/partners/<uuid:partner_id>/timeline")
@api.arguments(TimelinePageSchema, location="query")
@api.response(200, TimelineSchema)
@api.alt_response(404)
def get_timeline(page: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """List everything that happened to a partner, in all services, the oldest first."""
    for_operators = current_principal().may_read_all
    with current_service(OnboardingService).open_work() as work:
        if not work.partners.is_known(partner_id):
            raise PartnerUnknown
        found = work.lists.timeline(
            partner_id, for_operators=for_operators, limit=page["limit"], after=page["cursor"]
        )
    return timeline_page(found, for_operators=for_operators)


@api.post("/v1/partners/<uuid:partner_id>/correction")
@api.arguments(CorrectionSchema)
@idempotent
@api.response(200, MovedSchema)
@api.alt_response(404)
def post_correction(work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """Correct what was asked for; the review goes on."""
    language = work.partners.get(partner_id).profile.language
    command = commands.SubmitCorrection(partner_id=partner_id, changes=changes_from(body, language))
    return moved(submit_correction(work, command))


@api.post("/v1/partners/<uuid:partner_id>/agreement-acceptance")
@api.arguments(AcceptanceRequestSchema)
@idempotent
@api.response(200, MovedSchema)
@api.alt_response(404)
def post_acceptance(work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """Accept the agreement in force; 409 with `current_version` for another one."""
    language = Language(body.get("language", current_language()))
    command = commands.AcceptAgreement(
        partner_id=partner_id, version=body["agreement_version"], language=language
    )
    return moved(accept_agreement(work, command))


@api.post("/v1/partners/<uuid:partner_id>/withdrawal")
@api.arguments(OptionalReasonSchema)
@idempotent
@api.response(200, MovedSchema)
@api.alt_response(404)
def post_withdrawal(work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """Withdraw the application; possible until the agreement is accepted."""
    return moved(withdraw(work, commands.WithdrawPartner(partner_id=partner_id, reason=body.get("reason"))))


@api.post("/v1/partners/<uuid:partner_id>/offboarding")
@api.arguments(StatedReasonSchema)
@idempotent
@audited("offboard partner", "partner_id")
@api.response(200, MovedSchema)
@api.alt_response(404)
def post_offboarding(work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """End the partnership; possible once the agreement is accepted."""
    session = current_session()
    command = commands.RequestOffboarding(
        partner_id=partner_id,
        reason=body["reason"],
        by=current_actor(),
        session_id=session.id if session else None,
    )
    return moved(request_offboarding(work, command))
