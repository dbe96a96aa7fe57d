"""Limits of automatic approval: per day and rule, per day, and in money.

Days and months are calendar days and months in UTC. Approvals are counted; there is no counter to drift.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from uuid import UUID

from chassis.frozen import Frozen
from onboarding.domain.finding import Finding
from onboarding.domain.screening import ApprovalRule
from onboarding.domain.vocabulary import Tier

MONEY = "USD"


class AutomaticApproval(Frozen):
    """A partner approved without a person, and what that may cost."""

    partner_id: UUID
    rule: str
    tier: Tier
    cost: int
    approved_at: datetime


class RuleUse(Frozen):
    """What one rule has approved so far."""

    approvals_today: int
    cost_today: int
    cost_this_month: int


class LimitUse(Frozen):
    """One limit, by its name in the file, and how much of it is used."""

    limit: str
    rule: str | None = None
    used: int
    most: int
    began_at: datetime
    ends_at: datetime

    @property
    def is_money(self) -> bool:
        """Whether dollars are counted, not approvals."""
        return self.limit.startswith("cost")

    @property
    def finding(self) -> Finding:
        """Why the application waits, although a rule would approve it."""
        whose = f"rule {self.rule}" if self.rule else "all rules together"
        period = "this month" if self.ends_at - self.began_at > timedelta(days=1) else "today"
        unit = f" {MONEY}" if self.is_money else ""
        return Finding(
            f"over_{self.limit}",
            f"Nothing else was found, but one more approval would exceed {self.limit}:"
            f" {self.used} of {self.most}{unit} are used by {whose} {period} (UTC).",
        )


class ApprovalLimits(Frozen):
    """What the file of limits says; money in whole US dollars."""

    approvals_per_day: int
    approvals_per_rule_and_day: int
    cost_per_day: int
    cost_per_month: int
    cost_of_tier: Mapping[Tier, int]

    def exceeded_by(self, rule: ApprovalRule, use: Mapping[str, RuleUse], at: datetime) -> list[LimitUse]:
        """The limits that would be exceeded by one more approval by this rule."""
        cost = self.cost_of_tier[rule.tier]
        return [
            found
            for found in self.measured([rule], use, at)
            if found.used + (cost if found.is_money else 1) > found.most
        ]

    def measured(
        self, rules: Iterable[ApprovalRule], use: Mapping[str, RuleUse], at: datetime
    ) -> list[LimitUse]:
        """All limits: those over all rules, which count former rules too, then those of each rule."""
        today, this_month, counted = day_of(at), month_of(at), use.values()
        approvals = sum(by_rule.approvals_today for by_rule in counted)
        cost_today = sum(by_rule.cost_today for by_rule in counted)
        cost_this_month = sum(by_rule.cost_this_month for by_rule in counted)
        return [
            _measured("approvals_per_day", approvals, self.approvals_per_day, today),
            _measured("cost_per_day", cost_today, self.cost_per_day, today),
            _measured("cost_per_month", cost_this_month, self.cost_per_month, this_month),
            *(
                _measured(
                    "approvals_per_rule_and_day",
                    use[rule.name].approvals_today if rule.name in use else 0,
                    self._most_of(rule),
                    today,
                    rule.name,
                )
                for rule in rules
            ),
        ]

    def _most_of(self, rule: ApprovalRule) -> int:
        """A rule may have a lower limit than the others."""
        own = rule.approvals_per_day
        return self.approvals_per_rule_and_day if own is None else min(own, self.approvals_per_rule_and_day)


# By their names in the file.
LIMITS = tuple(field.name for field in fields(ApprovalLimits) if field.name != "cost_of_tier")


def day_of(at: datetime) -> tuple[datetime, datetime]:
    """When that day begins and the next one, in UTC."""
    began_at = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return began_at, began_at + timedelta(days=1)


def month_of(at: datetime) -> tuple[datetime, datetime]:
    """When that month begins and the next one, in UTC."""
    began_at = day_of(at)[0].replace(day=1)
    return began_at, (began_at + timedelta(days=31)).replace(day=1)


def _measured(
    limit: str, used: int, most: int, period: tuple[datetime, datetime], rule: str | None = None
) -> LimitUse:
    return LimitUse(limit=limit, rule=rule, used=used, most=most, began_at=period[0], ends_at=period[1])
