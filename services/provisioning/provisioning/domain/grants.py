"""A grant: one product for one partner, made and unmade step by step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from provisioning.domain.grant_states import ALLOWED_MOVES, Intent, MoveNotAllowed, State
from provisioning.domain.products import PRODUCTS, Product
from provisioning.domain.steps import Action, Cause, Progress, StepRecord

# A second click on the same page: long enough for a slow connection, too short for the next visitor.
_KEY_REPEATABLE_FOR = timedelta(seconds=30)


@dataclass(frozen=True)
class Move:
    """What to do next: one action on one step."""

    action: Action
    step: StepRecord


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A move that was noted and is now made outside."""

    attempt_id: UUID
    action: Action
    step_name: str
    number: int
    begun_at: datetime


@dataclass(kw_only=True)
class Grant:
    """One product for one partner.

    The intent says what is wanted, the steps what may stand outside, the state what is told.
    ``outputs`` are facts noted by steps: ids and names, never a secret. ``collected_by_visit`` is the visit
    of the page that collected its key, where there was a page.
    """

    grant_id: UUID
    partner_id: UUID
    product_name: str
    is_required: bool
    parameters: Mapping[str, Any]
    steps: list[StepRecord]
    state: State = State.PLANNED
    intent: Intent = Intent.GRANT
    outputs: dict[str, Any] = field(default_factory=dict)
    collected_at: datetime | None = None
    collected_by_visit: UUID | None = None
    waiver_reason: str | None = None

    @property
    def product(self) -> Product:
        return PRODUCTS[self.product_name]

    @property
    def is_collectable(self) -> bool:
        """Whether a key waits to be collected, once, by the partner."""
        return self.collected_at is None and self._has_key

    def hands_out_key(self, at: datetime, visit: UUID | None) -> bool:
        """Whether it hands out its key to this visit.

        Once more, too, for the click that follows the first one from the same visit of the page: the answer
        to the first was thrown away by the browser.
        """
        if self.collected_at is None:
            return self._has_key
        is_same_visit = visit is not None and visit == self.collected_by_visit
        return self._has_key and is_same_visit and at - self.collected_at < _KEY_REPEATABLE_FOR

    @property
    def _has_key(self) -> bool:
        is_on = self.state is State.GRANTED and self.intent is Intent.GRANT
        is_there = self.product.is_collectable(self.outputs)
        return is_on and is_there and all(step.progress is Progress.DONE for step in self.steps)

    @property
    def leaves_nothing_outside(self) -> bool:
        """Whether it came to its end and every step that was ever begun is undone."""
        is_over = self.state in (State.REVOKED, State.CANCELLED, State.WAIVED)
        return is_over and not any(step.may_stand_outside for step in self.steps)

    @property
    def stuck_step(self) -> StepRecord | None:
        return next((step for step in self.steps if step.is_stuck), None)

    @property
    def people_step(self) -> StepRecord | None:
        return next((step for step in self.steps if step.name == self.product.people_step), None)

    @property
    def is_wanted(self) -> bool:
        return self.intent is not Intent.REVOKE

    @property
    def holds_up_people(self) -> bool:
        """Whether those who join hear nothing of their access until this grant has moved on.

        One that is not required does not hold them up while it is in trouble.
        """
        if self.intent is Intent.FREEZE or self.state is State.FROZEN:
            return True
        is_in_trouble = any(step.attempts and step.retry_at for step in self.steps)
        is_coming = self.state in (State.PLANNED, State.PROVISIONING)
        return is_coming and (self.is_required or not is_in_trouble)

    @property
    def is_seating(self) -> bool:
        """Whether seats for people are being made, beside those that are there."""
        step = self.people_step
        is_at_it = step is not None and step.progress is Progress.OUTDATED and not step.is_stuck
        return self.state is State.GRANTED and is_at_it

    def next_move(self) -> Move | None:
        """Return what the intent asks for next, or None: nothing is left, or an operator is needed."""
        if self.stuck_step:
            return None
        if self.intent is Intent.REVOKE:
            return self._last(Action.UNDO, [step for step in self.steps if step.may_stand_outside])
        if self.intent is Intent.FREEZE:
            return self._last(Action.FREEZE, [step for step in self.steps if step.may_be_on])
        for step in self.steps:
            if step.may_be_off:
                return Move(Action.UNFREEZE, step)
        for step in self.steps:
            if step.progress is not Progress.DONE:
                return Move(Action.APPLY, step)
        return None

    @staticmethod
    def _last(action: Action, steps: list[StepRecord]) -> Move | None:
        return Move(action, steps[-1]) if steps else None

    def want(self, intent: Intent) -> bool:
        """Change the intent and return True; return False when it is wanted already or too late.

        What no step has begun is cancelled at once. Nothing turns a revocation back.
        """
        if intent is self.intent or self.intent is Intent.REVOKE:
            return False
        self.intent = intent
        for step in self.steps:
            step.start_over()
        if intent is Intent.REVOKE:
            has_begun = any(step.may_stand_outside for step in self.steps)
            self._move_to(State.REVOKING if has_begun else State.CANCELLED)
        elif intent is Intent.GRANT and self.state is State.FAILED:
            self._move_to(State.PROVISIONING)
        self._settle()
        return True

    def waive(self, reason: str) -> None:
        """Go on without this product; what was begun of it is undone.

        Raises MoveNotAllowed unless it is planned, in the making, or failed, and wanted.
        """
        if self.intent is not Intent.GRANT:
            raise MoveNotAllowed(self.state, State.WAIVED)
        self._move_to(State.WAIVED)
        self.intent, self.waiver_reason = Intent.REVOKE, reason
        for step in self.steps:
            step.start_over()

    def retry(self) -> None:
        """Try again what failed for good or waits for its next attempt, with all attempts anew.

        Raises MoveNotAllowed when nothing failed.
        """
        move = self.next_move()
        step = self.stuck_step or (move.step if move and move.step.retry_at else None)
        if step is None:
            raise MoveNotAllowed(self.state, State.PROVISIONING)
        step.start_over()
        if self.state is State.FAILED and self.intent is Intent.GRANT:
            self._move_to(State.PROVISIONING)

    def widen(self) -> bool:
        """Have the people's step look at all people again; return whether it will.

        Those who have a seat keep it, whatever becomes of the new one. What failed before anybody had a seat
        waits for an operator, and takes the new people in then.
        """
        step = self.people_step
        if step is None or self.intent is Intent.REVOKE:
            return False
        step.outdate()
        if step.is_stuck and step.is_made and self.intent is Intent.GRANT and not step.may_be_off:
            step.start_over()
        return step.may_stand_outside

    def replace_key(self) -> None:
        """Have the key that was handed out made anew, with its certificate; the grant stays granted.

        Until the new one stands there is nothing to collect. Raises MoveNotAllowed unless it is granted.
        """
        if self.state is not State.GRANTED or self.intent is not Intent.GRANT:
            raise MoveNotAllowed(self.state, State.GRANTED)
        self.collected_at = self.collected_by_visit = None
        self.outputs["replaced_certificate_id"] = self.outputs["certificate_id"]
        step = next(step for step in self.steps if step.name == self.product.key_step)
        step.outdate()
        step.start_over()

    def begin(self, move: Move, attempt_id: UUID, now: datetime) -> Attempt:
        """Note the attempt; to be committed before the outside is called."""
        move.step.begin(move.action, attempt_id, now)
        if move.action is Action.APPLY and self.state is State.PLANNED:
            self._move_to(State.PROVISIONING)
        return Attempt(
            attempt_id=attempt_id,
            action=move.action,
            step_name=move.step.name,
            number=move.step.attempts,
            begun_at=move.step.begun_at or now,
        )

    def note_success(self, attempt: Attempt, outputs: Mapping[str, Any]) -> bool:
        """Return whether it counts, or False when it was overtaken."""
        step = self._in_flight(attempt)
        if step is None:
            return False
        self.outputs.update(outputs)
        step.finish(attempt.action)
        self._settle()
        return True

    def note_failure(
        self, attempt: Attempt, cause: Cause, retry_at: datetime | None, *, counts: bool
    ) -> bool:
        """Keep the cause and return whether it still matters, or False when it was overtaken.

        ``retry_at`` None means final: the step is stuck. ``counts`` False: the outside is only at work.
        """
        step = self._in_flight(attempt)
        if step is None:
            return False
        step.cause, step.attempt_id = cause, None
        if not self._still_wants(attempt.action):
            return False
        step.retry_at, step.is_stuck = retry_at, retry_at is None
        if not counts:
            # A new intent may have begun the count anew while this attempt was under way.
            step.attempts = max(0, step.attempts - 1)
        # A key that cannot be replaced, a seat that cannot be added: what was granted stays granted.
        if step.is_stuck and attempt.action is Action.APPLY and self.state is not State.GRANTED:
            self._move_to(State.FAILED)
        return True

    def _in_flight(self, attempt: Attempt) -> StepRecord | None:
        """Return the step if this attempt is the one in flight.

        An attempt that lost its lock may report after another worker undid or switched the step: what it
        did may then have come last, so the step has to be looked at once more.
        """
        step = next(step for step in self.steps if step.name == attempt.step_name)
        if step.attempt_id == attempt.attempt_id:
            return step
        if attempt.action is Action.APPLY and step.progress is Progress.UNDONE:
            step.progress = Progress.BEGUN
        elif attempt.action is not Action.UNDO and (attempt.action is not Action.APPLY or step.is_frozen):
            step.is_switching = step.may_stand_outside
        return None

    def _still_wants(self, action: Action) -> bool:
        return (
            action
            in {
                Intent.GRANT: (Action.APPLY, Action.UNFREEZE),
                Intent.FREEZE: (Action.FREEZE,),
                Intent.REVOKE: (Action.UNDO,),
            }[self.intent]
        )

    def _settle(self) -> None:
        """Bring the state in line with the steps, once the intent is reached."""
        outside = [step for step in self.steps if step.may_stand_outside]
        if self.intent is Intent.REVOKE:
            if not outside and self.state is State.REVOKING:
                self._move_to(State.REVOKED)
        elif self.intent is Intent.FREEZE:
            if outside and not any(step.may_be_on for step in outside):
                self._move_to(State.FROZEN)
        elif not any(step.may_be_off for step in self.steps):
            if all(step.is_made for step in self.steps):
                self._move_to(State.GRANTED)
            elif self.state is State.FROZEN:
                self._move_to(State.PROVISIONING)

    def _move_to(self, target: State) -> None:
        if target is self.state:
            return
        if (self.state, target) not in ALLOWED_MOVES:
            raise MoveNotAllowed(self.state, target)
        self.state = target
