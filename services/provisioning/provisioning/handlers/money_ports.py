"""What handlers of spending need from outside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from chassis.frozen import Frozen
from provisioning.domain.idle_accounts import IdleAccount
from provisioning.domain.meters import Meter
from provisioning.domain.prices import Seen
from provisioning.domain.steps import Cause


class AccountWatcher(Protocol):
    """Looks at what runs in an account, and stops it."""

    def look(self, account_id: str, used_since: datetime, used_until: datetime) -> Seen:
        """Look, and change nothing; what was used is that of the time given. Blocks, for a minute at most.

        What cannot be looked at is told beside what was seen. Raises `NotNow` or `NeverPossible` when nothing
        can be.
        """

    def stop(self, account_id: str) -> None:
        """Stop the machines that can be started again, destroying nothing; harmless when repeated. Blocks.

        Raises `NotNow` or `NeverPossible` when some could not be stopped.
        """


@dataclass(frozen=True)
class BilledDay:
    """What one kind of record (usage, tax, refund, credit) of one account comes to on one day, in UTC."""

    account_id: str
    day: date
    record_type: str
    usd: Decimal


class Billed(Frozen):
    """What was billed; ``unreadable`` are accounts of which nobody can tell that in USD, with the cause."""

    days: Sequence[BilledDay]
    unreadable: Mapping[str, Cause] = field(default_factory=dict)


class Bills(Protocol):
    """What AWS bills, by account and day of usage."""

    def read(self, account_ids: Collection[str], since: date, until: date) -> Billed:
        """Read all pages up to the day before ``until``. Blocks. Raises `NotNow` and `NeverPossible`."""


class Meters(Protocol):
    """What grants cost: by looks, and by bills."""

    def begin_due(self, now: datetime) -> int:
        """Begin a meter for each grant that has an account and none; return how many."""

    def due(self, now: datetime, limit: int) -> list[UUID]:
        """Return grants whose account is to be looked at, the longest overdue first."""

    def lock_open(self, grant_id: UUID) -> Meter | None:
        """Return the meter that runs and hold its row."""

    def add(self, meter: Meter) -> None: ...

    def save(self, meter: Meter) -> None: ...

    def billed_usd(self, grant_id: UUID, month: date) -> Decimal:
        """Return what is billed so far for the grant's days in the month, without refunds and credits."""

    def follow_accounts(self, now: datetime) -> None:
        """Have the bills read of each account that there is by now, whether a grant ever had it or not.

        No more of those that were over before the month before: no day of theirs is left.
        """

    def accounts_to_read(self, now: datetime, limit: int) -> list[str]:
        """Return accounts whose bills are to be read, the longest overdue first."""

    def note_bills(
        self, account_ids: Sequence[str], since: date, days: Sequence[BilledDay], read_next_at: datetime
    ) -> None:
        """Put these days in the place of all that is known of the accounts from ``since`` on."""

    def put_off_bills(self, account_ids: Sequence[str], cause: Cause, read_next_at: datetime) -> None: ...


class IdleAccounts(Protocol):
    """Accounts that no grant has, and in which something may run."""

    def follow(self, now: datetime) -> None:
        """Know all that are there by now, and forget those that a grant has or that are over."""

    def forget(self) -> None:
        """Forget all of them."""

    def due(self, now: datetime, limit: int) -> list[UUID]:
        """Return those to be looked at, the longest overdue first."""

    def lock(self, account_key: UUID) -> IdleAccount | None:
        """Return it and hold its row; None where a grant has it by now, or it is over."""

    def save(self, account: IdleAccount) -> None: ...
