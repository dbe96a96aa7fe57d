"""A partner's access, as reported by provisioning.

Events of one partner come in order, but a dead letter is replayed late: an older event must not
undo a newer one, unless it is the missing proof that a grant exists.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chassis.frozen import Frozen


class GrantState(StrEnum):
    """The state of one product of one partner."""

    PLANNED = "planned"
    PROVISIONING = "provisioning"
    GRANTED = "granted"
    FAILED = "failed"
    WAIVED = "waived"
    FROZEN = "frozen"
    REVOKED = "revoked"


_OPEN = frozenset({GrantState.PLANNED, GrantState.PROVISIONING, GrantState.FAILED})
# Frozen counts, as only a granted product can be frozen.
SATISFIED = frozenset({GrantState.GRANTED, GrantState.WAIVED, GrantState.FROZEN})

# Which report may follow which state; whatever is not listed leaves the state as it is.
_FOLLOWS: Mapping[GrantState, frozenset[GrantState]] = {
    GrantState.PLANNED: frozenset(),
    # It had vanished, and is being created again.
    GrantState.PROVISIONING: _OPEN | {GrantState.GRANTED, GrantState.FROZEN},
    # Reported again with other identifiers after a key was replaced.
    GrantState.GRANTED: _OPEN | {GrantState.GRANTED, GrantState.WAIVED, GrantState.FROZEN},
    GrantState.FAILED: _OPEN,
    GrantState.WAIVED: _OPEN,
    GrantState.FROZEN: _OPEN | {GrantState.GRANTED},
    GrantState.REVOKED: frozenset(GrantState) - {GrantState.REVOKED},
}


class Cause(Frozen):
    """Why a grant does not advance, in words."""

    code: str
    message: str
    step: str
    will_retry: bool
    retry_at: datetime | None = None


class Report(Frozen):
    """One report from provisioning about one grant."""

    grant_id: UUID
    product: str
    state: GrantState
    sequence: int | None
    cause: Cause | None = None
    identifiers: Mapping[str, str] = field(default_factory=dict)
    is_collectable: bool = False
    lease_ends_at: datetime | None = None


@dataclass(kw_only=True)
class Grant:
    """One product of one partner."""

    id: UUID
    product: str
    is_required: bool = False
    state: GrantState = GrantState.PLANNED
    cause: Cause | None = None
    identifiers: Mapping[str, str] = field(default_factory=dict)
    is_collectable: bool = False
    lease_ends_at: datetime | None = None
    last_sequence: int = 0

    def record(self, report: Report) -> None:
        """Take a report in; repeated, late and impossible ones change nothing."""
        is_older = report.sequence is not None and report.sequence <= self.last_sequence
        proves_missing = report.state in SATISFIED and self.state in _OPEN
        if is_older and not proves_missing:
            return
        self.last_sequence = max(self.last_sequence, report.sequence or 0)
        if self.state in _FOLLOWS[report.state]:
            self.state, self.cause = report.state, report.cause
            if report.state is GrantState.GRANTED:
                self.identifiers = report.identifiers or self.identifiers
                self.is_collectable = report.is_collectable or self.is_collectable
                self.lease_ends_at = report.lease_ends_at or self.lease_ends_at
        elif report.state is GrantState.FAILED and self.state is not GrantState.REVOKED:
            # Freezing or undoing it does not get on: it is still there, and the reason is shown.
            self.cause = report.cause

    def note_stuck(self, cause: Cause, sequence: int | None) -> None:
        """Show why it cannot be removed, switched off or restored; its state does not change."""
        if self.state is not GrantState.REVOKED and (sequence is None or sequence > self.last_sequence):
            self.cause, self.last_sequence = cause, sequence or self.last_sequence

    def note_end(self, ends_at: datetime, sequence: int | None) -> None:
        """Take in its end, unless a newer report gave another."""
        if self.state is not GrantState.REVOKED and (sequence is None or sequence > self.last_sequence):
            self.lease_ends_at, self.last_sequence = ends_at, sequence or self.last_sequence


@dataclass
class AccessPlan:
    """All grants of one partner."""

    grants: dict[UUID, Grant] = field(default_factory=dict)

    def plan(self, grants: Iterable[tuple[UUID, str, bool]]) -> None:
        """Take in (grant, product, is required); a grant that is already known keeps its state."""
        for grant_id, product, is_required in grants:
            known = self.grants.setdefault(grant_id, Grant(id=grant_id, product=product))
            known.is_required = is_required

    def record(self, report: Report) -> None:
        """Take a report in; a grant seen before the plan is remembered and waits for it."""
        grant = self.grants.setdefault(report.grant_id, Grant(id=report.grant_id, product=report.product))
        grant.record(report)

    def note_stuck(self, grant_id: UUID, cause: Cause, sequence: int | None) -> None:
        if grant_id in self.grants:
            self.grants[grant_id].note_stuck(cause, sequence)

    def note_end(self, grant_id: UUID, ends_at: datetime, sequence: int | None) -> None:
        if grant_id in self.grants:
            self.grants[grant_id].note_end(ends_at, sequence)

    @property
    def is_ready(self) -> bool:
        """True once no required grant is open."""
        return all(grant.state in SATISFIED for grant in self.grants.values() if grant.is_required)
