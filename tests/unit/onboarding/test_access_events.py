"""What provisioning tells, in every order it may arrive in."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.unit.onboarding.companies import agreed, received, screened
from tests.unit.onboarding.fake_work import FakeWork

from chassis.failures import NeverPossible
from onboarding.domain.access import GrantState
from onboarding.domain.partners import Actor
from onboarding.domain.states import State
from onboarding.handlers import access_events
from onboarding.handlers.commands import RequestOffboarding
from onboarding.handlers.partnership import request_offboarding
from onboarding.handlers.timeline_events import when_anything_happened


class Provisioning:
    """Speaks to onboarding about one partner."""

    def __init__(self, work: FakeWork, partner_id: UUID) -> None:
        self.work, self.partner_id, self.sequence = work, partner_id, 0

    def tell(self, name: str, sequence: int | None = None, event_id: str | None = None, **data: Any) -> None:
        self.sequence += 1
        facts = {"partner_id": self.partner_id, **data}
        event = received(f"access.{name}", facts, self.work, sequence or self.sequence, event_id)
        getattr(access_events, f"when_access_{name}")(self.work, event, facts)

    def planned(self, *grants: tuple[UUID, bool], **more: Any) -> None:
        plan = [{"grant_id": id_, "product": "iot", "required": required} for id_, required in grants]
        self.tell("planned", grants=plan, catalogue_version="1", **more)

    def granted(self, grant_id: UUID, **more: Any) -> None:
        self.tell(
            "granted", grant_id=grant_id, product="iot", identifiers={"thing": "t"}, collectable=True, **more
        )

    def failed(self, grant_id: UUID, **more: Any) -> None:
        fault = {"step": "s", "code": "c", "message": "It broke.", "attempt": 9, "required": True}
        self.tell(
            "failed", grant_id=grant_id, product="iot", will_retry=False, retry_at=None, **fault, **more
        )

    @property
    def state(self) -> State:
        return self.work.partners.rows[self.partner_id].state

    def grant(self, grant_id: UUID) -> GrantState:
        return self.work.access_plans.rows[self.partner_id].grants[grant_id].state


@pytest.fixture
def provisioning(work: FakeWork) -> Provisioning:
    return Provisioning(work, agreed(work))


def test_a_plan_that_requires_nothing_makes_active_at_once(provisioning: Provisioning) -> None:
    provisioning.planned((uuid4(), False))
    assert provisioning.state is State.ACTIVE
    assert provisioning.work.names()[-2:] == ["partner.provisioning_started", "partner.activated"]


def test_active_once_all_that_is_required_is_granted(provisioning: Provisioning) -> None:
    first, second, extra = uuid4(), uuid4(), uuid4()
    provisioning.planned((first, True), (second, True), (extra, False))
    provisioning.granted(first)
    assert provisioning.state is State.PROVISIONING
    provisioning.granted(second)
    assert provisioning.state is State.ACTIVE
    told = {row["grant_id"]: row["state"] for row in provisioning.work.last("partner.activated")["products"]}
    assert told == {str(first): "granted", str(second): "granted", str(extra): "planned"}


def test_a_failure_keeps_the_cause_until_it_is_waived(provisioning: Provisioning) -> None:
    grant_id = uuid4()
    provisioning.planned((grant_id, True))
    provisioning.failed(grant_id)
    cause = provisioning.work.access_plans.rows[provisioning.partner_id].grants[grant_id].cause
    assert cause is not None
    assert cause.message == "It broke."
    assert provisioning.state is State.PROVISIONING
    provisioning.tell("waived", grant_id=grant_id, product="iot", reason="no need", waived_by="amara")
    assert provisioning.state is State.ACTIVE


def test_a_grant_that_comes_before_the_plan_is_remembered(provisioning: Provisioning) -> None:
    grant_id = uuid4()
    provisioning.granted(grant_id, sequence=2)
    assert provisioning.state is State.AGREEMENT_ACCEPTED
    provisioning.planned((grant_id, True), sequence=1)
    assert provisioning.state is State.ACTIVE


def test_repetitions_are_harmless(provisioning: Provisioning) -> None:
    grant_id = uuid4()
    for _ in range(2):
        provisioning.planned((grant_id, True), event_id="plan")
    for _ in range(2):
        provisioning.granted(grant_id, event_id="grant")
    names = provisioning.work.names()
    assert names.count("partner.provisioning_started") == names.count("partner.activated") == 1
    told = [entry.code for entry in provisioning.work.timelines.entries]
    assert told.count("access.planned") == told.count("access.granted") == 1


def test_an_old_failure_does_not_undo_a_grant(provisioning: Provisioning) -> None:
    grant_id = uuid4()
    provisioning.planned((grant_id, True))
    provisioning.granted(grant_id, sequence=5)
    provisioning.failed(grant_id, sequence=4)
    grant = provisioning.work.access_plans.rows[provisioning.partner_id].grants[grant_id]
    assert (grant.state, grant.cause) == (GrantState.GRANTED, None)


def test_a_grant_replayed_late_still_counts(provisioning: Provisioning) -> None:
    grant_id = uuid4()
    provisioning.planned((grant_id, True))
    provisioning.failed(grant_id, sequence=9)
    provisioning.granted(grant_id, sequence=4)
    assert provisioning.state is State.ACTIVE


def test_freezing_keeps_what_was_made(provisioning: Provisioning) -> None:
    grant_id = uuid4()
    provisioning.planned((grant_id, True))
    provisioning.granted(grant_id)
    provisioning.tell("frozen", grant_id=grant_id, product="iot")
    assert provisioning.grant(grant_id) is GrantState.FROZEN
    provisioning.tell("unfrozen", grant_id=grant_id, product="iot")
    grant = provisioning.work.access_plans.rows[provisioning.partner_id].grants[grant_id]
    assert (grant.state, grant.identifiers, grant.is_collectable) == (
        GrantState.GRANTED,
        {"thing": "t"},
        True,
    )


@pytest.mark.parametrize("before", ["granted", "frozen"])
def test_what_was_seen_gone_is_shown_as_in_the_making_until_it_is_there_again(
    provisioning: Provisioning, before: str
) -> None:
    grant_id = uuid4()
    provisioning.planned((grant_id, True))
    provisioning.granted(grant_id)
    if before == "frozen":
        provisioning.tell("frozen", grant_id=grant_id, product="iot")
    provisioning.tell("provisioning_started", grant_id=grant_id, product="iot")
    assert provisioning.grant(grant_id) is GrantState.PROVISIONING
    provisioning.tell("provisioning_started", sequence=1, grant_id=grant_id, product="iot")
    provisioning.failed(grant_id)
    assert provisioning.grant(grant_id) is GrantState.FAILED
    provisioning.granted(grant_id)
    provisioning.tell("provisioning_started", sequence=1, grant_id=grant_id, product="iot")
    assert (provisioning.grant(grant_id), provisioning.state) == (GrantState.GRANTED, State.ACTIVE)


def test_each_event_about_its_time_shows_until_when_a_product_lasts(provisioning: Provisioning) -> None:
    """The first of them may be the warning, where it was granted before leases ended."""
    grant_id, day = uuid4(), datetime(2027, 5, 2, tzinfo=UTC)
    provisioning.planned((grant_id, True))
    provisioning.granted(grant_id)
    told = [
        ("expiring", {"ends_at": day, "days_left": 7}, day),
        (
            "renewed",
            {"ends_at": day.replace(month=8), "reason": "r", "renewed_by": "a"},
            day.replace(month=8),
        ),
        ("expired", {"ended_at": day.replace(month=6), "removal_at": day}, day.replace(month=6)),
    ]
    for name, facts, ends_at in told:
        provisioning.tell(name, grant_id=grant_id, product="iot", **facts)
        plan = provisioning.work.access_plans.rows[provisioning.partner_id]
        assert plan.grants[grant_id].lease_ends_at == ends_at


def test_clearing_ends_offboarding_and_nothing_else(provisioning: Provisioning) -> None:
    grant_id = uuid4()
    provisioning.planned((grant_id, True))
    provisioning.tell("cleared")
    assert provisioning.state is State.PROVISIONING
    command = RequestOffboarding(
        partner_id=provisioning.partner_id, reason="bye", by=Actor("operator", "amara")
    )
    request_offboarding(provisioning.work, command)
    provisioning.granted(grant_id)
    assert provisioning.state is State.OFFBOARDING
    provisioning.tell("revoked", grant_id=grant_id, product="iot")
    assert provisioning.grant(grant_id) is GrantState.REVOKED
    provisioning.tell("cleared")
    assert provisioning.state is State.OFFBOARDED
    provisioning.granted(grant_id)
    assert provisioning.state is State.OFFBOARDED
    assert provisioning.grant(grant_id) is GrantState.REVOKED
    assert provisioning.work.timelines.entries[-1].code == "access.granted"


def test_a_plan_after_leaving_moves_nobody(provisioning: Provisioning) -> None:
    command = RequestOffboarding(partner_id=provisioning.partner_id, reason="bye", by=Actor("partner"))
    request_offboarding(provisioning.work, command)
    provisioning.planned((uuid4(), False))
    assert provisioning.state is State.OFFBOARDING


def test_an_unknown_partner_is_never_possible(work: FakeWork) -> None:
    with pytest.raises(NeverPossible):
        Provisioning(work, uuid4()).tell("cleared")
    data = {"partner_id": uuid4(), "kind": "welcome"}
    with pytest.raises(NeverPossible):
        when_anything_happened(work, received("message.sent", data, work), data)


def test_other_services_enter_the_timeline_without_personal_facts(work: FakeWork) -> None:
    partner_id = screened(work)
    data = {"partner_id": partner_id, "kind": "welcome", "member_id": "m", "transport": "smtp"}
    event = received("message.sent", data, work, event_id="one")
    when_anything_happened(work, event, data)
    when_anything_happened(work, event, data)
    entry = work.timelines.entries[-1]
    assert [old.code for old in work.timelines.entries].count("message.sent") == 1
    assert entry.facts == {"kind": "welcome"}
    assert entry.source == "/gangway/provisioning"
