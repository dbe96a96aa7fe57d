"""An account of a sandbox: created ahead or for a grant, leased, emptied, and leased again or closed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID

from provisioning.domain.account_states import ALLOWED_ACCOUNT_MOVES, OVER, AccountState
from provisioning.domain.grant_states import Intent, MoveNotAllowed, State
from provisioning.domain.grants import Grant
from provisioning.domain.pool import PoolTerms
from provisioning.domain.refusals import AccountNotToBeMoved
from provisioning.domain.steps import Cause

# How long whoever empties an account has keys to it. What it was killed in the midst of may go on so long.
CLEANER_REACHES = timedelta(hours=1)
_LEFT_MOST = 200


class Act(StrEnum):
    """The next act on an account that no grant has."""

    MAKE = "make"
    LOOK = "look"
    TAKE_IN = "take_in"
    CLEAN = "clean"
    REOPEN = "reopen"
    ISOLATE = "isolate"
    RETIRE = "retire"
    CLOSE = "close"
    EJECT = "eject"


BRAKES = frozenset({Act.ISOLATE, Act.RETIRE, Act.CLOSE})


@dataclass(frozen=True)
class LeftThing:
    """A resource left in an account that should be empty."""

    kind: str
    outside_id: str


@dataclass(kw_only=True)
class SandboxAccount:
    """One account of the organization.

    ``account_key`` is what its email address was made from: the id of the grant that it was made for, or its
    own. ``state`` was observed, ``wanted`` is where it is going. ``grant_id`` is the grant that has it, or
    that it is going to: from the moment that it was promised until everything of the grant was taken away.
    ``rounds`` are the cleanings since it was given back, ``left`` what the last look found in it. ``due_at``
    is when to act next, None for never; ``attempt_id`` names the act in flight. ``close_asked_at`` counts
    against AWS's limit of closures; ``ended_at`` is when it was seen closed, or left to others.
    """

    account_key: UUID
    account_id: str | None = None
    state: AccountState = AccountState.MAKING
    wanted: AccountState = AccountState.AVAILABLE
    grant_id: UUID | None = None
    last_grant_id: UUID | None = None
    made_at: datetime
    leased_at: datetime | None = None
    returned_at: datetime | None = None
    cooldown_until: datetime | None = None
    rounds: int = 0
    left: tuple[LeftThing, ...] = ()
    due_at: datetime | None = None
    attempt_id: UUID | None = None
    attempts: int = 0
    begun_at: datetime | None = None
    cause: Cause | None = None
    close_asked_at: datetime | None = None
    ended_at: datetime | None = None
    settled_by: str | None = None
    reason: str | None = None

    @classmethod
    def for_pool(cls, account_key: UUID, now: datetime) -> Self:
        return cls(account_key=account_key, made_at=now, due_at=now)

    @classmethod
    def registered(cls, account_key: UUID, account_id: str, by: str, reason: str, now: datetime) -> Self:
        """An existing one; its contents are unknown, so it is emptied before anybody gets it."""
        account = cls(account_key=account_key, account_id=account_id, made_at=now)
        account._settle(AccountState.CLEANING, by, reason, now)
        return account

    @classmethod
    def for_grant(cls, grant: Grant, now: datetime) -> Self:
        """One created by the grant itself, because none was available."""
        wanted = AccountState.LEASED
        return cls(account_key=grant.grant_id, grant_id=grant.grant_id, wanted=wanted, made_at=now)

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def is_stuck(self) -> bool:
        """Whether it waits for an operator."""
        return self.next_act not in (None, Act.LOOK) and self.due_at is None

    @property
    def next_act(self) -> Act | None:
        """None while a grant has it: then the grant's steps act."""
        if self.grant_id is not None or self.is_over:
            return None
        if self.wanted is AccountState.QUARANTINED:
            return None if self.state is AccountState.QUARANTINED else Act.ISOLATE
        if self.wanted is AccountState.CLOSED:
            return Act.CLOSE if self.state is AccountState.CLOSING else Act.RETIRE
        if self.wanted is AccountState.EJECTED:
            return Act.EJECT
        return Act.TAKE_IN if self.wanted is AccountState.CLEANING else _ACTS.get(self.state)

    def lease(self, grant: Grant, now: datetime) -> None:
        """Promise it to a grant; raises MoveNotAllowed unless it is free."""
        if self.state is not AccountState.AVAILABLE or self.wanted is not AccountState.AVAILABLE:
            raise MoveNotAllowed(self.state, AccountState.LEASED)
        self.grant_id, self.wanted, self.leased_at = grant.grant_id, AccountState.LEASED, now
        self._act_at(None)

    def follow(self, grant: Grant, terms: PoolTerms, now: datetime) -> None:
        """Follow what was observed of the grant that has it.

        It leaves the grant when everything of the grant has been removed, including brakes outside of the
        account. Anything that an operator left standing keeps it from being used again.
        """
        self.account_id = grant.outputs.get("account_id", self.account_id)
        if grant.state is State.REVOKED or (grant.state is State.WAIVED and grant.leaves_nothing_outside):
            self._leave(grant, terms, now)
        elif grant.state is State.FROZEN and self.state is AccountState.LEASED:
            self._move_to(AccountState.FROZEN)
        elif (
            grant.intent is Intent.ON
            and self.account_id is not None
            and all(one.serves for one in grant.account_brakes)
        ):
            self.leased_at = self.leased_at or now
            self._move_to(AccountState.LEASED)

    def _leave(self, grant: Grant, terms: PoolTerms, now: datetime) -> None:
        was_skipped = [step.name for step in grant.steps if step.may_stand_outside]
        self.last_grant_id, self.grant_id, self.returned_at = self.grant_id, None, now
        if self.account_id is None:
            self.note_closed(now)
        elif was_skipped:
            self.left = tuple(LeftThing("step", name) for name in was_skipped)
            self._want(AccountState.QUARANTINED, now)
        elif grant.outputs.get("account_goes_back"):
            self.cooldown_until = now + terms.cooldown
            self._want(AccountState.CLEANING, now)
        else:
            self.note_closed(now)

    def begin(self, attempt_id: UUID, now: datetime) -> None:
        """Record an act before it is carried out; to be committed before the external call."""
        self.attempt_id, self.due_at = attempt_id, now
        self.attempts, self.begun_at = self.attempts + 1, self.begun_at or now

    def note_round_begun(self, now: datetime) -> None:
        """Nobody gets it while the keys of the round are valid: its end may never be recorded."""
        self.cooldown_until = max(self.cooldown_until or now, now + CLEANER_REACHES)

    def note_made(self, account_id: str, now: datetime) -> None:
        """AWS has created it; where it is will be observed next."""
        self.account_id = account_id
        self._act_at(now)

    def note_in_pool(self, look_at: datetime) -> None:
        """It was seen in the pool's unit, where it is checked again later."""
        self._move_to(AccountState.AVAILABLE)
        self._act_at(look_at)

    def note_astray(self, now: datetime) -> None:
        """It was not seen where it should be: it is emptied before anybody gets it."""
        self._want(AccountState.CLEANING, now)

    def note_taken_in(self, terms: PoolTerms, now: datetime) -> None:
        """It was seen in the unit for emptying; nobody uses it for a while."""
        self.rounds, self.left = 0, ()
        self.cooldown_until = max(self.cooldown_until or now, now + terms.cooldown)
        self._move_to(AccountState.CLEANING)
        self._want(AccountState.AVAILABLE, now)

    def note_found(self, left: tuple[LeftThing, ...], terms: PoolTerms, now: datetime) -> bool:
        """Record what is in it; return whether it is to be emptied now."""
        self.left = left[:_LEFT_MOST]
        if not left:
            self._move_to(AccountState.COOLING)
            self._act_at(max(self.cooldown_until or now, now))
            return False
        if self.state is AccountState.COOLING:
            self._move_to(AccountState.CLEANING)
        if self.rounds >= terms.rounds_most or not terms.has_cleaner:
            self._want(AccountState.QUARANTINED, now)
            return False
        return True

    def note_cleaned(self, terms: PoolTerms, now: datetime) -> None:
        """A round has ended; the next look shows what is left."""
        self.rounds += 1
        self._act_at(now + terms.between_rounds)

    def note_isolated(self) -> None:
        self._move_to(AccountState.QUARANTINED)
        self._act_at(None)

    def note_retired(self, now: datetime) -> None:
        """Everything in it was seen to be denied; it is to be closed."""
        if self.account_id is None:
            self._end(AccountState.CLOSED, now)
            return
        self._move_to(AccountState.CLOSING)
        self._act_at(now)

    def note_closed(self, now: datetime) -> None:
        """It was seen closed, whoever closed it."""
        if self.close_asked_at is not None:
            self.close_asked_at = now
        self._end(AccountState.CLOSED, now)

    def note_ejected(self, now: datetime) -> None:
        self._end(AccountState.EJECTED, now)

    def put_off(self, cause: Cause, again_at: datetime | None, *, counts: bool = True) -> None:
        """Try again then; None means that an operator is needed."""
        self.cause, self.due_at, self.attempt_id = cause, again_at, None
        if not counts:
            self.attempts = max(0, self.attempts - 1)

    def quarantine(self, by: str, reason: str, now: datetime) -> None:
        """Set it apart until somebody releases it. Raises AccountNotToBeMoved."""
        self._refuse_unless_free()
        if self.wanted is AccountState.QUARANTINED:
            raise AccountNotToBeMoved("in_quarantine", "It is in quarantine already.")
        if self.state is AccountState.MAKING and self.account_id is None:
            raise AccountNotToBeMoved("account_not_made", "AWS has not made it yet.")
        self._settle(AccountState.QUARANTINED, by, reason, now)

    def release(self, by: str, reason: str, now: datetime) -> None:
        """Return it to use, after emptying and cooling down; or retry what is stuck."""
        self._refuse_if_leased()
        if self.wanted is not AccountState.QUARANTINED and not self.is_stuck:
            raise AccountNotToBeMoved("nothing_to_release", f"It is {self.state}, and nothing holds it.")
        is_held = self.state is AccountState.QUARANTINED and self.wanted is AccountState.QUARANTINED
        self._settle(AccountState.CLEANING if is_held else self.wanted, by, reason, now)

    def eject(self, by: str, reason: str, now: datetime) -> None:
        """Move it out of our units, open and unchanged."""
        self._refuse_unless_free()
        if self.account_id is None:
            raise AccountNotToBeMoved("account_not_made", "AWS has not made it yet.")
        self._settle(AccountState.EJECTED, by, reason, now)

    def close(self, by: str, reason: str, now: datetime) -> None:
        self._refuse_unless_free()
        if self.wanted is AccountState.CLOSED and not self.is_stuck:
            raise AccountNotToBeMoved("closing_already", "It is being closed already.")
        self._settle(AccountState.CLOSED, by, reason, now)

    def _refuse_if_leased(self) -> None:
        if self.grant_id is not None:
            message = f"The grant {self.grant_id} has it: freeze that grant, or end it."
            raise AccountNotToBeMoved("account_leased", message)

    def _refuse_unless_free(self) -> None:
        self._refuse_if_leased()
        if self.is_over or self.state is AccountState.CLOSING:
            raise AccountNotToBeMoved("account_over", f"It is {self.state}.")

    def _settle(self, wanted: AccountState, by: str, reason: str, now: datetime) -> None:
        self.settled_by, self.reason = by, reason
        self._want(wanted, now)

    def _want(self, wanted: AccountState, now: datetime) -> None:
        self.wanted = wanted
        self._act_at(now)

    def _act_at(self, due_at: datetime | None) -> None:
        """Begin the next act anew then; None for never."""
        self.attempts, self.begun_at, self.cause, self.attempt_id = 0, None, None, None
        self.due_at = due_at

    def _end(self, state: AccountState, now: datetime) -> None:
        self._move_to(state)
        self.wanted, self.grant_id, self.ended_at = state, None, now
        self._act_at(None)

    def _move_to(self, state: AccountState) -> None:
        if state is self.state:
            return
        if (self.state, state) not in ALLOWED_ACCOUNT_MOVES:
            raise MoveNotAllowed(self.state, state)
        self.state = state


_ACTS = {
    AccountState.AVAILABLE: Act.LOOK,
    AccountState.MAKING: Act.MAKE,
    AccountState.CLEANING: Act.CLEAN,
    AccountState.COOLING: Act.REOPEN,
}
