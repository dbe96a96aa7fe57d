"""Limits of automatic approval: what is left, what is exceeded, and when it is counted anew."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from tests.unit.onboarding.companies import limits, policies

from chassis.settings.yaml_files import FileRefused
from onboarding.adapters.limits_file import read_approval_limits
from onboarding.domain.approval_limits import RuleUse, day_of, month_of
from onboarding.domain.vocabulary import Tier
from onboarding.settings import CONFIG

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
RULE = policies().rules.approval[0]


def used(approvals: int, cost_today: int, cost_this_month: int) -> dict[str, RuleUse]:
    use = RuleUse(approvals_today=approvals, cost_today=cost_today, cost_this_month=cost_this_month)
    return {RULE.name: use}


@pytest.mark.parametrize(
    ("changes", "use", "exceeded"),
    [
        ({}, {}, []),
        ({"approvals_per_day": 5}, used(4, 0, 0), []),
        ({"approvals_per_day": 5}, used(5, 0, 0), ["approvals_per_day"]),
        ({"approvals_per_day": 0}, {}, ["approvals_per_day"]),
        ({"approvals_per_rule_and_day": 5}, used(5, 0, 0), ["approvals_per_rule_and_day"]),
        ({"cost_per_day": 600}, used(1, 300, 300), []),
        ({"cost_per_day": 600}, used(1, 301, 301), ["cost_per_day"]),
        ({"cost_per_month": 600}, used(0, 0, 301), ["cost_per_month"]),
        ({"cost_per_day": 299, "cost_per_month": 299}, {}, ["cost_per_day", "cost_per_month"]),
    ],
)
def test_what_leaves_no_room(changes: dict[str, int], use: dict[str, RuleUse], exceeded: list[str]) -> None:
    found = limits(**changes).exceeded_by(RULE, use, NOON)
    assert [limit.limit for limit in found] == exceeded
    for limit in found:
        assert limit.finding.code == f"over_{limit.limit}"
        assert f"{limit.used} of {limit.most}" in limit.finding.message
        assert "UTC" in limit.finding.message


def test_one_rule_leaves_room_to_another_and_former_rules_count_for_all() -> None:
    ours = limits(approvals_per_rule_and_day=5, approvals_per_day=8)
    other = replace(RULE, name="another")
    assert ours.exceeded_by(other, used(5, 0, 0), NOON) == []
    gone = {"gone": RuleUse(approvals_today=8, cost_today=0, cost_this_month=0)}
    assert [found.limit for found in ours.exceeded_by(other, gone, NOON)] == ["approvals_per_day"]


def test_a_rule_may_be_held_to_fewer_never_to_more() -> None:
    ours = limits(approvals_per_rule_and_day=5)
    for own, most in ((2, 2), (9, 5), (0, 0), (None, 5)):
        [*_, found] = ours.measured([replace(RULE, approvals_per_day=own)], {}, NOON)
        assert (found.rule, found.most) == (RULE.name, most)


def test_dearer_tiers_use_up_more() -> None:
    costs = {Tier.REGISTERED: 50, Tier.SELECT: 300, Tier.PREMIER: 1000}
    ours = limits(cost_of_tier=costs, cost_per_day=1_000)
    use = used(9, 700, 700)
    assert ours.exceeded_by(RULE, use, NOON) == []
    assert ours.exceeded_by(replace(RULE, tier=Tier.PREMIER), use, NOON) != []


def test_days_and_months_are_those_of_utc() -> None:
    west = datetime(2026, 3, 31, 22, tzinfo=timezone(timedelta(hours=-5)))
    assert day_of(west) == (datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 4, 2, tzinfo=UTC))
    assert month_of(west) == (datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC))
    december = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    assert month_of(december) == (datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    assert month_of(datetime(2028, 2, 29, tzinfo=UTC))[1] == datetime(2028, 3, 1, tzinfo=UTC)


def test_what_is_shipped_is_small() -> None:
    shipped = read_approval_limits(CONFIG / "approval_limits.yaml")
    assert shipped.approvals_per_rule_and_day <= shipped.approvals_per_day <= 20
    assert shipped.cost_per_day <= 2_500
    assert set(shipped.cost_of_tier) == set(Tier)


def test_every_wrong_limit_is_named(tmp_path: Path) -> None:
    path = tmp_path / "approval_limits.yaml"
    path.write_text("""
approvals_per_day: -1
approvals_per_rule_and_day: many
cost_per_day: 2.5
cost_of_tier: {registered: 1, select: true, golden: 1}
approvals_per_week: 1
""")
    with pytest.raises(FileRefused) as refused:
        read_approval_limits(path)
    named = "\n".join(refused.value.problems)
    for place in (
        "approvals_per_day",
        "approvals_per_rule_and_day",
        "cost_per_day",
        "cost_per_month",
        "cost_of_tier.select",
        "cost_of_tier.premier",
        "cost_of_tier.golden",
        "approvals_per_week",
    ):
        assert place in named, named
