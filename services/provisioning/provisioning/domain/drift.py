"""What an observation says about a step that was expected to be otherwise."""

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
    """Record the observation of a step, and return how others have changed it.

    What is missing or differs is created again by the moves that follow. What somebody switched off
    stays off: that may be a decision.
    """
    expected = step.standing
    found = _standing(step, seen.standing, intent)
    if found is Standing.HELD and expected is not Standing.HELD and intent is Intent.ON:
        step.leave_held()
    elif expected is Standing.HELD and found is not Standing.HELD:
        step.settle()
    elif intent is Intent.OFF and seen.standing is Standing.ABSENT:
        # Removing it once more also removes what the observation does not show.
        step.start_over()
    elif found is Standing.DIFFERS and seen == ON:
        # What was refused may be possible now; only creating it records for whom.
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
    """Return the standing to record. An observation records no outputs, so what was not recorded as created
    still has to be, and it undoes nothing, so what is to be removed still has to be.
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
