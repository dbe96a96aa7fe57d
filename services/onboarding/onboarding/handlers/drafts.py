"""An application is saved as a draft, resumed on another device by a link in a mail, and sent or erased."""

from uuid import UUID

from uuid_utils.compat import uuid7

from onboarding.domain.drafts import ERASED_AT_ONCE, Draft
from onboarding.domain.events import DraftLink, DraftWriter, PartnerDraftEnded, PartnerDraftSaved
from onboarding.domain.refusals import DraftGone
from onboarding.handlers.apply import apply
from onboarding.handlers.commands import Apply, SaveDraft, SaveDraftAgain
from onboarding.handlers.ports import Work


def save_draft(work: Work, command: SaveDraft) -> None:
    """Keep a new one, and have its writer sent the link; nobody is looked at, so all get the same answer."""
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
    # No line in a timeline: there is no partner yet, and may never be one.
    work.emit(
        PartnerDraftSaved(
            partner_id=draft.id,
            member=DraftWriter(member_id=draft.member_id, email=draft.email, language=command.language),
            link=DraftLink(id=draft.id, expires_at=draft.expires_at),
        )
    )


def save_draft_again(work: Work, command: SaveDraftAgain) -> None:
    """Keep other answers in its place; its link and its end stay. Raises DraftGone."""
    if not work.drafts.save(command.draft_id, command.answers, work.now()):
        raise DraftGone


def apply_from_draft(work: Work, command: Apply) -> UUID:
    """Apply with the answers that a draft led to, which uses it up; raises DraftGone."""
    draft = work.drafts.take(command.partner_id, work.now())
    if draft is None:
        raise DraftGone
    _end(work, draft)
    return apply(work, command)


def erase_drafts(work: Work) -> int:
    """Erase those whose time is over, a bounded number; return how many."""
    expired = work.drafts.take_expired(work.now(), ERASED_AT_ONCE)
    for draft in expired:
        _end(work, draft)
    return len(expired)


def _end(work: Work, draft: Draft) -> None:
    """The address is forgotten wherever it was told."""
    work.forget_emitted(draft.id, draft.member_id)
    work.emit(PartnerDraftEnded(partner_id=draft.id, member_id=draft.member_id, ended_at=work.now()))
