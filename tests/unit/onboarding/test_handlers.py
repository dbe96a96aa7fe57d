"""The verbs of a partner's life, each with its event, its entry and its jobs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.unit.onboarding.companies import (
    agreed,
    applied,
    members,
    policies,
    profile,
    screened,
    verified,
)
from tests.unit.onboarding.fake_work import FakeWork

from onboarding.domain.partners import Actor
from onboarding.domain.refusals import (
    AgreementOutdated,
    CorrectionRefused,
    LinkRefused,
    MoveNotAllowed,
    PartnerUnknown,
    RegistrationTaken,
)
from onboarding.domain.states import State
from onboarding.domain.vocabulary import Language, Tier
from onboarding.handlers import jobs
from onboarding.handlers.accept_agreement import accept_agreement
from onboarding.handlers.apply import apply, correct_address
from onboarding.handlers.commands import (
    AcceptAgreement,
    Apply,
    ApprovePartner,
    AskForCorrection,
    CorrectAddress,
    MeetDeadline,
    OpenLink,
    RejectPartner,
    RequestOffboarding,
    ScreenPartner,
    SubmitCorrection,
    WithdrawPartner,
)
from onboarding.handlers.meet_deadline import meet_deadline
from onboarding.handlers.open_link import open_link
from onboarding.handlers.partnership import reject, request_offboarding, withdraw
from onboarding.handlers.review import approve, ask_for_correction, submit_correction
from onboarding.handlers.screen import screen

OPS = Actor("operator", "amara")


def state(work: FakeWork, partner_id: UUID) -> State:
    return work.partners.rows[partner_id].state


def in_review(work: FakeWork, **changes: Any) -> UUID:
    return screened(work, **{"country": "FR", **changes})


def approval(partner_id: UUID) -> ApprovePartner:
    return ApprovePartner(partner_id=partner_id, tier=Tier.PREMIER, reason="known well", by=OPS)


def test_applying_asks_the_contact_to_verify_and_starts_the_deadline(work: FakeWork) -> None:
    partner_id = applied(work)
    assert work.names() == ["partner.applied", "partner.email_verification_requested"]
    assert work.partners.rows[partner_id].deadline_at == work.now() + timedelta(hours=72)
    assert work.jobs == []
    assert "email" not in str(work.last("partner.applied"))
    assert work.last("partner.email_verification_requested")["contact"]["email"].startswith("jana@")
    assert state(work, partner_id) is State.APPLIED


def test_the_link_verifies_once(work: FakeWork) -> None:
    partner_id = applied(work)
    link_id = UUID(work.last("partner.email_verification_requested")["link"]["id"])
    opening = OpenLink(link_id=link_id)
    assert open_link(work, opening).state is State.EMAIL_VERIFIED
    with pytest.raises(LinkRefused) as refused:
        open_link(work, opening)
    assert refused.value.code == "link_used"
    assert work.names().count("partner.email_verified") == 1
    assert work.jobs[-1] == jobs.screen(partner_id)


def test_an_expired_link_opens_nothing(work: FakeWork) -> None:
    partner_id = applied(work)
    link_id = UUID(work.last("partner.email_verification_requested")["link"]["id"])
    work.let_pass(hours=72)
    with pytest.raises(LinkRefused) as refused:
        open_link(work, OpenLink(link_id=link_id))
    assert refused.value.code == "link_expired"
    assert state(work, partner_id) is State.APPLIED


def test_an_unknown_link_opens_nothing(work: FakeWork) -> None:
    applied(work)
    with pytest.raises(LinkRefused, match="not valid"):
        open_link(work, OpenLink(link_id=uuid4()))
    assert not any(link.used_at for link in work.links.rows.values())


def test_a_rule_approves_through_review_with_its_name(work: FakeWork) -> None:
    partner_id = screened(work)
    assert work.names()[-2:] == ["partner.review_started", "partner.approved"]
    approved = work.last("partner.approved")
    assert approved["tier"] == "select"
    assert approved["decided_by"] == {"kind": "rules", "name": "german-machine-builders"}
    assert work.last("partner.review_started") == {
        "partner_id": str(partner_id),
        "automatic": True,
        "findings": [],
    }


def test_findings_wait_for_a_person_and_are_kept_from_the_partner(work: FakeWork) -> None:
    partner_id = screened(work, legal_name="Shady Ltd")
    assert state(work, partner_id) is State.IN_REVIEW
    entry = work.timelines.entries[-1]
    assert entry.code == "partner.review_started"
    assert entry.facts == {}
    assert entry.internal_facts["findings"][0]["code"] == "blocked_name"


def test_screening_twice_changes_nothing(work: FakeWork) -> None:
    partner_id = in_review(work)
    before = work.names()
    screen(work, ScreenPartner(partner_id))
    assert work.names() == before


def test_an_unverified_form_holds_up_nobody(work: FakeWork) -> None:
    applied(work)
    assert state(work, screened(work)) is State.APPROVED


def test_only_one_partner_of_a_registration_is_approved(work: FakeWork) -> None:
    first, second = in_review(work), in_review(work)
    approve(work, approval(first))
    with pytest.raises(RegistrationTaken) as refused:
        approve(work, approval(second))
    assert refused.value.facts == {"conflicting_partner_id": first}
    assert state(work, second) is State.IN_REVIEW


def test_the_second_of_two_operators_is_refused(work: FakeWork) -> None:
    partner_id = in_review(work)
    approve(work, approval(partner_id))
    with pytest.raises(MoveNotAllowed) as refused:
        reject(work, RejectPartner(partner_id=partner_id, reason="no", by=OPS))
    assert refused.value.facts["state"] == State.APPROVED
    assert refused.value.facts["target_state"] == State.REJECTED
    assert "partner.rejected" not in work.names()


def test_a_correction_resumes_review_with_a_new_screening(work: FakeWork) -> None:
    partner_id = in_review(work)
    ask_for_correction(
        work, AskForCorrection(partner_id=partner_id, fields=("country",), message="Which?", by=OPS)
    )
    assert work.last("partner.action_required")["fields"] == ["country"]
    submit_correction(work, SubmitCorrection(partner_id=partner_id, changes={"country": "DE"}))
    assert work.last("partner.correction_submitted")["changed_fields"] == ["country"]
    assert work.jobs[-1] == jobs.screen(partner_id)
    screen(work, ScreenPartner(partner_id))
    assert state(work, partner_id) is State.APPROVED
    assert work.names().count("partner.review_started") == 1


@pytest.mark.parametrize("changes", [{}, {"website": "https://other.example"}])
def test_a_correction_answers_what_was_asked(work: FakeWork, changes: dict[str, Any]) -> None:
    partner_id = in_review(work)
    ask_for_correction(
        work, AskForCorrection(partner_id=partner_id, fields=("country",), message="?", by=OPS)
    )
    with pytest.raises(CorrectionRefused) as refused:
        submit_correction(work, SubmitCorrection(partner_id=partner_id, changes=changes))
    assert refused.value.fields == tuple(changes)
    assert state(work, partner_id) is State.ACTION_REQUIRED


def test_a_corrected_address_ends_the_links_to_the_wrong_one(work: FakeWork) -> None:
    partner_id = applied(work)
    sent_wrongly = UUID(work.last("partner.email_verification_requested")["link"]["id"])
    correct_address(work, CorrectAddress(partner_id=partner_id, email="jana@right.example"))
    with pytest.raises(LinkRefused):
        open_link(work, OpenLink(link_id=sent_wrongly))
    told = work.last("partner.email_verification_requested")
    assert told["contact"]["email"] == "jana@right.example"
    open_link(work, OpenLink(link_id=UUID(told["link"]["id"])))
    assert state(work, partner_id) is State.EMAIL_VERIFIED


def test_a_corrected_address_is_nobody_elses(work: FakeWork) -> None:
    partner_id = apply(work, Apply(profile=profile(), members=members(others=1)))
    colleague = work.partners.rows[partner_id].members[1]
    with pytest.raises(CorrectionRefused):
        correct_address(work, CorrectAddress(partner_id=partner_id, email=colleague.email.upper()))
    assert work.names().count("partner.email_verification_requested") == 1


@pytest.mark.parametrize("country", ["FR", "DE"])
@pytest.mark.parametrize("number", ["552 100 554", "552 100 555"])
def test_a_corrected_number_fits_its_register(work: FakeWork, number: str, country: str) -> None:
    partner_id = in_review(work)
    changes = {"registration_number": number, "country": country}
    ask_for_correction(
        work, AskForCorrection(partner_id=partner_id, fields=tuple(changes), message="?", by=OPS)
    )
    correction = SubmitCorrection(partner_id=partner_id, changes=changes)
    if (number, country) != ("552 100 555", "FR"):
        submit_correction(work, correction)
        return
    with pytest.raises(CorrectionRefused) as refused:
        submit_correction(work, correction)
    assert refused.value.fields == ("registration_number",)
    assert state(work, partner_id) is State.ACTION_REQUIRED


def test_a_number_taken_before_its_register_was_known_blocks_no_other_correction(work: FakeWork) -> None:
    partner_id = in_review(work)
    partner = work.partners.rows[partner_id]
    partner.profile = replace(partner.profile, registration_number="552 100 555", country="FR")
    ask_for_correction(
        work, AskForCorrection(partner_id=partner_id, fields=("website", "country"), message="?", by=OPS)
    )
    changes = {"website": "https://other.example", "country": "FR"}
    submit_correction(work, SubmitCorrection(partner_id=partner_id, changes=changes))
    assert work.partners.rows[partner_id].profile.website == "https://other.example"


def test_corrected_members_keep_the_contact(work: FakeWork) -> None:
    partner_id = in_review(work)
    ask_for_correction(
        work, AskForCorrection(partner_id=partner_id, fields=("members",), message="?", by=OPS)
    )
    contact = work.partners.rows[partner_id].contact
    others = members(others=2)[1:]
    partner = submit_correction(work, SubmitCorrection(partner_id=partner_id, changes={"members": others}))
    assert partner.members == (contact, *others)


def test_only_fields_of_the_form_can_be_asked_for(work: FakeWork) -> None:
    partner_id = in_review(work)
    for fields in ((), ("email",)):
        with pytest.raises(CorrectionRefused):
            ask_for_correction(
                work, AskForCorrection(partner_id=partner_id, fields=fields, message="?", by=OPS)
            )


def test_acceptance_keeps_who_when_and_which_words(work: FakeWork) -> None:
    partner_id = agreed(work)
    partner = work.partners.rows[partner_id]
    assert partner.acceptance is not None
    assert partner.acceptance.accepted_by == partner.contact.id
    assert partner.acceptance.text_sha256 == policies().agreements.current(Language.DE).sha256
    assert work.last("partner.agreement_accepted")["agreement_version"] == "2026-01"


@pytest.mark.parametrize("version", ["2025-01", "1999-01"])
def test_only_the_agreement_in_force_can_be_accepted(work: FakeWork, version: str) -> None:
    partner_id = screened(work)
    with pytest.raises(AgreementOutdated) as refused:
        accept_agreement(work, AcceptAgreement(partner_id=partner_id, version=version, language=Language.EN))
    assert refused.value.facts == {"current_version": "2026-01"}
    assert state(work, partner_id) is State.APPROVED


def test_leaving_before_and_after_the_agreement(work: FakeWork) -> None:
    before = screened(work)
    offboarding = RequestOffboarding(partner_id=before, reason="bye", by=Actor("partner"))
    with pytest.raises(MoveNotAllowed):
        request_offboarding(work, offboarding)
    withdraw(work, WithdrawPartner(partner_id=before, reason=None))
    assert "reason" not in work.last("partner.withdrawn")
    after = agreed(work, legal_name="Seven", registration_number="HRB 7", email="x@seven.example")
    with pytest.raises(MoveNotAllowed):
        withdraw(work, WithdrawPartner(partner_id=after, reason="bye"))
    request_offboarding(work, RequestOffboarding(partner_id=after, reason="bye", by=Actor("partner")))
    assert work.last("partner.offboarding_started")["requested_by"] == {"kind": "partner"}


def test_nobody_goes_by_that_id(work: FakeWork) -> None:
    with pytest.raises(PartnerUnknown):
        approve(work, approval(uuid4()))


def test_who_never_verified_expires(work: FakeWork) -> None:
    partner_id = applied(work)
    work.let_pass(hours=71)
    meet_deadline(work, MeetDeadline(partner_id))
    assert state(work, partner_id) is State.APPLIED
    work.let_pass(hours=1)
    meet_deadline(work, MeetDeadline(partner_id))
    meet_deadline(work, MeetDeadline(partner_id))
    assert state(work, partner_id) is State.EXPIRED
    assert work.names().count("partner.expired") == 1


def test_the_deadline_of_a_state_that_was_left_does_nothing(work: FakeWork) -> None:
    partner_id = verified(work)
    work.let_pass(hours=72)
    meet_deadline(work, MeetDeadline(partner_id))
    assert state(work, partner_id) is State.EMAIL_VERIFIED


def test_a_late_review_is_told_to_operators_only(work: FakeWork) -> None:
    partner_id = in_review(work)
    work.let_pass(hours=48)
    meet_deadline(work, MeetDeadline(partner_id))
    meet_deadline(work, MeetDeadline(partner_id))
    late = [entry for entry in work.timelines.entries if entry.code == "partner.deadline_passed"]
    assert [entry.audience for entry in late] == ["operators"]
    assert state(work, partner_id) is State.IN_REVIEW
