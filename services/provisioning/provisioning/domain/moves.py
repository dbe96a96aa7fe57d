"""What is to be done next for a grant, in which order, and what waits for what."""

from collections.abc import Sequence
from dataclasses import dataclass

from provisioning.domain.grant_states import Intent
from provisioning.domain.products import Product
from provisioning.domain.standings import Standing
from provisioning.domain.steps import StepRecord


@dataclass(frozen=True)
class Move:
    """One act on one step: bring it to the target."""

    target: Intent
    step: StepRecord


def moves_towards(
    target: Intent, product: Product, steps: Sequence[StepRecord], *, is_forced: bool
) -> list[Move]:
    """Return every act that nothing holds up, urgent ones first; stuck and skipped steps are left alone."""
    if target is Intent.ON:
        wanted = _to_switch_on(product, steps)
    elif target is Intent.FROZEN:
        wanted = [step for step in reversed(steps) if product.step(step.name).is_brake and step.may_be_on]
    else:
        wanted = _to_take_away(product, steps, is_forced=is_forced)
    return [Move(target, step) for step in wanted if not step.is_left_alone]


def _to_switch_on(product: Product, steps: Sequence[StepRecord]) -> list[StepRecord]:
    """Each waits only for what it needs. What somebody else switched off stays off."""
    ready = {step.name for step in steps if step.serves or step.skipped_because is not None}
    return [
        step
        for step in steps
        if step.standing not in (Standing.ON, Standing.HELD)
        and ready.issuperset(product.step(step.name).needs)
    ]


def _to_take_away(product: Product, steps: Sequence[StepRecord], *, is_forced: bool) -> list[StepRecord]:
    """All brakes first, none of which waits for anything; then the rest, unless something there holds it.

    The list is walked from its beginning before each act, so everything inside a container was tried
    once before the container is removed, and does not prevent that if it failed.
    """
    there = [step for step in reversed(steps) if step.may_stand_outside and not product.step(step.name).stays]
    brakes = [step for step in there if product.step(step.name).is_brake]
    holding = [] if is_forced else [step for step in there if step.skipped_because is None]
    held = {name for step in holding for name in product.step(step.name).holds}
    return brakes + [step for step in there if step not in brakes and step.name not in held]
