"""What a partner reads and takes along of what is kept about it; each person's language."""

from typing import Any
from uuid import UUID

from flask import Response

from chassis.http.current_service import current_service
from chassis.http.idempotency import idempotent
from chassis.http.openapi import ApiBlueprint
from chassis.http.problems import Problem
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.bootstrap import OnboardingService
from onboarding.domain.limits import Act
from onboarding.domain.refusals import PartnerUnknown
from onboarding.entrypoints.web.api.answers import MovedSchema
from onboarding.entrypoints.web.api.descriptions import moved
from onboarding.entrypoints.web.api.own_answers import AcceptedAgreementSchema, ExportSchema, LearningSchema
from onboarding.entrypoints.web.api.questions import LanguageSchema
from onboarding.entrypoints.web.limiting import limited
from onboarding.entrypoints.web.own_export import export
from onboarding.handlers.commands import ChooseLanguage
from onboarding.handlers.own_data import choose_language

api = ApiBlueprint("own_data", __name__, description="A partner's agreement, learning and data")


@api.get("/v1/partners/<uuid:partner_id>/agreement")
@api.response(200, AcceptedAgreementSchema)
@api.alt_response(404)
def get_accepted_agreement(partner_id: UUID) -> dict[str, Any]:
    """Show the text that was accepted, and the proof; `markdown` is null where it is no longer kept."""
    service = current_service(OnboardingService)
    with service.open_work() as work:
        acceptance = work.partners.get(partner_id).acceptance
    if acceptance is None:
        raise Problem(404, "not_found", "No agreement was accepted yet.")
    text = service.policies.agreements.accepted(acceptance)
    return {**vars(acceptance), "markdown": text.markdown if text else None}


@api.get("/v1/partners/<uuid:partner_id>/learning")
@api.response(200, LearningSchema)
@api.alt_response(404)
def get_learning(partner_id: UUID) -> dict[str, Any]:
    """List the invitations to learning paths, and the progress, as notifications reported them."""
    with current_service(OnboardingService).open_work() as work:
        if not work.partners.is_known(partner_id):
            raise PartnerUnknown
        return {"learning": work.lists.learning(partner_id)}


@api.post("/v1/partners/<uuid:partner_id>/members/<uuid:member_id>/language")
@limited(Act.CHANGE_OWN, api.arguments(LanguageSchema), is_idempotent=True)
@idempotent
@api.response(200, MovedSchema)
@api.alt_response(404)
def post_language(
    work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID, member_id: UUID
) -> dict[str, Any]:
    """Change the language of a person's pages and mails."""
    command = ChooseLanguage(partner_id=partner_id, member_id=member_id, language=body["language"])
    return moved(choose_language(work, command))


@api.post("/v1/partners/<uuid:partner_id>/export")
@api.response(200, ExportSchema)
@api.alt_response(404, 429)
def post_export(partner_id: UUID) -> Response:
    """Export all that onboarding stores about the partner, as JSON; the timeline records it."""
    return export(partner_id)
