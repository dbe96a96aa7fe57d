"""The draft behind a link, and the application that it becomes, for the API and the pages."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from chassis.http.current_service import current_service
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.bootstrap import OnboardingService
from onboarding.domain.drafts import Draft
from onboarding.domain.refusals import LinkRefused
from onboarding.entrypoints.web.application_schemas import application_from
from onboarding.entrypoints.web.limiting import count_refused_link
from onboarding.entrypoints.web.link_tokens import DRAFTS, link_id_of
from onboarding.handlers.apply import apply
from onboarding.handlers.drafts import apply_from_draft


def kept_draft(token: str) -> Draft:
    """Raises LinkRefused, and TooOften where such links came too often from there."""
    service = current_service(OnboardingService)
    try:
        draft_id = link_id_of(DRAFTS, token)
        with service.open_work() as work:
            draft = work.drafts.find(draft_id, work.now())
        if draft is None:
            raise LinkRefused("link_expired")
    except LinkRefused as refused:
        count_refused_link(refused)
        raise
    return draft


def apply_with(work: OnboardingUnitOfWork, body: dict[str, Any], draft_id: UUID | None) -> UUID:
    """Apply with a checked body, which uses up the draft that it came from; raises DraftGone."""
    command = application_from(body)
    if draft_id is None:
        return apply(work, command)
    return apply_from_draft(work, replace(command, partner_id=draft_id))
