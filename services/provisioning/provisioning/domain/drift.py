"""What a look outside says about a step that was thought to stand otherwise."""

from datetime import datetime

from chassis.frozen import Frozen
from provisioning.domain.grant_states import Intent
from provisioning.domain.standings import ON, Difference, Observation, Standing
from provisioning.domain.steps import StepRecord


class Drift(Frozen):
    """One step that somebody else changed outside."""

    step_name: str
    expected: Standing
    found: Standing
    differences: tuple[Difference, ...]


def take_in(step: StepRecord, seen: Observation, intent: Intent, now: datetime) -> Drift | None:
    """Note what was seen of the step, and return in what it has changed without us.

    What is missing or differs is made again by the moves that follow from it. What somebody switched off
    stays off: that may be somebody's decision.
    """
    expected = step.standing
    found = _standing(step, seen.standing, intent)
    if found is Standing.HELD and expected is not Standing.HELD and intent is Intent.ON:
        step.leave_held()
    elif expected is Standing.HELD and found is not Standing.HELD:
        step.settle()
    elif intent is Intent.OFF and seen.standing is Standing.ABSENT:
        # Taking it away once more also takes what the look does not show.
        step.start_over()
    elif found is Standing.DIFFERS and seen == ON:
        # What was refused may be possible now; only making it notes for whom.
        step.start_over()
    is_news = found is not expected or (
        found is Standing.ON and seen.differences not in ((), step.differences)
    )
    keeps = found is Standing.DIFFERS and not seen.differences
    step.see(Observation(standing=found, differences=step.differences if keeps else seen.differences), now)
    if not is_news or Standing.UNKNOWN in (expected, found):
        return None
    return Drift(step_name=step.name, expected=expected, found=found, differences=seen.differences)


def _standing(step: StepRecord, seen: Standing, intent: Intent) -> Standing:
    """Return what to note. A look notes no outputs, so what was not noted as made stays to be made, and it
    undoes nothing, so what is to be taken away stays to be.
    """
    expected = step.standing
    if seen is Standing.OFF and expected in (Standing.ON, Standing.DIFFERS, Standing.HELD):
        return Standing.HELD
    if seen in (Standing.ON, Standing.DIFFERS) and expected in (Standing.UNKNOWN, Standing.ABSENT):
        return Standing.UNKNOWN
    if seen is Standing.ABSENT and intent is Intent.OFF:
        return Standing.UNKNOWN
    if seen is Standing.ON and step.is_outdated:
        return Standing.DIFFERS
    return seen
