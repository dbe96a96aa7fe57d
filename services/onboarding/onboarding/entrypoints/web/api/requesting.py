"""What an active partner asks for and changes about itself, and what operators decide of it."""

from typing import Any
from uuid import UUID

from chassis import clock
from chassis.http.current_service import current_service
from chassis.http.idempotency import idempotent
from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import current_principal
from chassis.http.problems import Problem
from chassis.operating.audited import acts_on
from chassis.operating.cursors import encoded
from onboarding.adapters.repositories.requests import RequestLine
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.bootstrap import OnboardingService
from onboarding.domain.limits import Act
from onboarding.domain.refusals import PartnerUnknown
from onboarding.domain.requests import Kind, Request
from onboarding.entrypoints.web.api import own_answers
from onboarding.entrypoints.web.api.descriptions import described_request, request_moved
from onboarding.entrypoints.web.api.operators import current_email, current_operator
from onboarding.entrypoints.web.api.questions import RequestsPageSchema, StatedReasonSchema
from onboarding.entrypoints.web.limiting import limited
from onboarding.entrypoints.web.request_schemas import (
    PartnerRequestSchema,
    ProfileSchema,
    asked_for,
    profile_change,
)
from onboarding.handlers import commands
from onboarding.handlers.requests import (
    approve_request,
    ask_for,
    change_profile,
    refuse_request,
    withdraw_request,
)

api = ApiBlueprint("requesting", __name__, description="What partners ask for, and what is decided of it")
_act = acts_on(api, "/v1/requests/<uuid:request_id>", own_answers.RequestMovedSchema, StatedReasonSchema)


@api.get("/v1/partners/<uuid:partner_id>/requests")
@api.response(200, own_answers.PartnerRequestsSchema)
@api.alt_response(404)
def get_partners_requests(partner_id: UUID) -> dict[str, Any]:
    """List the partner's requests: all that are open, and the newest of those decided."""
    with current_service(OnboardingService).open_work() as work:
        if not work.partners.is_known(partner_id):
            raise PartnerUnknown
        return {"requests": [described_request(one) for one in work.requests.of_partner(partner_id)]}


@api.post("/v1/partners/<uuid:partner_id>/requests")
@api.arguments(PartnerRequestSchema)
@idempotent
@api.response(201, own_answers.RequestMovedSchema)
@api.alt_response(404)
def post_request(work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """Request more time, another product or another competence; 409 while the same is open.

    Where the catalogue gives more time by itself, that is seen within seconds; operators decide on the rest.
    """
    return request_moved(ask_for(work, asked_for(partner_id, body)))


@api.post("/v1/partners/<uuid:partner_id>/requests/<uuid:request_id>/withdrawal")
@idempotent
@api.response(200, own_answers.RequestMovedSchema)
@api.alt_response(404)
def post_request_withdrawal(work: OnboardingUnitOfWork, partner_id: UUID, request_id: UUID) -> dict[str, Any]:
    """Withdraw a request that has not been decided."""
    command = commands.WithdrawRequest(partner_id=partner_id, request_id=request_id)
    return request_moved(withdraw_request(work, command))


@api.post("/v1/partners/<uuid:partner_id>/profile")
@limited(Act.CHANGE_OWN, api.arguments(ProfileSchema), is_idempotent=True)
@idempotent
@api.response(200, own_answers.ProfileChangedSchema)
@api.alt_response(404)
def post_profile(work: OnboardingUnitOfWork, body: dict[str, Any], partner_id: UUID) -> dict[str, Any]:
    """Change the company's details.

    Website, expectations and language hold at once. Name, number, country and kind of company become a
    request that a reviewer looks at; until then all goes on under the old ones.
    """
    changed, request = change_profile(work, profile_change(partner_id, body))
    told = request_moved(request) if request else None
    return {"partner_id": partner_id, "changed_fields": changed, "request": told}


@api.get("/v1/requests")
@api.arguments(RequestsPageSchema, location="query")
@api.response(200, own_answers.RequestsSchema)
def get_requests(query: dict[str, Any]) -> dict[str, Any]:
    """Requests of all partners: unless told otherwise those that wait, the longest waiting first."""
    with current_service(OnboardingService).open_work() as work:
        page = work.requests.page(query["standing"], query["limit"], query["cursor"])
    return {
        "requests": list(map(_described, page.items)),
        "next_cursor": encoded(page.next_cursor),
    }


@api.get("/v1/requests/<uuid:request_id>")
@api.response(200, own_answers.PartnerRequestAnswerSchema)
@api.alt_response(404)
def get_request(request_id: UUID) -> dict[str, Any]:
    """One request; of other facts of the company those before and after, and what screening found."""
    with current_service(OnboardingService).open_work() as work:
        return _described(work.requests.line(request_id))


@_act("approval", "approve request")
def post_request_approval(
    work: OnboardingUnitOfWork, body: dict[str, Any], request_id: UUID
) -> dict[str, Any]:
    """Approve a request. A reviewer decides on facts of the company, an operator on access."""
    _check_role(work, request_id)
    command = commands.ApproveRequest(
        request_id=request_id, reason=body["reason"], by=current_operator(), email=current_email()
    )
    return request_moved(approve_request(work, command))


@_act("refusal", "refuse request")
def post_request_refusal(
    work: OnboardingUnitOfWork, body: dict[str, Any], request_id: UUID
) -> dict[str, Any]:
    """Refuse a request; the partner reads the reason."""
    _check_role(work, request_id)
    command = commands.RefuseRequest(
        request_id=request_id, reason=body["reason"], by=current_operator(), email=current_email()
    )
    return request_moved(refuse_request(work, command))


def _check_role(work: OnboardingUnitOfWork, request_id: UUID) -> None:
    if not _may_decide(work.requests.line(request_id).request):
        raise Problem(403, "forbidden", "This needs the role operator.")


def _may_decide(found: Request) -> bool:
    """Time, products and what follows from a competence are access: the table lets reviewers in, too."""
    return found.kind is Kind.COMPANY or current_principal().may_operate


def _described(line: RequestLine) -> dict[str, Any]:
    decisions = line.request.decisions(clock.now()) if _may_decide(line.request) else ()
    return {**described_request(line.request, legal_name=line.legal_name), "decisions": decisions}
