"""A meter: what the account of one grant costs this month, by looks at what runs in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Self
from uuid import UUID

from chassis.frozen import Frozen
from provisioning.domain.budgets import Action, BudgetTerms, Threshold
from provisioning.domain.steps import Cause

NOTHING = Decimal(0)
_CENT = Decimal("0.01")
_SECONDS_OF_AN_HOUR = Decimal(3600)
_FAILURES_MOST = 1000


class SpendTerms(Frozen):
    """How often accounts are looked at, and bills are read; no time between them means never."""

    look_every: timedelta = timedelta(minutes=3)
    looks_per_minute: int = 120
    bills_every: timedelta = timedelta(hours=8)

    @property
    def look_at_idle_every(self) -> timedelta:
        """How often accounts are looked at that no grant has."""
        return self.look_every * 4

    def look_again_after(self, failures: int) -> timedelta:
        """Longer after each look that missed something, up to four times as long."""
        return self.look_every * (1, 2, 4)[min(failures, 2)]


@dataclass(kw_only=True)
class Meter:
    """What an account costs while one grant has it, from ``began_at`` to ``ended_at``.

    ``estimated_usd`` is for ``month``, integrated up to ``counted_at``; ``usd_per_hour`` is what ran then.
    ``assumed`` are the types that the price file does not know. ``usage_until``: up to when what is paid by
    use was counted. ``more_usd`` is what operators added to the budget of this month, ``acted_percent`` the
    highest threshold that had its effect. ``failing_since``: from then on no look saw everything.
    """

    grant_id: UUID
    account_id: str
    began_at: datetime
    month: date
    counted_at: datetime
    ended_at: datetime | None = None
    estimated_usd: Decimal = NOTHING
    usd_per_hour: Decimal = NOTHING
    assumed: tuple[str, ...] = ()
    usage_until: datetime | None = None
    more_usd: Decimal = NOTHING
    acted_percent: int = 0
    looked_at: datetime | None = None
    look_at: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    cause: Cause | None = None

    @classmethod
    def begin(cls, grant_id: UUID, account_id: str, now: datetime) -> Self:
        return cls(
            grant_id=grant_id,
            account_id=account_id,
            began_at=now,
            month=month_of(now),
            counted_at=now,
            look_at=now,
        )

    def move_to(self, account_id: str, now: datetime) -> Self:
        """End here and go on with another account of the same grant, and the same budget."""
        self.end(now)
        return replace(self, account_id=account_id, began_at=now, ended_at=None, look_at=now)

    def end(self, now: datetime) -> None:
        self.ended_at, self.look_at, self.usd_per_hour = now, None, NOTHING

    def see(self, now: datetime, usd_per_hour: Decimal, assumed: Sequence[str] = ()) -> None:
        """Count up to now: whatever ran at either end of the time ran all the while.

        That errs to the high side, by what began or ended between two looks at most.
        """
        self._count(now, max(self.usd_per_hour, usd_per_hour))
        self.usd_per_hour, self.assumed, self.looked_at = usd_per_hour, tuple(assumed), now
        self.failing_since, self.failures, self.cause = None, 0, None

    def use(self, usd: Decimal, until: datetime) -> None:
        """Count what was paid by use up to then."""
        self.estimated_usd += usd
        self.usage_until = until

    def rest(self, now: datetime, look_at: datetime) -> None:
        """Nobody looks: what ran is counted up to now, and nothing from now on."""
        self._count(now, self.usd_per_hour)
        self.usd_per_hour, self.look_at = NOTHING, look_at
        self.failing_since, self.failures, self.cause = None, 0, None

    def miss(self, now: datetime, cause: Cause, usd_per_hour: Decimal = NOTHING) -> None:
        """Count what the look saw, and that all that ran before goes on: not seen is not gone."""
        self.usd_per_hour = max(self.usd_per_hour, usd_per_hour)
        self._count(now, self.usd_per_hour)
        self.failing_since, self.cause = self.failing_since or now, cause
        self.failures = min(self.failures + 1, _FAILURES_MOST)

    def roll_over(self, now: datetime) -> None:
        """Begin the count of a new month; the budget, and what acts on it, are new, too."""
        if month_of(now) > self.month:
            self.month, self.estimated_usd = month_of(now), NOTHING
            self.more_usd, self.acted_percent = NOTHING, 0

    def spending(self, terms: BudgetTerms, billed_usd: Decimal) -> "Spending":
        return Spending(
            terms=terms,
            month=self.month,
            budget_usd=terms.usd_per_month + self.more_usd,
            estimated_usd=self.estimated_usd,
            billed_usd=billed_usd,
        )

    def pass_thresholds(self, spending: "Spending", *, is_braked: bool) -> list[Threshold]:
        """Note and return those that were reached by now and not before; each comes once in a month.

        A brake that is reached comes as long as nothing is braked: the catalogue may have other terms by now.
        """
        reached = spending.reached()
        new = [
            one
            for one in reached
            if one.percent > self.acted_percent or not (is_braked or one.action is Action.WARN)
        ]
        self.acted_percent = max([self.acted_percent, *(one.percent for one in reached)])
        return new

    def raise_budget(self, terms: BudgetTerms, usd: Decimal, billed_usd: Decimal) -> "Spending":
        """Add to the budget of this month; thresholds that are not reached any more will come again."""
        self.more_usd += usd
        spending = self.spending(terms, billed_usd)
        self.acted_percent = max((one.percent for one in spending.reached()), default=0)
        return spending

    def _count(self, now: datetime, usd_per_hour: Decimal) -> None:
        self.roll_over(now)
        begin = datetime(self.month.year, self.month.month, 1, tzinfo=UTC)
        seconds = max(now - max(self.counted_at, begin), timedelta()) / timedelta(seconds=1)
        self.estimated_usd += usd_per_hour * Decimal(seconds) / _SECONDS_OF_AN_HOUR
        self.counted_at = max(self.counted_at, now)


class Spending(Frozen):
    """What a grant may cost in a month, and what it cost so far.

    ``billed_usd`` is without refunds and credits: what they give back is not there to be spent again.
    """

    terms: BudgetTerms
    month: date
    budget_usd: Decimal
    estimated_usd: Decimal
    billed_usd: Decimal

    @property
    def spent_usd(self) -> Decimal:
        """The bill comes late, the estimate does not see everything: the higher of both."""
        return max(self.estimated_usd, self.billed_usd)

    @property
    def percent(self) -> int:
        """How much of the budget is spent, rounded down: 100 only when all of it is."""
        return int(self.spent_usd * 100 / self.budget_usd)

    def reached(self) -> list[Threshold]:
        part = self.spent_usd * 100
        return [one for one in self.terms.thresholds if part >= one.percent * self.budget_usd]

    @property
    def missing_usd(self) -> Decimal:
        """By how much to raise the budget, at least, before what was spent brakes nothing; else 0."""
        brakes = [one.percent for one in self.reached() if one.action is not Action.WARN]
        if not brakes:
            return NOTHING
        # A threshold acts when it is reached, so a cent more than that.
        return self.spent_usd * 100 / min(brakes) - self.budget_usd + _CENT


def month_of(at: datetime) -> date:
    return at.astimezone(UTC).date().replace(day=1)
