"""How far one step of a grant has come."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from provisioning.domain.grant_states import Intent
from provisioning.domain.standings import Difference, Observation, Standing

_SERVING = (Standing.ON, Standing.DIFFERS)
_OFF = (Standing.OFF, Standing.HELD)


@dataclass(frozen=True)
class Cause:
    """Why the last attempt did not succeed: a stable code and a sentence for people."""

    code: str
    message: str


SWITCHED_OFF = Cause(
    "switched_off_outside", "Somebody switched it off outside; it stays off until an operator gives it back."
)


class Outdated(StrEnum):
    """Differences of our own: it stands as it was made, and more or other is wanted now."""

    PEOPLE_JOINED = "people_joined"
    PEOPLE_LEFT = "people_left"
    CONTACT_CHANGED = "contact_changed"
    KEY_TO_BE_REPLACED = "key_to_be_replaced"
    MADE_BEFORE_WHAT_IT_NEEDS = "made_before_what_it_needs"
    PARAMETERS_CHANGED = "parameters_changed"
    REFUSED = "refused"


@dataclass(kw_only=True)
class StepRecord:
    """One step of one grant.

    ``attempts`` counts failures and the attempt in flight, in the present direction; ``begun_at`` is when the
    first of them began. ``attempt_id`` names the attempt in flight; it stays when the worker dies in it.
    ``is_stuck`` means that the cause is final and waits for an operator. ``skipped_because`` is why an
    operator had it left as it stands.
    """

    name: str
    standing: Standing = Standing.ABSENT
    differences: tuple[Difference, ...] = ()
    seen_at: datetime | None = None
    attempts: int = 0
    attempt_id: UUID | None = None
    begun_at: datetime | None = None
    retry_at: datetime | None = None
    is_stuck: bool = False
    cause: Cause | None = None
    skipped_because: str | None = None

    @property
    def serves(self) -> bool:
        return self.standing in _SERVING

    @property
    def may_stand_outside(self) -> bool:
        return self.standing is not Standing.ABSENT

    @property
    def may_be_on(self) -> bool:
        return self.serves or self.standing is Standing.UNKNOWN

    @property
    def may_be_off(self) -> bool:
        return self.standing in _OFF or self.standing is Standing.UNKNOWN

    @property
    def is_outdated(self) -> bool:
        """Whether more or other is wanted than was made, so that it has to be made once more."""
        is_ours = any(difference.code in set(Outdated) for difference in self.differences)
        return self.standing is Standing.DIFFERS and is_ours

    @property
    def is_left_alone(self) -> bool:
        """Whether nothing is done to it until an operator says so."""
        return self.is_stuck or self.skipped_because is not None

    def known_for(self, target: Intent) -> Standing:
        """What is known to stand before an attempt; not whether making repairs what others changed."""
        is_changed = self.standing is Standing.DIFFERS and not self.is_outdated
        return Standing.UNKNOWN if target is Intent.ON and is_changed else self.standing

    def begin(self, target: Intent, attempt_id: UUID, now: datetime) -> None:
        """Note the attempt before it is made, so that a crash in it is known to need a look.

        What serves goes on serving while it is made anew.
        """
        if target is not Intent.ON or not self.serves:
            self.standing = Standing.UNKNOWN
        self.attempts += 1
        self.attempt_id = attempt_id
        self.begun_at = self.begun_at or now
        self.retry_at = None

    def see(self, observation: Observation, now: datetime | None) -> None:
        self.standing, self.differences = observation.standing, observation.differences
        self.seen_at = now

    def finish(self, observation: Observation, now: datetime) -> None:
        self.see(observation, now)
        self.settle()

    def settle(self) -> None:
        """There is nothing more to do, and nothing to complain of."""
        self.start_over()
        self.attempt_id = None
        self.cause = None

    def overtaken_by(self, late: Intent) -> None:
        """An attempt that lost its lock reports after another was made: what it did may have come last."""
        if (late is Intent.ON and not self.serves) or (late is Intent.FROZEN and self.may_stand_outside):
            self.standing = Standing.UNKNOWN

    def outdate(self, code: Outdated) -> None:
        """Have it made once more; an attempt that is under way does not know why, and is overtaken."""
        if self.serves:
            self.standing, self.differences = Standing.DIFFERS, (Difference(code),)
        if self.may_stand_outside:
            self.attempt_id = None

    def make_anew(self, code: Outdated) -> None:
        """Have it made once more with all patience; what others switched off still waits for an operator."""
        self.outdate(code)
        if self.standing is not Standing.HELD:
            self.start_over()

    def doubt(self) -> None:
        """Have it taken away although it was seen gone: a step may have made more than a look shows."""
        if self.standing is Standing.ABSENT and self.seen_at is not None:
            self.standing = Standing.UNKNOWN

    def leave_held(self) -> None:
        """Have it wait for an operator: whoever switched it off may have decided that."""
        self.start_over()
        self.is_stuck, self.cause = True, SWITCHED_OFF

    def give_back(self) -> None:
        self.start_over()
        if self.standing is Standing.HELD:
            self.standing = Standing.OFF

    def start_over(self) -> None:
        """Forget the attempts so far; the last cause stays visible."""
        self.attempts, self.begun_at, self.retry_at, self.is_stuck = 0, None, None, False
