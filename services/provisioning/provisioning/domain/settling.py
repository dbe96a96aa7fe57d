"""Aligns the reported state of a grant with what was observed of its steps."""

from typing import TYPE_CHECKING

from provisioning.domain.grant_states import Intent, State
from provisioning.domain.standings import ABSENT, Standing
from provisioning.domain.steps import StepRecord

if TYPE_CHECKING:
    from provisioning.domain.grants import Grant


def settle(grant: "Grant") -> None:
    """Move to the state that the steps have reached; nothing unobserved is reported."""
    if grant.intent is Intent.OFF:
        _settle_off(grant)
    elif grant.intent is Intent.FROZEN:
        is_begun = any(step.may_stand_outside for step in grant.steps)
        if is_begun and all(_is_frozen(grant, step) for step in grant.steps):
            grant.move_to(State.FROZEN)
    else:
        _settle_on(grant)


def is_reached(grant: "Grant", step: StepRecord) -> bool:
    """Whether nothing is left to do at this step."""
    target = grant.target_of(step)
    if target is Intent.ON:
        return step.standing is Standing.ON
    return _is_frozen(grant, step) if target is Intent.FROZEN else not step.may_stand_outside


def _is_frozen(grant: "Grant", step: StepRecord) -> bool:
    is_on = grant.product.step(step.name).is_brake and step.may_be_on
    return step.skipped_because is not None or not is_on


def is_taken_away(grant: "Grant") -> bool:
    return all(not step.may_stand_outside or step.skipped_because is not None for step in grant.all_steps)


def _settle_off(grant: "Grant") -> None:
    _let_go(grant)
    if is_taken_away(grant):
        grant.look_at = None
        if grant.state is State.REVOKING:
            grant.move_to(State.REVOKED)


def _settle_on(grant: "Grant") -> None:
    if grant.state is State.FAILED and not grant.has_failed:
        grant.move_to(State.PROVISIONING)
    if grant.state is not State.FAILED and all(step.serves for step in grant.own_steps):
        grant.move_to(State.GRANTED)
    elif grant.state is State.FROZEN and not _is_braked(grant):
        grant.move_to(State.PROVISIONING)


def _is_braked(grant: "Grant") -> bool:
    return any(grant.product.step(step.name).is_brake and step.may_be_off for step in grant.own_steps)


def _let_go(grant: "Grant") -> None:
    """Leave what all partners share, and forget what was removed with its container."""
    standing = {step.name for step in grant.steps if step.may_stand_outside}
    for step in grant.steps:
        of_product = grant.product.step(step.name)
        goes_with = of_product.inside is not None and of_product.inside not in standing
        if step.may_stand_outside and (of_product.stays or goes_with):
            step.see(ABSENT, step.seen_at)
            step.settle()
