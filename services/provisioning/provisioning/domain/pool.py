"""How many accounts are kept ready for partners, how they are reused, and how many may be closed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from chassis.frozen import Frozen
from provisioning.domain.account_states import AccountState

# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
_CLOSE_WINDOW = timedelta(days=30)
_CLOSE_SHARE, _CLOSE_LEAST, _CLOSE_MOST = 10, 10, 1000
_TREND = timedelta(days=7)


class PoolTerms(Frozen):
    """``size`` accounts are kept ready, 0 for none; ``creations_at_once`` are created in parallel.

    ``reuses``: a returned account is emptied and leased again; otherwise it is closed. Up to ``rounds_most``
    cleanings are tried, ``between_rounds`` apart. ``cooldown`` is the time between two leases of one account:
    AWS bills late, and its rolling quotas still count the previous tenant.
    """

    size: int = 0
    creations_at_once: int = 2
    reuses: bool = False
    has_cleaner: bool = False
    rounds_most: int = 3
    between_rounds: timedelta = timedelta(minutes=5)
    cooldown: timedelta = timedelta(hours=24)

    def to_make(self, counts: Mapping[AccountState, int], making: int) -> int:
        """Return how many creations to begin, if ``making`` are in progress or stuck."""
        missing = self.size - counts.get(AccountState.AVAILABLE, 0) - making
        return max(0, min(missing, self.creations_at_once - making))


class ClosingBudget(Frozen):
    """How many accounts may still be closed: AWS counts 30 days back, and refuses beyond a share of all.

    ``asked_at`` are the times of those requested, oldest first. The organization has at least the
    ``standing`` accounts that we know to stay: those being created or closed do not count, as AWS
    counts when it closes. So this never allows more than AWS does; others who close accounts use it up.
    """

    standing: int
    asked_at: Sequence[datetime]

    @property
    def allowed(self) -> int:
        return max(_CLOSE_LEAST, min(_CLOSE_MOST, self.standing // _CLOSE_SHARE))

    def left(self, now: datetime) -> int:
        return max(0, self.allowed - len(self._counting(now)))

    def free_at(self, now: datetime) -> datetime:
        """Return when the next one may be closed; ``now`` for at once."""
        counting = self._counting(now)
        over = len(counting) - self.allowed
        return now if over < 0 else counting[over] + _CLOSE_WINDOW

    def _counting(self, now: datetime) -> list[datetime]:
        return [at for at in self.asked_at if now - at < _CLOSE_WINDOW]


def window_begins(now: datetime) -> datetime:
    return now - _CLOSE_WINDOW


class PoolFigures(Frozen):
    """The state of the pool. ``leased_lately`` are the leases of the last seven days."""

    terms: PoolTerms
    counts: Mapping[AccountState, int]
    stuck: int
    leased_lately: int
    back_within_day: int
    closing: ClosingBudget

    @property
    def lasts_days(self) -> float | None:
        """How long the ready ones last at the rate of the last week; None if none was leased."""
        if not self.leased_lately:
            return None
        ready = self.counts.get(AccountState.AVAILABLE, 0)
        return round(ready / (self.leased_lately / _TREND.days), 1)


def trend_begins(now: datetime) -> datetime:
    return now - _TREND
