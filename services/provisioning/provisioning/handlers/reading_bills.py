"""AWS's bills, read account by account and kept by day of usage.

Each time the days of this month and of the one before are read anew: bills come late, and change. An account
that was over before that is read no more. The looks at accounts act on what is known then.
"""

from dataclasses import dataclass
from datetime import UTC, date, timedelta

from chassis.database.outside_calls import Hold
from provisioning.domain.meters import month_of
from provisioning.handlers import jobs
from provisioning.handlers.money_ports import Billed, Bills
from provisioning.handlers.ports import Work
from provisioning.handlers.sorted_answers import Answer, asked

ACCOUNTS_AT_ONCE = 100
_AFTER_A_FAILURE = timedelta(hours=1)


def begin_reading(work: Work) -> None:
    """Have bills read if there are some due."""
    work.meters.follow_accounts(work.now())
    if work.policies.spending.bills_every and work.meters.accounts_to_read(work.now(), 1):
        work.defer(jobs.read_bills())


@dataclass(frozen=True)
class BillsCall:
    """Which accounts and days are read."""

    account_ids: tuple[str, ...]
    since: date
    until: date


@dataclass(frozen=True)
class ReadingsOfBills:
    """All that is due, some accounts at a time; days are replaced, never added to."""

    bills: Bills
    lock_name: str = "bills"

    def come_back(self, work: Work, after: timedelta) -> None:
        work.defer(jobs.read_bills(work.database_now() + after))

    def begin(self, work: Work, hold: Hold, known: bool | None) -> BillsCall | None:
        """Go on with the next accounts, but not behind a failure: it concerns all of them."""
        now = work.now()
        account_ids = () if known is False else work.meters.accounts_to_read(now, ACCOUNTS_AT_ONCE)
        if not account_ids:
            return None
        since = month_of(now.replace(day=1) - timedelta(days=1))
        return BillsCall(tuple(account_ids), since, now.astimezone(UTC).date() + timedelta(days=1))

    def call(self, attempt: BillsCall) -> Answer[Billed]:
        return asked(lambda: self.bills.read(attempt.account_ids, attempt.since, attempt.until))

    def note(self, work: Work, attempt: BillsCall, outcome: Answer[Billed]) -> bool:
        """Return whether they could be read; one that nobody can read hides no other."""
        again_at, found = work.now() + _AFTER_A_FAILURE, outcome.found
        if found is None:
            work.meters.put_off_bills(attempt.account_ids, outcome.because, again_at)
            return False
        for account_id, cause in found.unreadable.items():
            work.meters.put_off_bills([account_id], cause, again_at)
        read = [one for one in attempt.account_ids if one not in found.unreadable]
        read_next_at = work.now() + work.policies.spending.bills_every
        work.meters.note_bills(read, attempt.since, found.days, read_next_at)
        return True
