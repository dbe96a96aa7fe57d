"""How far one step of a grant has come."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Progress(StrEnum):
    """What may stand outside because of a step.

    Outdated: it was done, serves on, and has to be applied once more because something more is wanted of it.
    """

    WAITING = "waiting"
    BEGUN = "begun"
    DONE = "done"
    OUTDATED = "outdated"
    UNDONE = "undone"


class Action(StrEnum):
    """What is done to a step; the names of the calls of the step port."""

    APPLY = "apply"
    UNDO = "undo"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"


@dataclass(frozen=True)
class Cause:
    """Why the last attempt did not succeed: a stable code and a sentence for people."""

    code: str
    message: str


@dataclass(kw_only=True)
class StepRecord:
    """One step of one grant.

    ``attempts`` counts failures and the attempt in flight, in the present direction.
    ``attempt_id`` names the attempt in flight; it stays when the worker dies in it.
    ``is_switching`` means that a freeze or unfreeze was begun and its end is not noted: outside, the
    step may be on or off. ``is_stuck`` means that the cause is final and waits for an operator.
    """

    name: str
    progress: Progress = Progress.WAITING
    is_frozen: bool = False
    is_switching: bool = False
    attempts: int = 0
    attempt_id: UUID | None = None
    begun_at: datetime | None = None
    retry_at: datetime | None = None
    is_stuck: bool = False
    cause: Cause | None = None

    @property
    def is_made(self) -> bool:
        return self.progress in (Progress.DONE, Progress.OUTDATED)

    @property
    def may_stand_outside(self) -> bool:
        return self.is_made or self.progress is Progress.BEGUN

    @property
    def may_be_on(self) -> bool:
        return self.may_stand_outside and (not self.is_frozen or self.is_switching)

    @property
    def may_be_off(self) -> bool:
        return self.is_frozen or self.is_switching

    def begin(self, action: Action, attempt_id: UUID, now: datetime) -> None:
        """Note the attempt before it is made, so that a crash in it is known to need a look."""
        if action is Action.APPLY:
            if not self.is_made:
                self.progress = Progress.BEGUN
        elif action is not Action.UNDO:
            self.is_switching = True
        self.attempts += 1
        self.attempt_id = attempt_id
        self.begun_at = self.begun_at or now
        self.retry_at = None

    def finish(self, action: Action) -> None:
        if action is Action.APPLY:
            self.progress = Progress.DONE
        elif action is Action.UNDO:
            self.progress, self.is_frozen, self.is_switching = Progress.UNDONE, False, False
        else:
            self.is_frozen, self.is_switching = action is Action.FREEZE, False
        self.start_over()
        self.attempt_id = None
        self.cause = None

    def outdate(self) -> None:
        """Have it applied once more; an attempt that is under way does not know why, and is overtaken."""
        if self.progress is Progress.DONE:
            self.progress = Progress.OUTDATED
        if self.may_stand_outside:
            self.attempt_id = None

    def start_over(self) -> None:
        """Forget the attempts so far; the last cause stays visible."""
        self.attempts, self.begun_at, self.retry_at, self.is_stuck = 0, None, None, False
