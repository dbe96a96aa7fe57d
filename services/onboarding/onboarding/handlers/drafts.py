"""An application is saved as a draft, resumed on another device by a mailed link, and submitted or erased."""

from uuid import UUID

from uuid_utils.compat import uuid7

from onboarding.domain.drafts import ERASED_AT_ONCE, Draft
from onboarding.domain.events import DraftLink, DraftWriter, PartnerDraftEnded, PartnerDraftSaved
from onboarding.domain.refusals import DraftGone
from onboarding.handlers.apply import apply
from onboarding.handlers.commands import Apply, SaveDraft, SaveDraftAgain
from onboarding.handlers.ports import Work


def save_draft(work: Work, command: SaveDraft) -> None:
    """Store a new one, and have its author sent the link; the same for every address."""
    now = work.now()
    draft = Draft(
        id=uuid7(),
        member_id=uuid7(),
        email=command.email,
        answers=command.answers,
        saved_at=now,
        expires_at=now + work.policies.draft_lifetime,
    )
    work.drafts.add(draft)
    # No timeline entry: there is no partner yet, and may never be one.
    work.emit(
        PartnerDraftSaved(
            partner_id=draft.id,
            member=DraftWriter(member_id=draft.member_id, email=draft.email, language=command.language),
            link=DraftLink(id=draft.id, expires_at=draft.expires_at),
        )
    )


def save_draft_again(work: Work, command: SaveDraftAgain) -> None:
    """Replace its answers; its link and its expiry stay. Raises DraftGone."""
    if not work.drafts.save(command.draft_id, command.answers, work.now()):
        raise DraftGone


def apply_from_draft(work: Work, command: Apply) -> UUID:
    """Apply with the answers of a draft, which uses it up; raises DraftGone."""
    draft = work.drafts.take(command.partner_id, work.now())
    if draft is None:
        raise DraftGone
    _end(work, draft)
    return apply(work, command)


def erase_drafts(work: Work) -> int:
    """Erase a bounded number of expired ones; return how many."""
    expired = work.drafts.take_expired(work.now(), ERASED_AT_ONCE)
    for draft in expired:
        _end(work, draft)
    return len(expired)


def _end(work: Work, draft: Draft) -> None:
    """The address is deleted wherever it was sent."""
    work.forget_emitted(draft.id, draft.member_id)
    work.emit(PartnerDraftEnded(partner_id=draft.id, member_id=draft.member_id, ended_at=work.now()))
