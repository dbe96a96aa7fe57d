"""Brings one step to its target, in the same way for creating, freezing, restoring and removing."""

import logging
from collections.abc import Mapping
from dataclasses import replace

from chassis.failures import Failure, Kind, NotNow
from provisioning.domain.grant_states import Intent
from provisioning.domain.orders import GrantOrder
from provisioning.domain.products import kind_and_device
from provisioning.domain.standings import Observation, Standing
from provisioning.handlers.ports import Outputs, Step

_log = logging.getLogger(__name__)

_REACHED = {
    Intent.ON: (Standing.ON,),
    Intent.FROZEN: (Standing.OFF, Standing.HELD, Standing.ABSENT),
    Intent.OFF: (Standing.ABSENT,),
}
_MADE_FOR_SURE = (Standing.ABSENT, Standing.DIFFERS)
_ON = (Standing.ON, Standing.DIFFERS)


def bring(step: Step, target: Intent, known: Standing, order: GrantOrder, outputs: Outputs) -> Observation:
    """Act, and return the proof that the target is reached: the act's own answers, or a look after it.

    ``known`` is the standing before, so that nothing is asked needlessly, and only what was on is switched
    off by us: what somebody else had switched off is held. Raises what the step raises, and NotNow while the
    target is not visible yet.
    """
    if target is Intent.ON:
        seen = _switch_on(step, known, order, outputs)
    elif target is Intent.FROZEN and known in _ON and _is_off(step, order, outputs):
        seen = Observation(standing=Standing.HELD)
    else:
        seen = _act(step, target, order, outputs)
    if reaches(target, seen):
        return seen
    codes = ", ".join(difference.code for difference in seen.differences)
    what = f"{seen.standing}: {codes}" if codes else str(seen.standing)
    message = f"It was done, but what is seen outside is still {what}."
    raise NotNow("not_seen_yet", message, kind=Kind.EVENTUAL_CONSISTENCY)


def reaches(target: Intent, seen: Observation | None) -> bool:
    return seen is not None and seen.standing in _REACHED[target]


def _switch_on(step: Step, known: Standing, order: GrantOrder, outputs: Outputs) -> Observation:
    """Create it, and switch it on first if it may be off: a refusal of the rest does not prevent that."""
    if known in _MADE_FOR_SURE:
        return Observation(standing=Standing.ON, facts=step.apply(order, outputs))
    lifted = step.unfreeze(order, outputs)
    facts = dict(lifted.facts) if lifted else {}
    facts |= step.apply(order, {**outputs, **facts})
    seen = step.observe(order, {**outputs, **facts})
    return Observation(standing=seen.standing, facts={**facts, **seen.facts}, differences=seen.differences)


def _act(step: Step, target: Intent, order: GrantOrder, outputs: Outputs) -> Observation:
    act = step.freeze if target is Intent.FROZEN else step.undo
    return act(order, outputs) or step.observe(order, outputs)


def _is_off(step: Step, order: GrantOrder, outputs: Outputs) -> bool:
    """Whether it is seen off although it was wanted on; what cannot be seen is switched off all the same."""
    seen = look(step, replace(order, intent=Intent.ON), outputs)
    return seen is not None and seen.standing is Standing.OFF


def step_for(steps: Mapping[str, Step], name: str, order: GrantOrder) -> tuple[Step, GrantOrder]:
    """Return the step of this name, and the order for its device, if it is for one."""
    if name in steps:
        return steps[name], order
    kind, device = kind_and_device(name)
    return steps[kind], replace(order, device=device)


def look_at_each(
    steps: Mapping[str, Step], order: GrantOrder, outputs: Mapping[str, Outputs]
) -> dict[str, Observation]:
    """Observe each step that has outputs; those that cannot be observed now are left out."""
    seen = {name: look(*step_for(steps, name, order), outputs[name]) for name in outputs}
    return {name: observation for name, observation in seen.items() if observation is not None}


def look(step: Step, order: GrantOrder, outputs: Outputs) -> Observation | None:
    """Observe; None if that is not possible now."""
    try:
        return step.observe(order, outputs)
    except Failure as failure:
        _log.warning("step cannot be observed", extra={"step": step.name, "code": failure.code})
    except Exception:
        _log.exception("look failed unexpectedly", extra={"step": step.name})
    return None
