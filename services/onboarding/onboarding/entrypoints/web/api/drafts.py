"""An application is saved as a draft and resumed on another device; no sign-in is needed."""

from typing import Any

from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from onboarding.bootstrap import OnboardingService
from onboarding.domain.limits import Act
from onboarding.domain.vocabulary import Language
from onboarding.entrypoints.web.api.answers import AcknowledgedSchema, DraftAnswerSchema
from onboarding.entrypoints.web.draft_schemas import DraftAgainSchema, DraftSchema, DraftTokenSchema
from onboarding.entrypoints.web.kept_drafts import kept_draft
from onboarding.entrypoints.web.limiting import limited
from onboarding.entrypoints.web.link_tokens import DRAFTS, link_id_of
from onboarding.handlers.commands import SaveDraft, SaveDraftAgain
from onboarding.handlers.drafts import save_draft, save_draft_again

api = ApiBlueprint("drafts", __name__, description="Save an application as a draft, continue elsewhere")


@api.post("/v1/drafts")
@limited(Act.SAVE_DRAFT, api.arguments(DraftSchema), lambda body: str(body["email"]))
@api.response(202, AcknowledgedSchema)
def post_draft(body: dict[str, Any]) -> dict[str, str]:
    """Save a draft and email a link to it; the response is the same for every address."""
    command = SaveDraft(email=body["email"], language=Language(body["language"]), answers=body["application"])
    with current_service(OnboardingService).open_work() as work:
        save_draft(work, command)
    return {"detail": "A mail with a link to the draft is on its way."}


@api.post("/v1/draft-openings")
@api.arguments(DraftTokenSchema)
@api.response(200, DraftAnswerSchema)
@api.alt_response(410, 429)
def post_draft_opening(body: dict[str, str]) -> dict[str, Any]:
    """Read a draft by the token of its link, until it is submitted or expires."""
    draft = kept_draft(body["draft_token"])
    return {"application": draft.answers, "saved_at": draft.saved_at, "expires_at": draft.expires_at}


@api.put("/v1/drafts")
@limited(Act.SAVE_DRAFT, api.arguments(DraftAgainSchema))
@api.response(204)
@api.alt_response(410)
def put_draft(body: dict[str, Any]) -> None:
    """Replace the answers of a draft; its link and its expiry stay."""
    service = current_service(OnboardingService)
    draft_id = link_id_of(DRAFTS, body["draft_token"])
    with service.open_work() as work:
        save_draft_again(work, SaveDraftAgain(draft_id=draft_id, answers=body["application"]))
