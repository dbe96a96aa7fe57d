"""Before anybody is known: apply, ask for a new link, read the agreement."""

from typing import Any

from chassis.http.current_service import current_service
from chassis.http.idempotency import idempotent
from chassis.http.languages import current_language
from chassis.http.openapi import ApiBlueprint
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.bootstrap import OnboardingService
from onboarding.domain.limits import Act
from onboarding.domain.states import State
from onboarding.domain.vocabulary import Language
from onboarding.entrypoints.web.api.answers import AcknowledgedSchema, AgreementSchema, MovedSchema
from onboarding.entrypoints.web.api.questions import LinkRequestSchema
from onboarding.entrypoints.web.draft_schemas import SentApplicationSchema
from onboarding.entrypoints.web.kept_drafts import apply_with
from onboarding.entrypoints.web.limiting import limited
from onboarding.entrypoints.web.link_tokens import DRAFTS, link_id_of
from onboarding.handlers.commands import RequestLink
from onboarding.handlers.request_link import request_link

api = ApiBlueprint("applying", __name__, description="Apply, ask for a link, read the agreement")


@api.post("/v1/applications")
@limited(
    Act.APPLY,
    api.arguments(SentApplicationSchema),
    lambda body: str(body["contact"]["email"]),
    is_idempotent=True,
)
@idempotent
@api.response(202, MovedSchema)
@api.alt_response(410)
def post_application(work: OnboardingUnitOfWork, body: dict[str, Any]) -> dict[str, Any]:
    """Apply for a partnership.

    The contact gets a mail with a link. The answer is the same for a known and a new address. A
    `draft_token` uses its draft up; 410 `draft_gone` where that was done before.
    """
    token = body.pop("draft_token", None)
    draft_id = link_id_of(DRAFTS, token) if token else None
    return {"partner_id": apply_with(work, body, draft_id), "state": State.APPLIED}


@api.post("/v1/link-requests")
@limited(Act.REQUEST_LINK, api.arguments(LinkRequestSchema), lambda body: str(body["email"]))
@api.response(202, AcknowledgedSchema)
def post_link_request(body: dict[str, str]) -> dict[str, str]:
    """Request a new link; the response is the same for known and unknown addresses."""
    with current_service(OnboardingService).open_work() as work:
        request_link(work, RequestLink(body["email"]))
    return {"detail": "If we know this address, a mail with a new link is on its way."}


@api.get("/v1/agreements/current")
@api.response(200, AgreementSchema)
def get_agreement() -> dict[str, str]:
    """The agreement in force, in the language of the request."""
    policies = current_service(OnboardingService).policies
    text = policies.agreements.current(Language(current_language()))
    return {
        "agreement_version": text.version,
        "language": text.language,
        "markdown": text.markdown,
        "text_sha256": text.sha256,
    }
