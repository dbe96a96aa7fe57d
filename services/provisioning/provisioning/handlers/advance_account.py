"""Takes an account without a grant as far as it comes now: into the pool, through its cleaning, or closed."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.database.outside_calls import Calls, Hold, OutsideCalls
from chassis.failures import Kind, NeverPossible
from chassis.frozen import Frozen
from provisioning.domain.account_states import AccountState
from provisioning.domain.accounts import BRAKES, Act, LeftThing, SandboxAccount
from provisioning.domain.patience import Patience
from provisioning.domain.refusals import AccountNotToBeMoved
from provisioning.domain.steps import Cause
from provisioning.handlers import jobs
from provisioning.handlers.account_ports import AccountCleaner, AccountContents, AccountVendor, Place
from provisioning.handlers.accounts_of_grants import reserve_closing
from provisioning.handlers.ports import Work
from provisioning.handlers.sorted_answers import Answer, asked


class AccountOutside(Frozen):
    """What is called for an account; without a cleaner, what is not empty goes into quarantine."""

    vendor: AccountVendor
    contents: AccountContents
    cleaner: AccountCleaner | None = None


class AdvanceAccount(Frozen):
    """The job. It may be repeated, doubled, late or early: the account's row decides what is done."""

    outside: OutsideCalls[Work]
    reach: AccountOutside
    patience: Patience
    random: Callable[[], float] = random.random

    def __call__(self, account_key: UUID) -> None:
        """Do the acts that are due, each read anew. Blocks while outside."""
        calls: Calls[Work, AccountCall, Answer[Shown], bool] = ActsOnAccount(account_key, self)
        self.outside.make(calls)


class AccountCall(Frozen):
    """One act. ``is_new``: an operator registered it, and it was not seen in our units yet.

    ``is_uncleaned``: no round has ended in it since somebody had it.
    """

    act: Act
    attempt_id: UUID
    account_key: UUID
    account_id: str | None
    is_new: bool
    may_clean: bool
    is_uncleaned: bool


class Shown(Frozen):
    """What an act showed. ``is_gone``: closed, or in no organization of ours any more."""

    account_id: str | None = None
    is_gone: bool = False
    is_astray: bool = False
    left: tuple[LeftThing, ...] = ()
    is_cleaned: bool = False


@dataclass(frozen=True)
class ActsOnAccount:
    """The calls of one account, act by act; an attempt's id guards the note of what it showed."""

    account_key: UUID
    job: AdvanceAccount

    @property
    def lock_name(self) -> str:
        return f"account:{self.account_key}"

    def come_back(self, work: Work, after: timedelta) -> None:
        lock = f"held-account:{self.account_key}"
        work.defer(jobs.advance_account(self.account_key, work.database_now() + after, queueing_lock=lock))

    def begin(self, work: Work, hold: Hold, known: bool | None) -> AccountCall | None:
        """Begin what is due; what is due later is found by the job of every minute."""
        account = work.accounts.lock(self.account_key)
        act = account.next_act if account else None
        if account is None or act is None or account.due_at is None or account.due_at > work.now():
            return None
        if act not in BRAKES and work.maintenance.is_on():
            return None
        if act is Act.CLOSE and not _has_room(work, account):
            return None
        may_clean = self.job.reach.cleaner is not None and account.rounds < work.policies.pool.rounds_most
        if act is Act.CLEAN and may_clean:
            account.note_round_begun(work.now())
        account.begin(uuid7(), work.now())
        work.accounts.save(account)
        return AccountCall(
            act=act,
            attempt_id=account.attempt_id or uuid7(),
            account_key=account.account_key,
            account_id=account.account_id,
            is_new=account.state is AccountState.MAKING,
            may_clean=may_clean,
            is_uncleaned=account.rounds == 0,
        )

    def call(self, call: AccountCall) -> Answer[Shown]:
        return asked(lambda: self._act(call))

    def note(self, work: Work, call: AccountCall, answer: Answer[Shown]) -> bool:
        """Return whether it counted; an operator may want something else by now."""
        account = work.accounts.lock(self.account_key)
        if account is None or account.attempt_id != call.attempt_id:
            return False
        if answer.found is None:
            self._put_off(account, answer, work.now())
        else:
            self._note_shown(work, account, call, answer.found)
        work.accounts.save(account)
        return True

    def _act(self, call: AccountCall) -> Shown:
        reach, account_id = self.job.reach, call.account_id
        if account_id is None:
            find = reach.vendor.find if call.act is Act.RETIRE else reach.vendor.make
            return Shown(account_id=find(call.account_key))
        if call.act is Act.LOOK:
            return Shown(is_astray=not reach.vendor.is_at(account_id, Place.AVAILABLE))
        if call.act is Act.CLEAN:
            return self._emptied(account_id, call)
        if call.act is Act.CLOSE:
            reach.vendor.close(account_id)
            return Shown()
        if call.act is Act.REOPEN and (left := tuple(reach.contents.left(account_id))):
            return Shown(left=left)
        if call.act is Act.TAKE_IN and call.is_new and not reach.vendor.is_ours(account_id):
            message = f"The account {account_id} is in none of our units: move it into one of them first."
            raise NeverPossible("account_elsewhere", message, kind=Kind.DRIFT)
        return Shown(is_gone=not reach.vendor.place(call.account_key, account_id, _PLACES[call.act]))

    def _emptied(self, account_id: str, call: AccountCall) -> Shown:
        """Clean once in any case: the cleaner knows more kinds of things than our own lists."""
        left = tuple(self.job.reach.contents.left(account_id))
        is_due = call.may_clean and (call.is_uncleaned or bool(left))
        cleaner = self.job.reach.cleaner if is_due else None
        if cleaner is not None:
            cleaner.clean(account_id)
        return Shown(left=left, is_cleaned=cleaner is not None)

    def _note_shown(self, work: Work, account: SandboxAccount, call: AccountCall, shown: Shown) -> None:
        now, terms = work.now(), work.policies.pool
        found = shown.account_id
        if found is not None and work.accounts.key_of(found) not in (None, self.account_key):
            # Somebody registered it meanwhile, and decides what becomes of it.
            if call.act is Act.RETIRE:
                account.note_retired(now)
            else:
                refusal = AccountNotToBeMoved.known(found)
                account.put_off(Cause(refusal.code, refusal.message), None)
        elif found is not None:
            account.note_made(found, now)
        elif shown.is_gone or call.act is Act.CLOSE:
            account.note_closed(now)
        elif shown.is_astray:
            account.note_astray(now)
        elif call.act is Act.TAKE_IN:
            account.note_taken_in(terms, now)
        elif call.act is Act.CLEAN or shown.left:
            if account.note_found(shown.left, terms, now) and shown.is_cleaned:
                account.note_cleaned(terms, now)
        elif call.act is Act.RETIRE:
            account.note_retired(now)
        elif call.act in _DONE:
            _DONE[call.act](account, now)
        else:
            rounds, product = work.policies.rounds, "cloud_sandbox"
            account.note_in_pool(rounds.next_look_at(product, now, self.job.random))

    def _put_off(self, account: SandboxAccount, answer: Answer[Shown], now: datetime) -> None:
        """What was waited for as asked is over: the first failure after it begins its own patience."""
        if asks_to_wait := answer.retry_after is not None and answer.kind in (Kind.UNDER_WAY, Kind.QUOTA):
            again_at = self.job.patience.look_again_at(
                account.begun_at or now, answer.kind, now, answer.retry_after
            )
        else:
            begun_at = now if account.attempts == 1 else account.begun_at or now
            account.begun_at = begun_at
            again_at = self.job.patience.next_attempt_at(
                account.attempts, begun_at, answer.kind, now, self.job.random
            )
        account.put_off(answer.because, None if answer.is_final else again_at, counts=not asks_to_wait)


_PLACES = {
    Act.MAKE: Place.AVAILABLE,
    Act.TAKE_IN: Place.CLEAN_UP,
    Act.REOPEN: Place.AVAILABLE,
    Act.ISOLATE: Place.QUARANTINE,
    Act.RETIRE: Place.CLOSED,
    Act.EJECT: Place.OUTSIDE,
}


def _has_room(work: Work, account: SandboxAccount) -> bool:
    """Count the closing, or say until when it waits."""
    free_at = reserve_closing(work, account).get("close_not_before")
    if free_at is None:
        return True
    message = (
        f"As many accounts as AWS allows were closed in the last 30 days; the next one on {free_at:%d %B %Y}."
    )
    account.put_off(Cause("close_quota_used_up", message), free_at)
    work.accounts.save(account)
    return False


_DONE: dict[Act, Callable[[SandboxAccount, datetime], None]] = {
    Act.ISOLATE: lambda account, _now: account.note_isolated(),
    Act.EJECT: SandboxAccount.note_ejected,
}
