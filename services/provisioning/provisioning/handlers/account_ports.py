"""What handlers need for accounts of sandboxes: the rows, and the organization."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from provisioning.domain.account_states import AccountState
from provisioning.domain.accounts import LeftThing, SandboxAccount
from provisioning.domain.pool import ClosingBudget, PoolFigures, PoolTerms


class Place(StrEnum):
    """Where an account without a grant is. In all but the last, everything in it is denied."""

    AVAILABLE = "available"
    CLEAN_UP = "clean_up"
    QUARANTINE = "quarantine"
    CLOSED = "closed"
    OUTSIDE = "outside"


class AccountVendor(Protocol):
    """Creates, moves and closes accounts. All calls block on the network, and may be repeated.

    Raises `NotNow` and `NeverPossible`, as a step does.
    """

    def make(self, account_key: UUID) -> str:
        """Return the id of the key's account, looked for before it is made. NotNow while AWS makes it."""

    def find(self, account_key: UUID) -> str | None:
        """Return its id; None where AWS has none, and makes none."""

    def is_ours(self, account_id: str) -> bool:
        """Whether it stands in one of our units."""

    def place(self, account_key: UUID, account_id: str, place: Place) -> bool:
        """Move it, and return once it was seen there; False where it is closed or not there any more.

        To be emptied, it loses the name by which its tenants knew it, too.
        """

    def is_at(self, account_id: str, place: Place) -> bool:
        """Look whether it is open, stands there, and everything in it is denied."""

    def close(self, account_id: str) -> None:
        """Return once it was seen closed. Raises NotNow of kind QUOTA where AWS's limit is reached."""


class AccountContents(Protocol):
    """What is in an account that should be empty, independent of the tool that empties it."""

    def left(self, account_id: str) -> Sequence[LeftThing]:
        """List what is neither ours nor AWS's own. Blocks; raises as `AccountVendor`."""


class AccountCleaner(Protocol):
    """Empties an account."""

    def clean(self, account_id: str) -> None:
        """Delete what can be. Blocks for minutes, and may leave things; raises as `AccountVendor`."""


@dataclass(frozen=True)
class AccountInUse:
    """An account that a grant has, or that waits for one; ``regions``: those it may use, None for all."""

    account_id: str
    regions: Sequence[str] | None


class AccountsInUse(Protocol):
    """Returns the next account in use by the order of their ids, or one of them."""

    def __call__(self, *, after: str = "", account_id: str | None = None) -> AccountInUse | None: ...


class Accounts(Protocol):
    """The rows of accounts. A partner's row is locked before them."""

    def add(self, account: SandboxAccount) -> bool:
        """Return False when the key, the account's id or its grant has a row already."""

    def key_of(self, account_id: str) -> UUID | None:
        """Return the key of the row that has this id."""

    def lock(self, account_key: UUID) -> SandboxAccount | None:
        """Return the account and hold its row."""

    def lock_of_grant(self, grant_id: UUID) -> SandboxAccount | None:
        """Return the account that the grant has, or that it is going to have."""

    def lock_available(self) -> SandboxAccount | None:
        """Return one that waits for a grant, the longest ready first; passes over those that others hold."""

    def due(self, now: datetime, limit: int) -> list[UUID]:
        """Return those that something is to be done with, the longest overdue first."""

    def counts(self) -> Mapping[AccountState, int]:
        """Return how many there are in each state; what is promised or leaves counts as what it will be."""

    def count_making(self) -> int:
        """Return how many are made for the pool, or cannot be."""

    def lock_closing_budget(self, now: datetime) -> ClosingBudget:
        """Return how many may be closed; others wait until the transaction ends."""

    def figures(self, terms: PoolTerms, now: datetime) -> PoolFigures: ...

    def save(self, account: SandboxAccount) -> None: ...


class Maintenance(Protocol):
    """Whether an operator has stopped new work; brakes still work."""

    def is_on(self) -> bool: ...

    def begin(self, by: str, reason: str, now: datetime) -> bool:
        """Return False when it is on already."""

    def end(self) -> bool:
        """Return False when it is not on."""
