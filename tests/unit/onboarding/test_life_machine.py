"""Any order of commands, events and deadlines keeps the promises of the life cycle."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule
from tests.examples import examples
from tests.unit.onboarding.companies import applied, policies, received
from tests.unit.onboarding.fake_work import FakeWork
from uuid_utils.compat import uuid5

from chassis.failures import NeverPossible
from onboarding.domain import events
from onboarding.domain.partners import Actor
from onboarding.domain.refusals import Refusal
from onboarding.domain.states import FINAL, HOLDS_REGISTRATION, State
from onboarding.domain.vocabulary import Language, Tier
from onboarding.handlers import access_events
from onboarding.handlers.accept_agreement import accept_agreement
from onboarding.handlers.commands import (
    AcceptAgreement,
    ApprovePartner,
    AskForCorrection,
    MeetDeadline,
    OpenLink,
    RejectPartner,
    RequestOffboarding,
    ResumePartner,
    ScreenPartner,
    SubmitCorrection,
    SuspendPartner,
    WithdrawPartner,
)
from onboarding.handlers.meet_deadline import meet_deadline
from onboarding.handlers.open_link import open_link
from onboarding.handlers.partnership import reject, request_offboarding, resume, suspend, withdraw
from onboarding.handlers.review import approve, ask_for_correction, submit_correction
from onboarding.handlers.screen import screen

OPS = Actor("operator", "amara")
GRANTS = st.sampled_from(["iot", "crm"])
# The event that tells of each way from one state to another.
TOLD_BY = {
    event.name: state
    for event, state in (
        (events.PartnerEmailVerified, State.EMAIL_VERIFIED),
        (events.PartnerReviewStarted, State.IN_REVIEW),
        (events.PartnerActionRequired, State.ACTION_REQUIRED),
        (events.PartnerCorrectionSubmitted, State.IN_REVIEW),
        (events.PartnerRejected, State.REJECTED),
        (events.PartnerApproved, State.APPROVED),
        (events.PartnerAgreementAccepted, State.AGREEMENT_ACCEPTED),
        (events.PartnerProvisioningStarted, State.PROVISIONING),
        (events.PartnerActivated, State.ACTIVE),
        (events.PartnerSuspended, State.SUSPENDED),
        (events.PartnerResumed, State.ACTIVE),
        (events.PartnerOffboardingStarted, State.OFFBOARDING),
        (events.PartnerOffboarded, State.OFFBOARDED),
        (events.PartnerWithdrawn, State.WITHDRAWN),
        (events.PartnerExpired, State.EXPIRED),
    )
}


class Life(RuleBasedStateMachine):
    """Two companies with few different registrations, moved at random."""

    partners = Bundle("partners")

    def __init__(self) -> None:
        super().__init__()
        self.work = FakeWork(policies())
        self.sequence = 0

    @rule(target=partners, number=st.integers(1, 2), country=st.sampled_from(["DE", "FR"]))
    def apply(self, number: int, country: str) -> Any:
        if len(self.work.partners.rows) >= 3:
            return multiple()
        return applied(self.work, registration_number=f"HRB {number}", country=country)

    @rule(partner_id=partners)
    def open_newest_link(self, partner_id: UUID) -> None:
        links = [link for link in self.work.links.rows.values() if link.partner_id == partner_id]
        link = links[-1]
        self.attempt(open_link, OpenLink(link_id=link.id))

    @rule(partner_id=partners)
    def run_screening(self, partner_id: UUID) -> None:
        self.attempt(screen, ScreenPartner(partner_id))

    @rule(partner_id=partners)
    def decide_well(self, partner_id: UUID) -> None:
        self.attempt(approve, ApprovePartner(partner_id=partner_id, tier=Tier.SELECT, reason="x", by=OPS))

    @rule(partner_id=partners)
    def turn_down(self, partner_id: UUID) -> None:
        self.attempt(reject, RejectPartner(partner_id=partner_id, reason="x", by=OPS))

    @rule(partner_id=partners)
    def hand_back(self, partner_id: UUID) -> None:
        command = AskForCorrection(partner_id=partner_id, fields=("country",), message="x", by=OPS)
        self.attempt(ask_for_correction, command)

    @rule(partner_id=partners, country=st.sampled_from(["DE", "FR"]))
    def put_right(self, partner_id: UUID, country: str) -> None:
        command = SubmitCorrection(partner_id=partner_id, changes={"country": country})
        self.attempt(submit_correction, command)

    @rule(partner_id=partners)
    def agree(self, partner_id: UUID) -> None:
        command = AcceptAgreement(partner_id=partner_id, version="2026-01", language=Language.DE)
        self.attempt(accept_agreement, command)

    @rule(partner_id=partners, is_on=st.booleans())
    def switch(self, partner_id: UUID, is_on: bool) -> None:
        if is_on:
            self.attempt(resume, ResumePartner(partner_id=partner_id, reason="x", by=OPS))
        else:
            self.attempt(suspend, SuspendPartner(partner_id=partner_id, reason="x", by=OPS))

    @rule(partner_id=partners)
    def leave(self, partner_id: UUID) -> None:
        self.attempt(withdraw, WithdrawPartner(partner_id=partner_id, reason=None))
        self.attempt(request_offboarding, RequestOffboarding(partner_id=partner_id, reason="x", by=OPS))

    @rule(partner_id=partners, hours=st.integers(0, 800))
    def let_time_pass(self, partner_id: UUID, hours: int) -> None:
        self.work.let_pass(hours=hours)
        self.attempt(meet_deadline, MeetDeadline(partner_id))

    @rule(partner_id=partners, required=st.booleans())
    def hear_of_plan(self, partner_id: UUID, required: bool) -> None:
        grants = [
            {"grant_id": uuid5(partner_id, product), "product": product, "required": required}
            for product in ("iot", "crm")
        ]
        self.hear(
            "planned", access_events.when_access_planned, partner_id, grants=grants, catalogue_version="1"
        )

    @rule(partner_id=partners, product=GRANTS, is_late=st.booleans())
    def hear_of_grant(self, partner_id: UUID, product: str, is_late: bool) -> None:
        data = {"grant_id": uuid5(partner_id, product), "product": product, "identifiers": {}}
        self.hear(
            "granted", access_events.when_access_granted, partner_id, is_late, collectable=False, **data
        )

    @rule(partner_id=partners, product=GRANTS, is_late=st.booleans())
    def hear_of_failure(self, partner_id: UUID, product: str, is_late: bool) -> None:
        fault = {"step": "s", "code": "c", "message": "m", "will_retry": False, "retry_at": None}
        data = {"grant_id": uuid5(partner_id, product), "product": product, **fault}
        self.hear("failed", access_events.when_access_failed, partner_id, is_late, **data)

    @rule(partner_id=partners)
    def hear_that_all_is_cleared(self, partner_id: UUID) -> None:
        self.hear("cleared", access_events.when_access_cleared, partner_id)

    def hear(
        self, name: str, handle: Callable[..., None], partner_id: UUID, is_late: bool = False, **data: Any
    ) -> None:
        """A partner that exists never makes an event a dead letter."""
        self.sequence += 1
        facts = {"partner_id": partner_id, **data}
        event = received(f"access.{name}", facts, self.work, 1 if is_late else self.sequence)
        try:
            handle(self.work, event, facts)
        except NeverPossible as failure:
            raise AssertionError(failure) from failure

    def attempt(self, handle: Callable[..., Any], command: Any) -> None:
        """A refusal changes nothing: no state, no event, no line."""
        before = (dict(self.work.partners.rows), len(self.work.events), len(self.work.timelines.entries))
        try:
            handle(self.work, command)
        except Refusal:
            after = (dict(self.work.partners.rows), len(self.work.events), len(self.work.timelines.entries))
            assert handle is screen or after == before

    @invariant()
    def each_move_is_told_once_and_leads_where_the_partner_stands(self) -> None:
        for partner in self.work.partners.rows.values():
            told = [event.name for event in self.work.events if event.subject == str(partner.id)]
            moves = [name for name in told if name in TOLD_BY]
            assert len(moves) == partner.move_count
            assert partner.state is (TOLD_BY[moves[-1]] if moves else State.APPLIED)

    @invariant()
    def the_snapshot_that_was_told_last_is_true(self) -> None:
        assert self.work.untold() == set()

    @invariant()
    def each_event_is_one_line_of_the_timeline(self) -> None:
        ours = [entry for entry in self.work.timelines.entries if entry.source == "onboarding"]
        lines = [entry.event_id for entry in ours]
        assert {str(event.id) for event in self.work.events} <= set(lines)
        assert len(lines) == len(set(lines))

    @invariant()
    def nobody_shares_a_registration(self) -> None:
        held = [
            (partner.profile.country, partner.profile.registration.key)
            for partner in self.work.partners.rows.values()
            if partner.state in HOLDS_REGISTRATION
        ]
        assert len(held) == len(set(held))

    @invariant()
    def who_is_active_has_all_that_is_required(self) -> None:
        for partner in self.work.partners.rows.values():
            if partner.state is State.PROVISIONING:
                assert not self.work.access_plans.of(partner.id).is_ready

    @invariant()
    def what_is_over_waits_for_nothing(self) -> None:
        for partner in self.work.partners.rows.values():
            if partner.state in FINAL:
                assert partner.deadline_at is None


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=examples(60), stateful_step_count=40, deadline=None)
