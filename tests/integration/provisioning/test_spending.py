"""Spending on a real PostgreSQL: looks at accounts, bills, what budgets do, what operators read and do."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.integration.provisioning.conftest import ProvisioningOnPostgres, provisioning_on
from tests.integration.provisioning.test_api import BECAUSE, Callers
from tests.unit.provisioning.fake_money import FakeBills, FakeWatcher, SimulatedClock, machines
from tests.unit.provisioning.fake_outside import FakeOutside, account_of, fake_steps

from chassis import clock as real_clock
from chassis.failures import Kind, NeverPossible, NotNow
from local_stack.postgres import LocalPostgres
from provisioning.adapters.repositories.meters import SqlMeters
from provisioning.domain.meters import Meter, SpendTerms
from provisioning.domain.prices import Seen, Use
from provisioning.domain.steps import Cause
from provisioning.handlers.money_ports import BilledDay
from provisioning.handlers.ports import Policies
from provisioning.handlers.reading_bills import begin_reading
from provisioning.handlers.spending import watch_spending

RUNAWAY = {machines("p5.48xlarge"): 100}  # 9,832 USD an hour
BUSY = {machines("m5.24xlarge"): 5}  # 23.04 USD an hour


class Money:
    """One partner's sandbox of 300 USD a month, and a clock of its own."""

    def __init__(self, provisioning: ProvisioningOnPostgres, clock: SimulatedClock) -> None:
        self.it, self.clock = provisioning, clock
        self.watcher, self.bills = FakeWatcher(), FakeBills()
        vars(provisioning.service)["money"] = (self.watcher, self.bills)
        self.callers = Callers(provisioning)
        self.partner_id = provisioning.plan("cloud_sandbox", tier="select")
        provisioning.work_off()
        self.grant_id = provisioning.grant(self.partner_id, "cloud_sandbox").grant_id
        self.account_id = account_of(self.grant_id)

    def minute(self, minutes: int = 1) -> None:
        """Let minutes pass, each with what the worker does in it."""
        for _ in range(minutes):
            self.clock.pass_(minutes=1)
            self.look()

    def look(self) -> None:
        with self.it.service.open_work() as work:
            watch_spending(work)
            begin_reading(work)
        self.it.work_off()

    def readings(self) -> int:
        return sum(self.account_id in accounts for accounts, _ in self.bills.readings)

    def runs(self, running: dict[Any, int], **seen: Any) -> None:
        self.watcher.seen[self.account_id] = Seen(**{"running": running, "used": (), **seen})

    def bill(self, day: date, usd: str, record_type: str = "Usage") -> None:
        self.bills.days.append(BilledDay(self.account_id, day, record_type, Decimal(usd)))

    def looks(self) -> list[tuple[str, datetime, datetime]]:
        return [one for one in self.watcher.looks if one[0] == self.account_id]

    def meter(self) -> Meter:
        with self.it.service.open_work() as work:
            [meter] = work.meters.of_grants([self.grant_id])
        return meter

    @property
    def state(self) -> str:
        return self.it.grant(self.partner_id, "cloud_sandbox").state

    def told(self) -> list[str]:
        names = [name.removeprefix("gangway.access.") for name in self.it.events(self.partner_id)]
        return names[names.index("granted.v1") + 1 :]

    def budget(self) -> dict[str, Any]:
        seen = self.callers.get(f"/v1/grants/{self.grant_id}", self.callers.operator("viewer"))
        budget: dict[str, Any] = seen.get_json()["budget"]
        return budget

    def raise_by(self, usd: int) -> Any:
        path = f"/v1/grants/{self.grant_id}/budget-raise"
        answer = self.callers.post(path, self.callers.operator(), {**BECAUSE, "usd": usd})
        self.it.work_off()
        return answer


@pytest.fixture(scope="module")
def shared(postgres: LocalPostgres) -> Iterator[ProvisioningOnPostgres]:
    outside, name = FakeOutside(), "test_spending"
    url = postgres.ensure_database(name, owner="tests", password="tests")
    with provisioning_on(url, fake_steps(outside), outside) as provisioning:
        yield provisioning
    postgres.drop_database(name)


BEGINS = datetime(2025, 11, 10, 12, tzinfo=UTC)


@pytest.fixture
def money(shared: ProvisioningOnPostgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Money]:
    clock = SimulatedClock(BEGINS)
    monkeypatch.setattr(real_clock, "now", clock)
    yield Money(shared, clock)
    with shared.service.database.engine.begin() as connection:
        connection.execute(text("UPDATE spend_meters SET look_at = NULL"))
        connection.execute(text("DELETE FROM spend_accounts"))


def test_a_runaway_fleet_is_frozen_within_minutes_while_the_bill_says_nothing(money: Money) -> None:
    money.minute()
    money.runs(RUNAWAY)
    began = money.clock.at
    while money.state != "frozen":
        money.minute()
        assert (money.clock.at - began).total_seconds() < 300
    assert money.told() == ["budget_exceeded.v1", "frozen.v1"], "the gravest only"
    assert money.budget()["billed_usd"] == "0.00"
    money.minute(10)
    assert money.told() == ["budget_exceeded.v1", "frozen.v1"], "once"
    assert (money.watcher.stopped, money.budget()["usd_per_hour"]) == ([money.account_id], "0.00")


def test_thresholds_come_one_after_the_other_and_once(money: Money) -> None:
    money.runs(BUSY)
    money.minute()
    hours = []
    for hour in range(15):
        money.clock.pass_(hours=1)
        money.look()
        money.look()
        hours += [(name, hour + 1) for name in money.told()[len(hours) :]]
    # 300 USD at 23.04 an hour: half of it after 6.5 hours, 80 percent after 10.4, all after 13.02.
    told = [("budget_warned.v1", 7), ("budget_warned.v1", 11), ("budget_exceeded.v1", 14), ("frozen.v1", 14)]
    assert hours == told


def test_a_raised_budget_gives_it_back_and_brakes_again(money: Money) -> None:
    money.runs(BUSY)
    money.minute()
    money.clock.pass_(hours=14)
    money.look()
    assert (money.state, money.budget()["spent_usd"]) == ("frozen", "322.56")
    money.runs({})
    refused = money.raise_by(22)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "budget_still_exceeded")
    assert "0.57 USD more" in refused.get_json()["detail"], "a threshold acts when it is reached"
    assert money.raise_by(100).status_code == 202
    assert (money.state, money.budget()["budget_usd"]) == ("granted", "400.00")
    money.runs(BUSY)
    money.minute(4)
    money.clock.pass_(hours=4)
    money.look()
    assert money.state == "frozen"
    assert money.told().count("frozen.v1") == 2


def test_a_budget_is_of_a_month_and_what_it_froze_waits_for_an_operator(money: Money) -> None:
    money.runs(RUNAWAY)
    money.minute(4)
    assert money.state == "frozen"
    money.runs({})
    money.minute(3)
    money.clock.at = datetime(2025, 12, 1, 0, 30, tzinfo=UTC)
    money.look()
    assert (money.state, money.budget()["month"], money.budget()["spent_usd"]) == (
        "frozen",
        "2025-12",
        "0.00",
    )
    assert money.raise_by(0).status_code == 202
    assert money.state == "granted"


def test_an_account_that_cannot_be_looked_at_goes_on_counting_and_hides_no_other(money: Money) -> None:
    other = Money.__new__(Money)
    vars(other).update(vars(money))
    other.partner_id = money.it.plan("cloud_sandbox", tier="select")
    money.it.work_off()
    other.grant_id = money.it.grant(other.partner_id, "cloud_sandbox").grant_id
    other.account_id = account_of(other.grant_id)
    money.runs(BUSY)
    other.runs(BUSY)
    money.minute()
    money.watcher.trouble[money.account_id] = NotNow("account_not_ready", "Not let in.", kind=Kind.DENIED)
    money.clock.pass_(hours=8)
    money.look()
    assert [money.told(), other.told()] == [["budget_warned.v1"]] * 2
    seen = money.budget()
    assert (seen["usd_per_hour"], seen["not_seen_because"]) == ("23.04", "Not let in.")
    assert other.budget()["not_seen_since"] is None
    waiting = money.callers.get("/v1/waiting", money.callers.operator("viewer")).get_json()["waiting"]
    kinds = {one["kind"]: one["count"] for one in waiting}
    assert kinds["accounts_not_seen"] >= 1
    del money.watcher.trouble[money.account_id]
    money.minute(13)
    assert money.budget()["not_seen_since"] is None


def test_what_part_of_a_look_misses_is_not_gone(money: Money) -> None:
    money.runs(BUSY)
    money.minute()
    money.runs({}, unseen=(Cause("throttled", "ec2 in us-east-1: slow down"),))
    money.clock.pass_(hours=7)
    money.look()
    assert (money.told(), money.budget()["usd_per_hour"]) == (["budget_warned.v1"], "23.04")


def test_use_counts_once_however_often_it_is_looked_at(money: Money) -> None:
    money.minute()
    tokens = Use(
        type="anthropic.claude-3-opus", unit="output_tokens", region="us-east-1", amount=Decimal(10_000)
    )
    money.runs({}, used=(tokens,))
    money.minute(3)
    money.runs({})
    money.minute(6)
    looks = money.looks()
    assert all(earlier[2] == later[1] for earlier, later in pairwise(looks))
    assert money.budget()["estimated_usd"] == "0.75"


def test_the_bill_acts_where_the_estimate_sees_nothing(money: Money) -> None:
    money.bill(date(2025, 11, 10), "170.00")
    money.bill(date(2025, 11, 9), "200.00")  # before it had the account
    money.bill(date(2025, 11, 10), "-300.00", "Credit")
    money.minute(4)
    assert money.told() == ["budget_warned.v1"]
    assert (money.budget()["spent_usd"], money.budget()["percent"]) == ("170.00", 56)
    with money.it.service.open_work() as work:
        grant = work.grants.get(UUID(str(money.grant_id)))
    assert grant is not None
    page = money.callers.get(f"/ways-in/{grant.grant_id}?lang=en", money.callers.partner(grant.partner_id))
    assert "Spent in 2025-11: 170.00 of 300.00 USD (56%)." in page.text


@pytest.mark.parametrize(
    ("trouble", "again"),
    [(NotNow("throttling", "Later."), 2), (NeverPossible("other_currency", "EUR"), 2)],
    ids=["later", "never"],
)
def test_bills_that_cannot_be_read_are_read_later(money: Money, trouble: Any, again: int) -> None:
    money.bills.trouble = trouble
    money.minute(10)
    assert money.readings() == 1
    money.bills.trouble = None
    money.clock.pass_(hours=1)
    money.look()
    assert money.readings() == again


def test_a_bill_that_nobody_can_read_hides_no_other_and_is_told_after_a_day(money: Money) -> None:
    other = "555555555555"
    money.bills.unreadable[other] = Cause("other_currency", "EUR")
    money.bill(date(2025, 11, 10), "170.00")
    with money.it.service.open_work() as work:
        values = {"account_id": other, "at": money.clock.at}
        work.connection.execute(text("INSERT INTO spend_accounts VALUES (:account_id, NULL, :at)"), values)
    money.minute(4)
    assert money.budget()["billed_usd"] == "170.00"
    for _ in range(24):
        money.clock.pass_(hours=1)
        money.look()
    with money.it.service.open_work() as work:
        assert work.meters.count_blind()["bills_other_currency",] == 1
        assert "bills_None" not in work.meters.count_blind()


def test_a_brake_that_the_catalogue_gives_later_acts_on_what_was_spent_before(money: Money) -> None:
    def change(**parameters: Any) -> None:
        with money.it.service.open_work() as work:
            grant = work.grants.get(money.grant_id)
            assert grant is not None
            work.grants.save(replace(grant, parameters={**grant.parameters, **parameters}))

    change(budget_freeze_percent=None, budget_thresholds_percent=[50, 150])
    money.runs(RUNAWAY)
    money.minute(4)
    assert (money.told(), money.state) == (["budget_warned.v1"], "granted")
    change(budget_freeze_percent=100)
    money.minute(3)
    assert (money.told()[1:], money.state) == (["budget_exceeded.v1", "frozen.v1"], "frozen")
    money.minute(6)
    assert len(money.told()) == 3, "once"


def test_operators_read_what_was_spent_and_by_whom(money: Money) -> None:
    money.minute()
    for day, usd, kind in (
        (date(2025, 11, 10), "12.345", "Usage"),
        (date(2025, 11, 11), "1.111", "Tax"),
        (date(2025, 11, 11), "-3.00", "Refund"),
        (date(2025, 11, 12), "-4.00", "Credit"),
        (date(2025, 11, 9), "7.00", "Usage"),
        (date(2025, 10, 31), "9.00", "Usage"),
    ):
        money.bill(day, usd, kind)
    money.clock.pass_(days=3)
    money.look()
    viewer = money.callers.operator("viewer")
    asked = f"account_id={money.account_id}"
    lines = money.callers.get(f"/v1/spend?{asked}", viewer).get_json()["lines"]
    assert [(line["grant_id"], line["charged_usd"], line["net_usd"]) for line in lines] == [
        (None, "7.00", "7.00"),
        (str(money.grant_id), "13.46", "6.46"),
    ]
    both = money.callers.get(f"/v1/spend?{asked}&month=2025-10&until=2025-11", viewer).get_json()["lines"]
    assert [line["month"] for line in both] == ["2025-10", "2025-11", "2025-11"]
    first = money.callers.get(f"/v1/spend?{asked}&limit=1", viewer).get_json()
    rest = money.callers.get(f"/v1/spend?{asked}&limit=1&cursor={first['next_cursor']}", viewer).get_json()
    assert first["lines"] + rest["lines"] == lines
    one_by_one: list[Any] = []
    cursor = ""
    while cursor is not None:
        path = f"/v1/spend?{asked}&month=2025-10&until=2025-11&limit=1{cursor and f'&cursor={cursor}'}"
        page = money.callers.get(path, viewer).get_json()
        one_by_one += page["lines"]
        cursor = page["next_cursor"]
    assert one_by_one == both
    of_tier = money.callers.get(f"/v1/spend?{asked}&tier=select", viewer).get_json()["lines"]
    assert [line["partner_id"] for line in of_tier] == [str(money.partner_id)]
    report = money.callers.get(f"/v1/spend-report?{asked}", viewer)
    assert (report.mimetype, len(report.get_data(as_text=True).splitlines())) == ("text/csv", 3)
    for wrong in (
        "month=2025-13",
        "tier=gold",
        "account_id=1",
        "partner_id=x",
        "month=2025-11&until=2025-10",
        "cursor=2025-13/111122223333/",
    ):
        assert money.callers.get(f"/v1/spend?{wrong}", viewer).status_code == 422, wrong


def test_a_partner_sees_its_budget_and_no_account_of_ours(money: Money) -> None:
    money.runs({machines("zz9.huge"): 1})
    money.minute(2)
    partner = money.callers.partner(money.partner_id)
    seen = money.callers.get(f"/v1/grants/{money.grant_id}", partner).get_json()["budget"]
    assert (seen["freezes_at_percent"], seen["budget_usd"]) == (100, "300.00")
    assert not {"account_id", "assumed", "not_seen_because"} & set(seen)
    listed = money.callers.get(f"/v1/partners/{money.partner_id}/grants", partner).get_json()["grants"]
    assert listed[0]["budget"] == seen
    assert money.budget()["assumed"] == ["zz9.huge"]


@pytest.mark.parametrize("usd", [-1, 1_000_001, 1.5, "5", None], ids=str)
def test_only_whole_dollars_are_added(money: Money, usd: Any) -> None:
    path = f"/v1/grants/{money.grant_id}/budget-raise"
    answer = money.callers.post(path, money.callers.operator(), {**BECAUSE, "usd": usd})
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, "/usd")


def test_the_end_of_a_grant_ends_its_meter_and_later_bills_are_still_its_own(money: Money) -> None:
    money.minute()
    money.it.hear("offboarding_started", {"partner_id": str(money.partner_id)})
    money.it.work_off()
    assert money.state == "revoked"
    money.minute(4)
    looks = money.looks()
    money.bill(date(2025, 11, 10), "55.00")
    money.bill(date(2025, 11, 11), "1.00")
    money.clock.pass_(days=2)
    money.minute(2)
    assert money.looks() == looks
    lines = money.callers.get(f"/v1/spend?account_id={money.account_id}", money.callers.operator()).get_json()
    told = {line["grant_id"]: line["net_usd"] for line in lines["lines"]}
    assert told == {str(money.grant_id): "55.00", None: "1.00"}


def test_no_looks_where_they_are_switched_off(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    terms = SpendTerms(look_every=timedelta(), bills_every=timedelta())
    made = money.it.service.work_factory
    policies = Policies(catalogue=money.it.service.settings.catalogue, spending=terms)
    monkeypatch.setitem(vars(money.it.service), "work_factory", partial(made.func, policies=policies))
    money.minute(3)
    assert (money.watcher.looks, money.bills.readings) == ([], [])


def test_where_no_account_is_looked_at_meters_begin_and_end_all_the_same(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They say whose bills are whose; and nothing is told as not seen, or as running on."""
    money.minute()
    money.runs(BUSY)
    money.minute(3)
    looks = money.looks()
    terms = SpendTerms(look_every=timedelta(), bills_every=timedelta())
    made = money.it.service.work_factory
    policies = Policies(catalogue=money.it.service.settings.catalogue, spending=terms)
    monkeypatch.setitem(vars(money.it.service), "work_factory", partial(made.func, policies=policies))
    money.minute(30)
    meter = money.meter()
    assert (money.looks(), meter.usd_per_hour, meter.failing_since) == (looks, 0, None)
    assert meter.look_at is not None
    assert meter.look_at > money.clock.at
    counted = meter.estimated_usd
    money.minute(30)
    assert money.meter().estimated_usd == counted
    money.it.hear("offboarding_started", {"partner_id": str(money.partner_id)})
    money.it.work_off()
    money.minute(6)
    assert money.meter().ended_at is not None


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture(scope="module")
def tenants(shared: ProvisioningOnPostgres) -> list[UUID]:
    partners = [shared.plan("cloud_sandbox") for _ in range(3)]
    return [shared.grant(partner_id, "cloud_sandbox").grant_id for partner_id in partners]


FIRST = date(2025, 10, 1)
Amounts = st.decimals(-1000, 1000, places=10)
Bill = st.tuples(st.integers(0, 44), st.sampled_from(["Usage", "Tax", "Refund", "Credit"]), Amounts)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stays=st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=3, max_size=3),
    readings=st.lists(
        st.tuples(st.lists(Bill, max_size=8), st.sampled_from(["", "call", "note"])), max_size=4
    ),
)
def test_every_cent_of_late_bills_is_whose_day_it_was_also_over_kills(
    money: Money, tenants: list[UUID], stays: list[tuple[int, int]], readings: list[Any]
) -> None:
    """Three grants have one account after each other; bills come late, again and changed, in any order."""
    account_id, days, day = f"{uuid4().int % 10**12:012}", {}, FIRST
    service = money.it.service
    money.clock.at = BEGINS  # else many examples together reach a month whose bills do not include FIRST
    with service.open_work() as work:
        work.connection.execute(text("DELETE FROM spend_meters WHERE grant_id = ANY(:g)"), {"g": tenants})
        work.connection.execute(text("DELETE FROM spend_accounts"))
        for grant_id, (gap, length) in zip(tenants, stays, strict=True):
            begin, end = day + timedelta(days=gap), day + timedelta(days=gap + length)
            at = [datetime(one.year, one.month, one.day, 13, tzinfo=UTC) for one in (begin, end)]
            had = Meter.begin(grant_id, account_id, at[0])
            had.end(at[1])
            work.meters.add(had)
            days |= {begin + timedelta(days=number): grant_id for number in range(length + 1)}
            day = end + timedelta(days=1)
    known: dict[tuple[date, str], Decimal] = {}
    for bills, dies_in in readings:
        known |= {(FIRST + timedelta(days=number), kind): usd for number, kind, usd in bills}
        money.bills.days = [BilledDay(account_id, one, kind, usd) for (one, kind), usd in known.items()]
        money.clock.at += timedelta(hours=8)
        read_until_alive(money, dies_in)
    expected: dict[UUID | None, Decimal] = {}
    for (one, _), usd in known.items():
        if one <= money.clock.at.date():
            expected[days.get(one)] = expected.get(days.get(one), Decimal(0)) + usd
    with service.open_work() as work:
        rows = work.connection.execute(
            text("SELECT grant_id, sum(usd) FROM spend_of_grants WHERE account_id = :a GROUP BY 1"),
            {"a": account_id},
        )
        assert {row[0]: row[1] for row in rows} == expected


def read_until_alive(money: Money, dies_in: str) -> None:
    """Read; a process that died is followed by one that does not, and by one that has nothing to do."""
    with pytest.MonkeyPatch.context() as patch:
        if dies_in == "call":
            patch.setattr(money.bills, "read", _dying(money.bills.read))
        elif dies_in == "note":
            patch.setattr(SqlMeters, "note_bills", _dying(SqlMeters.note_bills))
        with suppress(Killed):
            money.it.service.read_bills()
    for _ in range(2):
        money.it.service.read_bills()


def _dying(act: Any) -> Any:
    def die(*arguments: Any) -> None:
        act(*arguments)
        raise Killed

    return die
