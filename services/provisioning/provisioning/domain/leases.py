"""A lease: how long access lasts, when its end is announced, and what happens then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from chassis.frozen import Frozen
from provisioning.domain.refusals import LeaseNotToBeChanged

# The longest lease in a catalogue, and the latest end that an extension may reach.
DAYS_MOST = 3650


class FrozenFor(StrEnum):
    """Why a grant is switched off. It is on only if there is no such reason."""

    SUSPENSION = "suspension"
    LEASE = "lease"
    OPERATOR = "operator"
    APPROVAL = "approval"
    BUDGET = "budget"


class LeaseTerms(Frozen):
    """From the catalogue, in days of 24 hours, so that daylight saving does not move an end.

    ``grace_days`` is how long everything is kept after the end, switched off, so that an extension can
    restore it; afterwards it is removed. ``extension_days`` is how much more time, in all, a partner gets on
    request without an operator.
    """

    days: int
    warning_days: tuple[int, ...]
    grace_days: int
    extension_days: int = 0

    @classmethod
    def in_parameters(cls, parameters: Mapping[str, Any]) -> Self | None:
        """None where the product has no end."""
        if "lease_days" not in parameters:
            return None
        return cls(
            days=parameters["lease_days"],
            warning_days=tuple(parameters.get("lease_warning_days", (30, 7, 1))),
            grace_days=parameters.get("lease_grace_days", 14),
            extension_days=parameters.get("lease_extension_days", 0),
        )


class Stage(StrEnum):
    """What has become due."""

    EXPIRING = "expiring"
    EXPIRED = "expired"
    OVER = "over"


@dataclass(kw_only=True)
class Lease:
    """The lease of one grant.

    ``warned_days`` is the last warning that was sent, or skipped because the end was too near, by its days
    before the end. ``is_expired``: the end was reached and handled. ``ended_early``: an operator or the
    budget ended it, so requests get no more time from the catalogue until an operator extends it.
    """

    terms: LeaseTerms
    started_at: datetime
    ends_at: datetime
    warned_days: int | None = None
    is_expired: bool = False
    ended_early: bool = False

    @classmethod
    def begin(cls, terms: LeaseTerms, now: datetime) -> Self:
        lease = cls(terms=terms, started_at=now, ends_at=now + timedelta(days=terms.days))
        lease._pass_over_warnings(now)
        return lease

    @property
    def removal_at(self) -> datetime:
        """When everything is removed, unless the lease is extended before."""
        return self.ends_at + timedelta(days=self.terms.grace_days)

    @property
    def due_at(self) -> datetime:
        """When something is due next."""
        if self.is_expired:
            return self.removal_at
        warning = max(self._untold(), default=0)
        return self.ends_at - timedelta(days=warning)

    def follow(self, now: datetime) -> Stage | None:
        """Record what became due by now and return it; None if nothing is. To be repeated until then.

        After a delay only the last of the missed warnings is sent; if the days of grace were missed, too,
        they begin now, since nobody was told of them.
        """
        if now < self.due_at:
            return None
        if self.is_expired:
            return Stage.OVER
        if now < self.ends_at:
            self._pass_over_warnings(now)
            return Stage.EXPIRING
        if now >= self.removal_at:
            self.ends_at = now
        self.is_expired = True
        return Stage.EXPIRED

    def extend(self, days: int, now: datetime) -> None:
        """Move the end, from now on if it has passed. Raises LeaseNotToBeChanged beyond `DAYS_MOST`."""
        self.extend_to(max(self.ends_at, now) + timedelta(days=days), now)

    def may_be_extended_to(self, ends_at: datetime) -> bool:
        """Whether the catalogue allows this on request; time given by an operator before counts, too."""
        longest = timedelta(days=self.terms.days + self.terms.extension_days)
        return not self.ended_early and ends_at <= self.started_at + longest

    def extend_to(self, ends_at: datetime, now: datetime) -> None:
        """Move the end to then. Raises LeaseNotToBeChanged beyond `DAYS_MOST`."""
        if ends_at > now + timedelta(days=DAYS_MOST):
            message = f"A lease may end {DAYS_MOST} days from now at the latest."
            raise LeaseNotToBeChanged("lease_too_long", message)
        self.ends_at, self.is_expired, self.warned_days = ends_at, False, None
        self.ended_early = False
        self._pass_over_warnings(now)

    def change_terms(self, terms: LeaseTerms, now: datetime) -> None:
        """Adopt new terms: a longer lease moves the end, a shorter one leaves it as announced."""
        self.terms = terms
        longer = self.started_at + timedelta(days=terms.days)
        if longer > self.ends_at and not (self.is_expired or self.ended_early):
            self.extend_to(longer, now)

    def end(self, now: datetime) -> None:
        """End it now. Raises LeaseNotToBeChanged if it has ended."""
        if self.is_expired:
            raise LeaseNotToBeChanged("lease_has_ended", "The lease has ended already.")
        self.ended_early = now < self.ends_at
        self.ends_at = min(self.ends_at, now)

    def _untold(self) -> list[int]:
        told = DAYS_MOST + 1 if self.warned_days is None else self.warned_days
        return [days for days in self.terms.warning_days if days < told]

    def _pass_over_warnings(self, now: datetime) -> None:
        passed = [days for days in self._untold() if self.ends_at - timedelta(days=days) <= now]
        self.warned_days = min(passed, default=self.warned_days)
