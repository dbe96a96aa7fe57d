"""Looks: observations of everything that exists of a grant, without a request."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from provisioning.domain.drift import Drift, take_in
from provisioning.domain.grant_states import Intent, State
from provisioning.domain.grants import Grant
from provisioning.domain.settling import is_reached, settle
from provisioning.domain.standings import Observation, Standing


def begin_look(grant: Grant, look_id: UUID) -> tuple[str, ...]:
    """Return the steps to observe: all of which something may exist outside, or should."""
    grant.look_id = look_id
    is_wanted = grant.intent is Intent.ON and grant.state is not State.PLANNED
    steps = [step for step in grant.steps if step.may_stand_outside or is_wanted]
    return tuple(step.name for step in (*steps, *([grant.leaving] if grant.is_letting_go else [])) if step)


def note_look(grant: Grant, look_id: UUID, seen: Mapping[str, Observation], now: datetime) -> list[Drift]:
    """Record what was seen and return what others have changed; nothing if it was overtaken."""
    if grant.look_id != look_id:
        return []
    grant.look_id = None
    drifts = [
        drift
        for step in grant.all_steps
        if step.name in seen and (drift := take_in(step, seen[step.name], grant.target_of(step), now))
    ]
    if grant.gives_back:
        _give_back(grant)
    _follow(grant)
    return drifts


def _give_back(grant: Grant) -> None:
    grant.gives_back = False
    for step in grant.steps:
        if step.standing is Standing.HELD:
            step.give_back()


def _follow(grant: Grant) -> None:
    """Do not report access that is missing, and settle what turned out to be in place."""
    for step in grant.steps:
        if step.is_stuck and is_reached(grant, step):
            step.settle()
    if grant.intent is Intent.ON and grant.state is State.GRANTED:
        if any(step.is_stuck and not step.serves for step in grant.own_steps):
            grant.move_to(State.FAILED)
        elif any(step.standing in (Standing.ABSENT, Standing.OFF) for step in grant.own_steps):
            grant.move_to(State.PROVISIONING)
    settle(grant)
