"""Accounts that no grant has: what still runs in them costs money, and has no budget to stop it.

In quarantine, before and between cleanings, and until AWS closes them. People are locked out, so they are
checked less often than those of grants, and running machines are stopped at once.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chassis.database.outside_calls import Hold
from provisioning.domain.prices import Prices, Seen
from provisioning.handlers import jobs
from provisioning.handlers.money_ports import AccountWatcher
from provisioning.handlers.ports import Work
from provisioning.handlers.sorted_answers import Answer
from provisioning.handlers.stopping import looked_at

_log = logging.getLogger(__name__)


def watch_idle_accounts(work: Work) -> None:
    """Have those checked that are due; grants' accounts are checked in parallel."""
    terms = work.policies.spending
    if not terms.look_every:
        work.idle_accounts.forget()
        return
    work.idle_accounts.follow(work.now())
    for account_key in work.idle_accounts.due(work.now(), terms.looks_per_minute):
        work.defer(jobs.look_at_idle_account(account_key))


@dataclass(frozen=True)
class IdleLook:
    """One look at an account."""

    account_id: str
    at: datetime


@dataclass(frozen=True)
class LooksAtIdleAccount:
    """One look at an account, and the stop of the machines in it."""

    watcher: AccountWatcher
    prices: Prices
    account_key: UUID

    @property
    def lock_name(self) -> str:
        return f"idle:{self.account_key}"

    def come_back(self, work: Work, after: timedelta) -> None:
        """The next minute has it checked, if nobody else has by then."""

    def begin(self, work: Work, hold: Hold, known: bool | None) -> IdleLook | None:
        idle = None if known else work.idle_accounts.lock(self.account_key)
        if idle is None or idle.look_at > work.now():
            return None
        return IdleLook(idle.account_id, work.now())

    def call(self, attempt: IdleLook) -> Answer[Seen]:
        return looked_at(self.watcher, attempt.account_id, attempt.at, attempt.at, stops=True)

    def note(self, work: Work, attempt: IdleLook, outcome: Answer[Seen]) -> bool:
        idle = work.idle_accounts.lock(self.account_key)
        if idle is None:
            return True
        seen = outcome.found or Seen(unseen=(outcome.because,))
        priced = self.prices.price(seen)
        unseen = seen.unseen[0] if seen.unseen else None
        if priced.usd_per_hour or unseen:
            fields = {
                "account": attempt.account_id,
                "usd_per_hour": f"{priced.usd_per_hour:.4f}",
                "unseen": unseen and unseen.code,
            }
            _log.warning("an account without a grant costs, or was not seen in full", extra=fields)
        idle.note(priced.usd_per_hour, unseen, work.now())
        idle.look_at = work.now() + work.policies.spending.look_at_idle_every
        work.idle_accounts.save(idle)
        return True
