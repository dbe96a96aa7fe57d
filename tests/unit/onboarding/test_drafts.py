"""A draft is kept under one link until it is sent in or over; then its writer is forgotten."""

from uuid import UUID

import pytest
from tests.unit.onboarding.companies import members, profile
from tests.unit.onboarding.fake_work import FakeWork

from onboarding.domain.refusals import DraftGone
from onboarding.domain.vocabulary import Language
from onboarding.handlers.commands import Apply, SaveDraft, SaveDraftAgain
from onboarding.handlers.drafts import apply_from_draft, erase_drafts, save_draft, save_draft_again

HALF = {"company": {"legal_name": "Weiß"}}


def saved(work: FakeWork) -> UUID:
    save_draft(work, SaveDraft(email="jana@weiss.example", language=Language.DE, answers=HALF))
    told = work.last("partner.draft_saved")
    assert told["link"]["id"] == told["partner_id"]
    return UUID(told["partner_id"])


def sent(work: FakeWork, draft_id: UUID) -> UUID:
    return apply_from_draft(work, Apply(profile=profile(), members=members(), partner_id=draft_id))


def test_sending_it_in_uses_it_up_and_forgets_its_writer(work: FakeWork) -> None:
    draft_id = saved(work)
    writer = UUID(work.last("partner.draft_saved")["member"]["member_id"])
    save_draft_again(work, SaveDraftAgain(draft_id=draft_id, answers={}))
    assert work.drafts.rows[draft_id].answers == {}
    assert sent(work, draft_id) == draft_id
    assert work.forgotten == {(draft_id, writer)}
    assert work.last("partner.draft_ended")["member_id"] == str(writer)
    with pytest.raises(DraftGone):
        save_draft_again(work, SaveDraftAgain(draft_id=draft_id, answers=HALF))


def test_it_is_over_by_itself(work: FakeWork) -> None:
    draft_id = saved(work)
    work.let_pass(days=13)
    save_draft_again(work, SaveDraftAgain(draft_id=draft_id, answers=HALF))
    kept = saved(work)
    work.let_pass(days=1)
    with pytest.raises(DraftGone):
        save_draft_again(work, SaveDraftAgain(draft_id=draft_id, answers=HALF))
    with pytest.raises(DraftGone):
        sent(work, draft_id)
    assert (erase_drafts(work), set(work.drafts.rows)) == (1, {kept})
    assert work.last("partner.draft_ended")["partner_id"] == str(draft_id)
    assert erase_drafts(work) == 0
