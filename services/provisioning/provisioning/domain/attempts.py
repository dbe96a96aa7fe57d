"""One attempt at a move: noted before the outside is called, and its outcome after it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.frozen import Frozen
from provisioning.domain.grant_states import Intent, State
from provisioning.domain.grants import Grant
from provisioning.domain.moves import Move
from provisioning.domain.settling import settle
from provisioning.domain.standings import Observation, Standing, differs
from provisioning.domain.steps import Cause, Outdated, StepRecord


class Attempt(Frozen):
    """A move that was noted and is now made outside; ``known`` is what was known to stand there before."""

    attempt_id: UUID
    target: Intent
    known: Standing
    step_name: str
    number: int
    begun_at: datetime


def begin(grant: Grant, move: Move, attempt_id: UUID, now: datetime) -> Attempt:
    """Note the attempt; to be committed before the outside is called."""
    known, grant.look_id = move.step.known_for(move.target), None
    move.step.begin(move.target, attempt_id, now)
    if move.target is Intent.ON and grant.state is State.PLANNED:
        grant.move_to(State.PROVISIONING)
    return Attempt(
        attempt_id=attempt_id,
        target=move.target,
        known=known,
        step_name=move.step.name,
        number=move.step.attempts,
        begun_at=move.step.begun_at or now,
    )


def note_success(grant: Grant, attempt: Attempt, observation: Observation, now: datetime) -> bool:
    """Return whether it counts, or False when it was overtaken."""
    step = _in_flight(grant, attempt)
    if step is None:
        return False
    grant.note(step.name, observation.facts)
    step.finish(observation, now)
    if observation.standing is Standing.HELD and grant.target_of(step) is Intent.ON:
        # It is wanted on again since the freeze began that found it off.
        step.leave_held()
        if grant.state is State.GRANTED and grant.device_of(step.name) is None:
            grant.move_to(State.FAILED)
    if attempt.target is Intent.ON and attempt.known is Standing.ABSENT:
        _outdate_what_needs(grant, step)
    settle(grant)
    return True


def _outdate_what_needs(grant: Grant, made: StepRecord) -> None:
    """What hung on the one that vanished has to hang on the new one, and may have failed without it."""
    for step in grant.steps:
        if made.name in grant.product.step(step.name).needs:
            step.make_anew(Outdated.MADE_BEFORE_WHAT_IT_NEEDS)


def note_failure(
    grant: Grant,
    attempt: Attempt,
    cause: Cause,
    retry_at: datetime | None,
    *,
    counts: bool = True,
    seen: Observation | None = None,
    facts: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Keep the cause and return whether it still matters, or False when it was overtaken.

    ``retry_at`` None means final: the step is stuck. ``counts`` False: the outside is only at work.
    ``seen`` is what stands all the same. ``facts`` are noted even when something else is wanted by now.
    """
    step = _in_flight(grant, attempt)
    if step is None:
        return False
    grant.note(step.name, facts)
    step.cause, step.attempt_id = cause, None
    if grant.target_of(step) is not attempt.target:
        return False
    step.retry_at, step.is_stuck = retry_at, retry_at is None
    if seen is not None:
        _take_in_despite(grant, step, attempt, seen, now)
    if not counts:
        # A new intent may have begun the count anew while this attempt was under way.
        step.attempts = max(0, step.attempts - 1)
    elif step.attempts == 1:
        step.begun_at = now
    # A key that cannot be replaced, a seat that cannot be added: what was granted and serves stays granted.
    is_in_use = grant.state is State.GRANTED and step.serves
    is_beside = step is grant.leaving or grant.device_of(step.name) is not None
    if step.is_stuck and grant.is_making and not is_in_use and not is_beside:
        grant.move_to(State.FAILED)
    return True


def _take_in_despite(
    grant: Grant, step: StepRecord, attempt: Attempt, seen: Observation, now: datetime
) -> None:
    """What is still in the making stays unknown; what was granted before serves on, with its fault."""
    serves = seen.standing in (Standing.ON, Standing.DIFFERS)
    if attempt.target is not Intent.ON or seen.standing is Standing.OFF:
        step.see(seen, now)
    elif serves and grant.state in (State.GRANTED, State.FROZEN):
        step.see(differs(Outdated.REFUSED), now)
        settle(grant)


def note_progress(grant: Grant, attempt: Attempt, at: datetime) -> None:
    """Begin patience anew, at once or when its turn comes: what gets on is not given up."""
    step = grant.step(attempt.step_name)
    step.attempts, step.begun_at = min(step.attempts, 1), at


def _in_flight(grant: Grant, attempt: Attempt) -> StepRecord | None:
    """Return the step if this attempt is the one in flight; else have the step looked at once more.

    A device that was removed and seen gone has none any more: what came late is for the next sweep.
    """
    step = next((step for step in grant.all_steps if step.name == attempt.step_name), None)
    if step is None or step.attempt_id == attempt.attempt_id:
        return step
    step.overtaken_by(attempt.target)
    settle(grant)
    return None
