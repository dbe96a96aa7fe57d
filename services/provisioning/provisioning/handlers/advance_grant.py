"""Takes a grant as far as it comes now: the job behind everything that happens outside.

Steps are called by `OutsideCalls`: their attempts are committed first, their outcomes afterwards with the
events and the attempts at the next steps. Steps of which none needs another are made side by side. Dying
between any two lines is harmless: the job of a dead worker is repeated, and the attempts that were noted make
it look outside before it does anything.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import cast
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.database.outside_calls import HELD_BY_ANOTHER, Calls, Hold, OutsideCalls
from chassis.failures import Kind
from chassis.frozen import Frozen
from provisioning.domain import attempts
from provisioning.domain.attempts import Attempt
from provisioning.domain.drift import Drift
from provisioning.domain.grant_states import Intent, State
from provisioning.domain.grants import Grant
from provisioning.domain.moves import Move
from provisioning.domain.orders import GrantOrder, OtherSeat
from provisioning.domain.partners import Partner
from provisioning.domain.patience import Patience
from provisioning.domain.standings import Standing
from provisioning.domain.steps import Cause
from provisioning.handlers.accounts_of_grants import claim_account, follow_account, unless_of_another
from provisioning.handlers.emit import emit_drift, emit_failure, emit_granted, emit_stuck, save_and_emit
from provisioning.handlers.looking import Look, LookCall, begin_looking, note_what_was_seen
from provisioning.handlers.outcomes import Outcome, attempted
from provisioning.handlers.ports import Outputs, Step, Work
from provisioning.handlers.seating import (
    claim_seats,
    holds_people,
    let_go_again,
    note_seats,
    order_to_let_go,
)
from provisioning.handlers.settle import clear_if_settled, defer_advance, emit_of_members

Known = tuple[Partner, Grant] | None
_MAINTENANCE_LOOK = timedelta(minutes=1)


class AdvanceGrant(Frozen):
    """The job. It may be repeated, doubled, late or early: the grant's row decides what is done."""

    outside: OutsideCalls[Work]
    steps: Mapping[str, Step]
    patience: Patience
    random: Callable[[], float] = random.random

    def __call__(self, grant_id: UUID) -> None:
        """Do the moves of the grant that are due, the intent read anew for each. Blocks while outside.

        Who has to leave in between leaves the rest to a job.
        """
        calls: Calls[Work, Together | LookCall, Outcomes | Look, Known] = MovesOfGrant(grant_id, self)
        self.outside.make(calls)


@dataclass(frozen=True)
class Call:
    """One attempt, with all that its step needs."""

    attempt: Attempt
    order: GrantOrder
    outputs: Outputs


Together = Sequence[Call]
Outcomes = Sequence[Outcome]


@dataclass(frozen=True)
class MovesOfGrant:
    """The calls of one grant; each attempt's id guards the note of its outcome.

    The lock is on the grant, and at the people's step on each person of it whom another grant may share.
    """

    grant_id: UUID
    job: AdvanceGrant

    @property
    def lock_name(self) -> str:
        return f"grant:{self.grant_id}"

    def come_back(self, work: Work, after: timedelta) -> None:
        """Whoever holds the grant now may have read an older intent."""
        grant = work.grants.get(self.grant_id)
        if grant is not None:
            again_at = work.database_now() + after
            defer_advance(work, grant, again_at, queueing_lock=f"held:{self.grant_id}")

    def begin(self, work: Work, hold: Hold, known: Known) -> Together | LookCall | None:
        """Begin the most urgent moves that are due, else the look that is; what is due later gets a job.

        Neither a step in backoff nor people whom another grant is at work on keep the other steps waiting.
        """
        found = known or work.grants.lock(self.grant_id)
        if found is None:
            return None
        partner, grant = found
        if grant.state is State.PLANNED and grant.intent is Intent.ON and work.maintenance.is_on():
            self.come_back(work, _MAINTENANCE_LOOK)
            return None
        moves = grant.moves()
        has_times = any(move.step.retry_at is not None for move in moves)
        now = work.database_now() if has_times else work.now()
        due = [move for move in moves if (move.step.retry_at or now) <= now]
        for move in due:
            if _goes_beside_others(grant, move):
                beside = [other for other in due if _goes_beside_others(grant, other)]
                return _begin(work, partner, grant, beside)
            if not _is_about_people(grant, move) or holds_people(hold, partner, grant):
                return _begin(work, partner, grant, [move])
        is_look_due = grant.look_at is not None and grant.look_at <= work.now()
        if is_look_due and holds_people(hold, partner, grant):
            return begin_looking(work, partner, grant)
        _leave_to_a_job(work, grant, moves)
        return None

    def call(self, calls: Together | LookCall) -> Outcomes | Look:
        if isinstance(calls, LookCall):
            return calls.look(self.job.steps)
        steps = self.job.steps
        first, *others = [partial(attempted, steps, one.attempt, one.order, one.outputs) for one in calls]
        if not others:
            return [first()]
        with ThreadPoolExecutor(len(others), "side-by-side") as threads:
            running = [threads.submit(copy_context().run, other) for other in others]
            return [first(), *(one.result() for one in running)]

    def note(self, work: Work, calls: Together | LookCall, outcomes: Outcomes | Look) -> Known:
        found = work.grants.lock(self.grant_id)
        if found is None:
            return None
        partner, grant = found
        if isinstance(calls, LookCall):
            note_what_was_seen(work, grant, calls, cast(Look, outcomes), self._next_look_at)
        else:
            for call, outcome in zip(calls, cast(Outcomes, outcomes), strict=True):
                if call.attempt.step_name == grant.product.people_step and call.attempt.target is Intent.ON:
                    let_go_again(work, partner, grant, call.order.members)
                counted = unless_of_another(work, grant, call.attempt, outcome)
                self._note_attempt(work, partner, grant, call.attempt, counted)
        follow_account(work, grant)
        clear_if_settled(work, partner)
        emit_of_members(work, partner)
        return partner, grant

    def _note_attempt(
        self, work: Work, partner: Partner, grant: Grant, attempt: Attempt, outcome: Outcome
    ) -> None:
        before = grant.state
        if outcome.reaches(attempt.target):
            counts = _note_success(work, grant, attempt, outcome)
        else:
            counts = self._note_failure(work, grant, attempt, outcome)
        if grant.is_settled and grant.look_at is None:
            grant.look_at = self._next_look_at(work, grant)
        is_again = counts and attempt.target is Intent.ON and before in (State.GRANTED, State.FROZEN)
        seats = work.seats.made_for(partner.partner_id) if is_again else set()
        if counts:
            note_seats(work, grant, attempt, outcome)
        save_and_emit(work, grant)
        has_more = is_again and work.seats.made_for(partner.partner_id) > seats
        is_made_anew = is_again and before is State.GRANTED and outcome.cause is None
        is_of_grant = grant.device_of(attempt.step_name) is None
        if grant.state is State.GRANTED and is_of_grant and (has_more or is_made_anew):
            emit_granted(work, grant)

    def _next_look_at(self, work: Work, grant: Grant) -> datetime:
        rounds = work.policies.rounds
        return rounds.next_look_at(grant.product_name, work.now(), self.job.random, grant.looks_missed)

    def _note_failure(self, work: Work, grant: Grant, attempt: Attempt, outcome: Outcome) -> bool:
        """Note the cause, tell it unless the outside is only at work; return whether it still matters."""
        now, cause = work.database_now(), cast(Cause, outcome.cause)
        retry_at = outcome.retry_at(attempt, self.job.patience, now, self.job.random)
        is_counted = outcome.is_counted or retry_at is None
        is_beside = grant.device_of(attempt.step_name) is not None
        was_making, seen = grant.is_making and not is_beside, outcome.observation
        if not attempts.note_failure(
            grant,
            attempt,
            cause,
            retry_at,
            counts=is_counted,
            seen=seen,
            facts=outcome.facts,
            now=now,
        ):
            return False
        if outcome.made_progress:
            attempts.note_progress(grant, attempt, now if is_counted else retry_at or now)
        if retry_at is None:
            # What was given up may come right late, or by hand.
            grant.look_by(now + timedelta(seconds=self.job.patience.most_seconds))
        elif _may_lack_what_it_needs(attempt, outcome):
            grant.look_by(now)
        is_leaving = attempt.step_name == grant.product.leaving_step
        if retry_at is None and (is_leaving or not was_making):
            emit_stuck(work, grant, grant.step(attempt.step_name), cause)
        elif not is_leaving and (retry_at is None or not (outcome.is_at_work or is_beside)):
            emit_failure(work, grant, attempt, cause, retry_at)
        return True


def _may_lack_what_it_needs(attempt: Attempt, outcome: Outcome) -> bool:
    """Whether somebody may have taken away meanwhile what this hangs on: then a look has it made again."""
    is_missing = outcome.kind == Kind.EVENTUAL_CONSISTENCY
    return is_missing and attempt.target is Intent.ON and attempt.number > 1


def _is_about_people(grant: Grant, move: Move) -> bool:
    return move.step is grant.people_step or move.step is grant.leaving


def _goes_beside_others(grant: Grant, move: Move) -> bool:
    """What makes something for nobody in particular; to brake and to take away has its order."""
    is_of_grant = grant.device_of(move.step.name) is None
    return move.target is Intent.ON and is_of_grant and not _is_about_people(grant, move)


def _begin(work: Work, partner: Partner, grant: Grant, moves: Sequence[Move]) -> Together:
    calls = [_prepared(work, partner, grant, move) for move in moves]
    save_and_emit(work, grant)
    return calls


def _prepared(work: Work, partner: Partner, grant: Grant, move: Move) -> Call:
    elsewhere: Mapping[UUID, tuple[OtherSeat, ...]] = {}
    if move.step is grant.people_step:
        elsewhere = claim_seats(work, partner, grant, move)
    of_account = claim_account(work, grant, move)
    is_leaving = move.step is grant.leaving
    order = order_to_let_go(work, partner, grant) if is_leaving else partner.order_for(grant, elsewhere)
    attempt = attempts.begin(grant, move, uuid7(), work.now())
    return Call(attempt, order, {**grant.outputs_for(move.step.name), **of_account})


def _leave_to_a_job(work: Work, grant: Grant, moves: Sequence[Move]) -> None:
    """Another partner's grant is at work on a person of ours, or everything waits for its time."""
    if not moves:
        return
    now = work.database_now()
    times = [move.step.retry_at for move in moves if move.step.retry_at is not None]
    if len(times) < len(moves) or min(times) <= now:
        defer_advance(work, grant, now + HELD_BY_ANOTHER, queueing_lock=f"held:{grant.grant_id}")
    else:
        defer_advance(work, grant, min(times), queueing_lock=f"early:{grant.grant_id}")


def _note_success(work: Work, grant: Grant, attempt: Attempt, outcome: Outcome) -> bool:
    """Return whether it counts; tell of what somebody else had switched off before we did."""
    seen = outcome.observation
    if seen is None or not attempts.note_success(grant, attempt, seen, work.now()):
        return False
    if seen.standing is Standing.HELD:
        found = Drift(
            step_name=attempt.step_name,
            expected=attempt.known,
            found=seen.standing,
            differences=seen.differences,
        )
        emit_drift(work, grant, found)
    return True
