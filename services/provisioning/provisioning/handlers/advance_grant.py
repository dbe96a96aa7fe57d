"""Takes a grant as far as it comes now: the job behind everything that happens outside.

Each step has three parts: note the attempt (committed), call the outside (no transaction), note the
outcome with its event (committed). Then follows the next step, or a job for the time when one is due.
Dying between any two lines is harmless: the job of a dead worker is repeated, and the attempt that was
noted makes it look outside before it does anything.
"""

import logging
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.failures import NeverPossible, NotNow
from chassis.redaction import redacted_cause
from provisioning.domain.grant_states import State
from provisioning.domain.grants import Attempt, Grant
from provisioning.domain.orders import GrantOrder, OtherSeat
from provisioning.domain.partners import Partner
from provisioning.domain.patience import Patience
from provisioning.domain.steps import Action, Cause
from provisioning.handlers.ports import Clock, GrantLock, HeldGrant, OpenWork, RefusedFor, Step, Work
from provisioning.handlers.settle import clear_if_settled, defer_advance, tell_members_who_have_access
from provisioning.handlers.tell import tell_failure, tell_granted, tell_move

_log = logging.getLogger(__name__)
_HELD_BY_ANOTHER = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an attempt ended: with facts, or with a cause that is final, counts, or only asks to wait.

    ``seated`` are the people of the order who have what the attempt is about.
    """

    outputs: Mapping[str, Any] = field(default_factory=dict)
    cause: Cause | None = None
    is_final: bool = False
    look_again_after: timedelta | None = None
    seated: frozenset[UUID] = frozenset()


@dataclass(frozen=True, kw_only=True)
class AdvanceGrant:
    """The job. It may be repeated, doubled, late or early: the grant's row decides what is done."""

    open_work: OpenWork
    lock: GrantLock
    steps: Mapping[str, Step]
    patience: Patience
    now: Clock
    random: Callable[[], float] = random.random
    should_leave: Callable[[], bool] = lambda: False

    def __call__(self, grant_id: UUID) -> None:
        """Do the moves of the grant that are due, the intent read anew for each. Blocks while outside.

        Who has to leave in between leaves the rest to a job.
        """
        while self._move(grant_id):
            if self.should_leave():
                self._come_back(grant_id, self.now())
                return

    def _move(self, grant_id: UUID) -> bool:
        """Do the next move, if one is due; return whether another may follow at once.

        The lock is taken for each: a session that broke meanwhile has lost it to another worker.
        """
        with self.lock.try_hold(grant_id) as held:
            if held is None:
                # Another worker holds the grant and may have read an older intent: look again shortly.
                self._come_back(grant_id, self.now() + _HELD_BY_ANOTHER)
                return False
            begun = self._begin(grant_id, held)
            if begun is None:
                return False
            attempt, order, outputs = begun
            outcome = self._call_outside(attempt, order, outputs)
            return self._note(grant_id, attempt, outcome)

    def _come_back(self, grant_id: UUID, again_at: datetime) -> None:
        with self.open_work() as work:
            grant = work.grants.get(grant_id)
            if grant is not None:
                defer_advance(work, grant, again_at, queueing_lock=f"held:{grant_id}")

    def _begin(self, grant_id: UUID, held: HeldGrant) -> tuple[Attempt, GrantOrder, Mapping[str, Any]] | None:
        with self.open_work() as work:
            found = _locked(work, grant_id)
            if found is None:
                return None
            partner, grant = found
            move = grant.next_move()
            if move is None:
                return None
            now = self.now()
            if move.step.retry_at is not None and now < move.step.retry_at:
                defer_advance(work, grant, move.step.retry_at, queueing_lock=f"early:{grant_id}")
                return None
            elsewhere: Mapping[UUID, tuple[OtherSeat, ...]] = {}
            if move.step is grant.people_step:
                people = {member.person_id for member in partner.members}
                if not held.try_hold_people(grant.product_name, people):
                    # Another partner's grant is at work on a person of ours.
                    defer_advance(work, grant, now + _HELD_BY_ANOTHER, queueing_lock=f"held:{grant_id}")
                    return None
                elsewhere = _claim_seats(work, partner, grant, move.action)
            before = grant.state
            attempt = grant.begin(move, uuid7(), now)
            work.grants.save(grant)
            tell_move(work, before, grant)
            return attempt, partner.order_for(grant, elsewhere), dict(grant.outputs)

    def _call_outside(self, attempt: Attempt, order: GrantOrder, outputs: Mapping[str, Any]) -> Outcome:
        """Make the call and sort its failure; what nobody sorted is tried again and stays visible."""
        people = frozenset(member.member_id for member in order.members)
        try:
            step = self.steps[attempt.step_name]
            if attempt.action is Action.APPLY:
                return Outcome(outputs=step.apply(order, outputs), seated=people)
            getattr(step, attempt.action)(order, outputs)
            return Outcome()
        except NotNow as failure:
            cause = _cause(failure.code, failure.message, order)
            return Outcome(cause=cause, look_again_after=failure.retry_after)
        except NeverPossible as failure:
            seated = people - failure.member_ids if isinstance(failure, RefusedFor) else frozenset()
            return Outcome(cause=_cause(failure.code, failure.message, order), is_final=True, seated=seated)
        except Exception as error:
            _log.exception("step_failed_unexpectedly", extra={"step": attempt.step_name})
            kind = type(error).__name__
            message = f"The step ended in an unexpected {kind}."
            return Outcome(cause=_cause("unexpected_error", message, order))

    def _note(self, grant_id: UUID, attempt: Attempt, outcome: Outcome) -> bool:
        """Return whether there may be more to do at once; for what is due later there is a job."""
        with self.open_work() as work:
            found = _locked(work, grant_id)
            if found is None:
                return False
            partner, grant = found
            before = grant.state
            retry_at = None
            if outcome.cause is None:
                counts = grant.note_success(attempt, outcome.outputs)
            else:
                counts, retry_at = self._note_failure(work, grant, attempt, outcome, outcome.cause)
            work.grants.save(grant)
            seats = work.seats.made_for(partner.partner_id)
            if counts:
                _note_seats(work, grant, attempt, outcome)
            tell_move(work, before, grant)
            is_again = before is State.GRANTED and attempt.action is Action.APPLY
            is_wider = work.seats.made_for(partner.partner_id) > seats
            if counts and is_again and (outcome.cause is None or is_wider):
                tell_granted(work, grant)
            if retry_at is not None:
                defer_advance(work, grant, not_before=retry_at)
            clear_if_settled(work, partner)
            tell_members_who_have_access(work, partner)
            return retry_at is None

    def _note_failure(
        self, work: Work, grant: Grant, attempt: Attempt, outcome: Outcome, cause: Cause
    ) -> tuple[bool, datetime | None]:
        """Note the cause, tell it unless the outside is only at work.

        Return whether it still matters, and when to try again.
        """
        retry_at = self._retry_at(attempt, outcome)
        is_waiting = outcome.look_again_after is not None and retry_at is not None
        if not grant.note_failure(attempt, cause, retry_at, counts=not is_waiting):
            return False, None
        if not is_waiting:
            tell_failure(work, grant, attempt, cause, retry_at)
        return True, retry_at

    def _retry_at(self, attempt: Attempt, outcome: Outcome) -> datetime | None:
        if outcome.is_final:
            return None
        if outcome.look_again_after is not None:
            return self.patience.look_again_at(attempt.begun_at, self.now(), outcome.look_again_after)
        return self.patience.next_attempt_at(attempt.number, self.now(), self.random)


def _locked(work: Work, grant_id: UUID) -> tuple[Partner, Grant] | None:
    """Return the grant with its partner, whose row is held first, so that nobody waits in a ring."""
    partner_id = work.grants.partner_of(grant_id)
    partner = work.partners.lock(partner_id) if partner_id else None
    grant = work.grants.get(grant_id) if partner else None
    return (partner, grant) if partner and grant else None


def _claim_seats(
    work: Work, partner: Partner, grant: Grant, action: Action
) -> Mapping[UUID, tuple[OtherSeat, ...]]:
    """Have other grants know of the people before the outside does; return what the people have of those."""
    work.seats.claim(grant, partner.members)
    if action is Action.UNFREEZE:
        work.seats.switch(grant, is_on=True)
    return work.seats.elsewhere(grant, partner.members)


def _note_seats(work: Work, grant: Grant, attempt: Attempt, outcome: Outcome) -> None:
    """Claimed early and given up late: whoever shares a person never takes too much away."""
    if attempt.step_name != grant.product.people_step:
        return
    if attempt.action is Action.APPLY:
        work.seats.note_made(grant, outcome.seated)
    elif outcome.cause is None and attempt.action is Action.FREEZE:
        work.seats.switch(grant, is_on=False)
    elif outcome.cause is None and attempt.action is Action.UNDO:
        work.seats.release(grant)


def _cause(code: str, message: str, order: GrantOrder) -> Cause:
    """Return a cause within the bounds of the contract of `access.failed`, and that names nobody."""
    is_stable = re.fullmatch(r"[a-z][a-z0-9_]{0,63}", code) is not None
    people = [word for one in order.members for word in (one.email, one.given_name, one.family_name)]
    words = redacted_cause(message, people)
    return Cause(code if is_stable else "unknown", words or "No reason was given.")
