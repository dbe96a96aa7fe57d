"""What is counted of what runs, and when a budget acts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.domain.budgets import Action, BudgetTerms, Threshold
from provisioning.domain.meters import Meter
from provisioning.domain.steps import Cause

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
TERMS = BudgetTerms.in_parameters({"budget_usd_per_month": 100, "budget_thresholds_percent": [50, 80, 100]})
BECAUSE = Cause("throttled", "Later.")


def meter(at: datetime = NOON) -> Meter:
    return Meter.begin(uuid4(), "111111111111", at)


@pytest.mark.parametrize(
    ("more", "actions"),
    [
        ({}, [(50, Action.WARN), (80, Action.WARN), (100, Action.FREEZE)]),
        (
            {"budget_freeze_percent": 80, "budget_end_percent": 120},
            [(50, Action.WARN), (80, Action.FREEZE), (100, Action.WARN), (120, Action.END)],
        ),
        ({"budget_freeze_percent": None}, [(50, Action.WARN), (80, Action.WARN), (100, Action.WARN)]),
    ],
    ids=["plain", "early", "never"],
)
def test_the_catalogue_says_what_follows(
    more: dict[str, int | None], actions: list[tuple[int, Action]]
) -> None:
    said = {"budget_usd_per_month": 100, "budget_thresholds_percent": [80, 50, 100], **more}
    terms = BudgetTerms.in_parameters(said)
    assert terms is not None
    assert terms.thresholds == tuple(Threshold(*one) for one in actions)
    assert BudgetTerms.in_parameters({"lease_days": 5}) is None


def test_a_month_counts_from_its_first_moment_in_utc() -> None:
    counted = meter(datetime(2026, 11, 30, 23, tzinfo=UTC))
    counted.see(datetime(2026, 11, 30, 23, tzinfo=UTC), Decimal(10))
    counted.more_usd, counted.acted_percent = Decimal(5), 80
    counted.see(datetime(2026, 12, 1, 2, tzinfo=UTC), Decimal(10))
    assert (counted.estimated_usd, counted.more_usd, counted.acted_percent) == (20, 0, 0)


def test_a_clock_that_goes_back_counts_nothing_twice() -> None:
    counted = meter()
    counted.see(NOON + timedelta(hours=2), Decimal(10))
    counted.see(NOON + timedelta(hours=1), Decimal(10))
    counted.see(NOON + timedelta(hours=2), Decimal(10))
    assert counted.estimated_usd == 20


Looks = st.lists(
    st.tuples(st.integers(0, 600), st.integers(0, 500), st.booleans(), st.booleans()), min_size=1, max_size=30
)


@given(Looks)
def test_the_estimate_is_never_below_what_ran_and_each_threshold_acts_once(
    looks: list[tuple[int, int, bool, bool]],
) -> None:
    """What runs changes at looks only; some looks fail, some are repeated at the same moment."""
    assert TERMS is not None
    counted, now, ran, truth, last = meter(), NOON, Decimal(0), Decimal(0), 0
    acted: list[int] = []
    for minutes, cents, fails, is_doubled in looks:
        truth += ran * minutes / 60
        now += timedelta(minutes=minutes)
        for _ in range(2 if is_doubled else 1):
            if fails:
                counted.miss(now, BECAUSE)
            else:
                counted.see(now, Decimal(cents) / 100)
            spending = counted.spending(TERMS, Decimal(0))
            acted += [one.percent for one in counted.pass_thresholds(spending, is_braked=100 in acted)]
        # A failed look does not see that it changed: then what was seen before goes on.
        ran = max(ran, Decimal(last) / 100) if fails else Decimal(cents) / 100
        last = last if fails else cents
    assert counted.estimated_usd >= truth - Decimal("0.01")
    assert acted == sorted(set(acted))
    reached = [one.percent for one in TERMS.thresholds if counted.estimated_usd >= one.percent]
    assert acted == reached


def test_a_brake_of_other_terms_acts_although_so_much_was_told_before() -> None:
    parameters = {"budget_usd_per_month": 100, "budget_thresholds_percent": [50, 150]}
    warning = BudgetTerms.in_parameters({**parameters, "budget_freeze_percent": None})
    braking = BudgetTerms.in_parameters(parameters)
    assert warning is not None
    assert braking is not None
    counted = meter()
    counted.use(Decimal(200), NOON)
    told = counted.pass_thresholds(counted.spending(warning, Decimal(0)), is_braked=False)
    assert [one.percent for one in told] == [50, 150]
    spending = counted.spending(braking, Decimal(0))
    assert counted.pass_thresholds(spending, is_braked=False) == [Threshold(100, Action.FREEZE)]
    assert counted.pass_thresholds(spending, is_braked=True) == []
    assert counted.acted_percent == 150
