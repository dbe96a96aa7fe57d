"""A grant: one product for one partner, brought to where it is wanted step by step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from provisioning.domain.drift import Drift, take_in
from provisioning.domain.grant_states import ALLOWED_MOVES, Intent, MoveNotAllowed, State
from provisioning.domain.leases import FrozenFor, Lease, LeaseTerms
from provisioning.domain.moves import Move, moves_towards
from provisioning.domain.products import PRODUCTS, Product
from provisioning.domain.refusals import LeaseNotToBeChanged, NotToBeForced, NotToBeSkipped
from provisioning.domain.standings import ABSENT, Observation, Standing, differs
from provisioning.domain.steps import Cause, StepRecord

# A second click on the same page: long enough for a slow connection, too short for the next visitor.
_KEY_REPEATABLE_FOR = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A move that was noted and is now made outside; ``known`` is what was known to stand there before."""

    attempt_id: UUID
    target: Intent
    known: Standing
    step_name: str
    number: int
    begun_at: datetime


@dataclass(kw_only=True)
class Grant:
    """One product for one partner.

    The intent says what is wanted, the steps what may stand outside, the state what is told.
    ``outputs`` are facts noted by steps: ids and names, never a secret. ``collected_by_visit`` is the visit
    of the page that collected its key, where there was a page. ``look_at`` is when to look outside next, and
    ``look_id`` the look under way. ``is_forced``: an operator has everything taken away whatever holds it.
    ``frozen_for`` is why it is switched off, while it is wanted at all. ``lease`` runs from when it is
    first granted. ``untold`` are the moves since it was read, for whoever tells them.
    """

    grant_id: UUID
    partner_id: UUID
    product_name: str
    is_required: bool
    parameters: Mapping[str, Any]
    steps: list[StepRecord]
    state: State = State.PLANNED
    intent: Intent = Intent.ON
    outputs: dict[str, Any] = field(default_factory=dict)
    collected_at: datetime | None = None
    collected_by_visit: UUID | None = None
    waiver_reason: str | None = None
    frozen_for: frozenset[FrozenFor] = frozenset()
    lease: Lease | None = None
    is_forced: bool = False
    look_at: datetime | None = None
    look_id: UUID | None = None
    untold: list[tuple[State, State]] = field(default_factory=list, repr=False)

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
        is_on = self.state is State.GRANTED and self.intent is Intent.ON
        is_there = self.product.is_collectable(self.outputs)
        return is_on and is_there and all(step.standing is Standing.ON for step in self.steps)

    @property
    def leaves_nothing_outside(self) -> bool:
        """Whether it came to its end and nothing stands that is not left there on purpose."""
        is_over = self.state in (State.REVOKED, State.CANCELLED, State.WAIVED)
        return is_over and self._is_taken_away

    def step(self, name: str) -> StepRecord:
        return next(step for step in self.steps if step.name == name)

    @property
    def stuck_step(self) -> StepRecord | None:
        return next((step for step in self.steps if step.is_stuck), None)

    @property
    def people_step(self) -> StepRecord | None:
        return next((step for step in self.steps if step.name == self.product.people_step), None)

    @property
    def is_wanted(self) -> bool:
        return self.intent is not Intent.OFF

    @property
    def holds_up_people(self) -> bool:
        """Whether those who join hear nothing of their access until this grant has moved on.

        One that is not required does not hold them up while it is in trouble.
        """
        if self.intent is Intent.FROZEN or self.state is State.FROZEN:
            return True
        is_in_trouble = any(step.attempts and step.retry_at for step in self.steps)
        is_coming = self.state in (State.PLANNED, State.PROVISIONING)
        return is_coming and (self.is_required or not is_in_trouble)

    @property
    def is_seating(self) -> bool:
        """Whether seats for people are being made, beside those that are there."""
        step = self.people_step
        is_at_it = step is not None and step.standing is Standing.DIFFERS and not step.is_stuck
        return self.state is State.GRANTED and is_at_it

    @property
    def is_making(self) -> bool:
        """Whether it is on its way to be granted, as opposed to be switched or taken away."""
        return self.intent is Intent.ON and self.state in (State.PROVISIONING, State.FAILED, State.GRANTED)

    @property
    def is_settled(self) -> bool:
        """Whether what is told of it was reached, so that from now on only looks show what changes."""
        return self.state in (State.GRANTED, State.FROZEN) or self.stuck_step is not None

    def moves(self) -> list[Move]:
        """Return what the intent asks for and nothing holds up, the most urgent first.

        Empty: nothing is left to do, or an operator is needed.
        """
        return moves_towards(self.intent, self.product, self.steps, is_forced=self.is_forced)

    def freeze(self, why: FrozenFor) -> bool:
        """Have it switched off; return whether that is new."""
        self.frozen_for |= {why}
        return self.want(Intent.FROZEN)

    def unfreeze(self, why: FrozenFor) -> bool:
        """Have it switched on, unless something else holds it off; return whether it will be."""
        self.frozen_for -= {why}
        return not self.frozen_for and self.want(Intent.ON)

    def freeze_by_operator(self) -> None:
        """Raises MoveNotAllowed when it is switched off by an operator already, or not wanted any more."""
        if not self.is_wanted or FrozenFor.OPERATOR in self.frozen_for:
            raise MoveNotAllowed(self.state, State.FROZEN)
        self.freeze(FrozenFor.OPERATOR)

    def reinstate(self) -> None:
        """Raises MoveNotAllowed unless an operator switched it off."""
        if not self.is_wanted or FrozenFor.OPERATOR not in self.frozen_for:
            raise MoveNotAllowed(self.state, State.GRANTED)
        self.unfreeze(FrozenFor.OPERATOR)

    def begin_lease(self, now: datetime) -> None:
        """Let its time run from now on, if it has an end and has not begun."""
        terms = LeaseTerms.in_parameters(self.parameters)
        if terms is not None and self.lease is None:
            self.lease = Lease.begin(terms, now)

    def extend_lease(self, days: int, now: datetime) -> None:
        """Give more time; what its end switched off comes back. Raises LeaseNotToBeChanged."""
        self._running_lease().extend(days, now)
        self.unfreeze(FrozenFor.LEASE)

    def end_lease(self, now: datetime) -> None:
        """Raises LeaseNotToBeChanged."""
        self._running_lease().end(now)

    def _running_lease(self) -> Lease:
        if self.lease is None or self.intent is Intent.OFF:
            raise LeaseNotToBeChanged("no_lease", "The grant has no lease, or is not wanted any more.")
        return self.lease

    def want(self, intent: Intent) -> bool:
        """Change the intent and return True; return False when it is wanted already or too late.

        What no step has begun is cancelled at once. Nothing turns a revocation back.
        """
        if intent is self.intent or self.intent is Intent.OFF:
            return False
        self._aim_at(intent)
        if intent is Intent.OFF:
            has_begun = any(step.may_stand_outside for step in self.steps)
            self._move_to(State.REVOKING if has_begun else State.CANCELLED)
        elif intent is Intent.ON and self.state is State.FAILED and not self.stuck_step:
            self._move_to(State.PROVISIONING)
        self._settle()
        return True

    def _aim_at(self, intent: Intent) -> None:
        self.intent = intent
        for step in self.steps:
            step.start_over()
            step.skipped_because = None
            # Whoever resumes a partner does not give back what somebody else took away.
            step.is_stuck = step.standing is Standing.HELD and intent is Intent.ON

    def waive(self, reason: str) -> None:
        """Go on without this product; what was begun of it is undone.

        Raises MoveNotAllowed unless it is planned, in the making, or failed, and wanted.
        """
        if self.intent is not Intent.ON:
            raise MoveNotAllowed(self.state, State.WAIVED)
        self._move_to(State.WAIVED)
        self._aim_at(Intent.OFF)
        self.waiver_reason = reason
        self._settle()

    def retry(self, now: datetime) -> None:
        """Try again what is stuck or waits for its next attempt, with all patience anew.

        What somebody else switched off is given back. Where nothing failed, look. Raises MoveNotAllowed when
        nothing stands outside.
        """
        in_trouble = [step for step in self.steps if step.is_stuck or step.retry_at]
        if not in_trouble:
            self.look(now)
        for step in in_trouble:
            self._give_back(step)
        self._go_on()

    def repair(self, now: datetime) -> None:
        """Look at once, and have everything made as it should be, also what somebody else switched off.

        Raises MoveNotAllowed when nothing stands outside.
        """
        self.look(now)
        for step in self.steps:
            self._give_back(step)
        self._go_on()

    def look(self, now: datetime) -> None:
        """Raises MoveNotAllowed when nothing stands outside."""
        if not any(step.may_stand_outside for step in self.steps):
            raise MoveNotAllowed(self.state, State.PROVISIONING)
        self.look_at = now

    def skip(self, step_name: str, reason: str) -> None:
        """Leave the step as it stands, and go on as if it were off or gone, until another intent.

        Raises NotToBeSkipped when it is wanted, or is in nobody's way.
        """
        step = next((step for step in self.steps if step.name == step_name), None)
        if step is None or not step.may_stand_outside:
            raise NotToBeSkipped("nothing_to_skip", "No step of this name stands outside.")
        if self.intent is Intent.ON:
            message = "What is wanted cannot be skipped: waive the grant, or retry."
            raise NotToBeSkipped("step_is_wanted", message)
        step.start_over()
        step.skipped_because, step.attempt_id = reason, None
        self._settle()

    def force(self) -> None:
        """Take everything away whatever holds it, and try all of it anew.

        Raises NotToBeForced unless it is to be taken away, MoveNotAllowed when nothing stands outside.
        """
        if self.intent is not Intent.OFF:
            message = "Only what is to be taken away can be forced: let the partner go, or waive the grant."
            raise NotToBeForced("still_wanted", message)
        if not any(step.may_stand_outside for step in self.steps):
            raise MoveNotAllowed(self.state, State.REVOKING)
        self.is_forced = True
        for step in self.steps:
            step.start_over()

    def _give_back(self, step: StepRecord) -> None:
        step.start_over()
        if step.standing is Standing.HELD:
            step.standing = Standing.OFF

    def _go_on(self) -> None:
        if self.state is State.FAILED and self.intent is Intent.ON and not self.stuck_step:
            self._move_to(State.PROVISIONING)
        self._settle()

    def widen(self) -> bool:
        """Have the people's step look at all people again; return whether it will.

        Those who have a seat keep it, whatever becomes of the new one. What failed before anybody had a seat
        waits for an operator, and takes the new people in then.
        """
        step = self.people_step
        if step is None or self.intent is Intent.OFF:
            return False
        step.outdate("people_joined")
        if step.is_stuck and step.serves and self.intent is Intent.ON:
            step.start_over()
        return step.may_stand_outside

    def replace_key(self) -> None:
        """Have the key that was handed out made anew, with its certificate; the grant stays granted.

        Until the new one stands there is nothing to collect. Raises MoveNotAllowed unless it is granted.
        """
        if self.state is not State.GRANTED or self.intent is not Intent.ON:
            raise MoveNotAllowed(self.state, State.GRANTED)
        self.collected_at = self.collected_by_visit = None
        self.outputs["replaced_certificate_id"] = self.outputs["certificate_id"]
        step = self.step(str(self.product.key_step))
        step.outdate("key_to_be_replaced")
        step.start_over()

    def begin(self, move: Move, attempt_id: UUID, now: datetime) -> Attempt:
        """Note the attempt; to be committed before the outside is called."""
        known, self.look_id = move.step.standing, None
        move.step.begin(move.target, attempt_id, now)
        if move.target is Intent.ON and self.state is State.PLANNED:
            self._move_to(State.PROVISIONING)
        return Attempt(
            attempt_id=attempt_id,
            target=move.target,
            known=known,
            step_name=move.step.name,
            number=move.step.attempts,
            begun_at=move.step.begun_at or now,
        )

    def note_success(self, attempt: Attempt, observation: Observation, now: datetime) -> bool:
        """Return whether it counts, or False when it was overtaken."""
        step = self._in_flight(attempt)
        if step is None:
            return False
        self.outputs.update(observation.facts)
        step.finish(observation, now)
        if attempt.target is Intent.ON and attempt.known is Standing.ABSENT:
            self._outdate_what_needs(step)
        self._settle()
        return True

    def _outdate_what_needs(self, made: StepRecord) -> None:
        """What hung on the one that vanished has to hang on the new one."""
        for step in self.steps:
            if made.name in self.product.step(step.name).needs:
                step.outdate("made_before_what_it_needs")

    def note_failure(
        self,
        attempt: Attempt,
        cause: Cause,
        retry_at: datetime | None,
        *,
        counts: bool = True,
        seen: Observation | None = None,
        now: datetime,
    ) -> bool:
        """Keep the cause and return whether it still matters, or False when it was overtaken.

        ``retry_at`` None means final: the step is stuck. ``counts`` False: the outside is only at work.
        ``seen`` is what stands all the same.
        """
        step = self._in_flight(attempt)
        if step is None:
            return False
        step.cause, step.attempt_id = cause, None
        if self.intent is not attempt.target:
            return False
        step.retry_at, step.is_stuck = retry_at, retry_at is None
        if seen is not None:
            self._take_in_despite(step, attempt, seen, now)
        if not counts:
            # A new intent may have begun the count anew while this attempt was under way.
            step.attempts = max(0, step.attempts - 1)
        # A key that cannot be replaced, a seat that cannot be added: what was granted stays granted.
        if step.is_stuck and self.state is State.PROVISIONING and attempt.target is Intent.ON:
            self._move_to(State.FAILED)
        return True

    def _take_in_despite(self, step: StepRecord, attempt: Attempt, seen: Observation, now: datetime) -> None:
        """What is still in the making stays unknown; what was granted before serves on, with its fault."""
        serves = seen.standing in (Standing.ON, Standing.DIFFERS)
        if attempt.target is not Intent.ON:
            step.see(seen, now)
        elif serves and self.state in (State.GRANTED, State.FROZEN):
            step.see(differs("refused"), now)
            self._settle()

    def note_progress(self, attempt: Attempt, now: datetime) -> None:
        """Begin patience anew: what gets on is not given up."""
        step = self.step(attempt.step_name)
        step.attempts, step.begun_at = 1, now

    def _in_flight(self, attempt: Attempt) -> StepRecord | None:
        """Return the step if this attempt is the one in flight; else have the step looked at once more."""
        step = self.step(attempt.step_name)
        if step.attempt_id == attempt.attempt_id:
            return step
        step.overtaken_by(attempt.target)
        return None

    def begin_look(self, look_id: UUID) -> tuple[str, ...]:
        """Return the steps to look at: all of which something may stand outside, or should."""
        self.look_id = look_id
        is_wanted = self.intent is Intent.ON and self.state is not State.PLANNED
        return tuple(step.name for step in self.steps if step.may_stand_outside or is_wanted)

    def note_look(
        self, look_id: UUID, seen: Mapping[str, Observation], now: datetime, next_look_at: datetime
    ) -> list[Drift]:
        """Take in what was seen and return what has changed without us; nothing when it was overtaken."""
        if self.look_id != look_id:
            return []
        self.look_id, self.look_at = None, next_look_at
        drifts = [
            drift
            for step in self.steps
            if step.name in seen and (drift := take_in(step, seen[step.name], self.intent, now))
        ]
        self._follow_what_was_seen()
        return drifts

    def _follow_what_was_seen(self) -> None:
        """Tell nobody of access that is not there, and settle what turned out to be where it should be."""
        for step in self.steps:
            if step.is_stuck and self._is_reached(step):
                step.settle()
        if self.intent is Intent.ON and self.state is State.GRANTED:
            if any(step.standing is Standing.HELD for step in self.steps):
                self._move_to(State.FAILED)
            elif any(step.standing is Standing.ABSENT for step in self.steps):
                self._move_to(State.PROVISIONING)
        self._go_on()

    def _is_reached(self, step: StepRecord) -> bool:
        """Whether nothing is left to do for the intent at this step."""
        if step.skipped_because is not None:
            return True
        if self.intent is Intent.ON:
            return step.standing is Standing.ON
        if self.intent is Intent.FROZEN:
            return not (self.product.step(step.name).is_brake and step.may_be_on)
        return not step.may_stand_outside

    @property
    def _is_taken_away(self) -> bool:
        return all(not step.may_stand_outside or step.skipped_because is not None for step in self.steps)

    def _settle(self) -> None:
        """Bring the state in line with the steps, once the intent is reached."""
        if self.intent is Intent.OFF:
            self._let_go()
            if self._is_taken_away:
                self.look_at = None
                if self.state is State.REVOKING:
                    self._move_to(State.REVOKED)
        elif self.intent is Intent.FROZEN:
            is_begun = any(step.may_stand_outside for step in self.steps)
            if is_begun and all(self._is_reached(step) for step in self.steps):
                self._move_to(State.FROZEN)
        elif self.state is not State.FAILED and all(step.serves for step in self.steps):
            self._move_to(State.GRANTED)
        elif self.state is State.FROZEN and not any(self._is_braked(step) for step in self.steps):
            self._move_to(State.PROVISIONING)

    def _is_braked(self, step: StepRecord) -> bool:
        return self.product.step(step.name).is_brake and step.may_be_off

    def _let_go(self) -> None:
        """Leave what all partners share, and forget what went with its container."""
        standing = {step.name for step in self.steps if step.may_stand_outside}
        for step in self.steps:
            of_product = self.product.step(step.name)
            goes_with = of_product.inside is not None and of_product.inside not in standing
            if step.may_stand_outside and (of_product.stays or goes_with):
                step.see(ABSENT, step.seen_at)
                step.settle()

    def _move_to(self, target: State) -> None:
        if target is self.state:
            return
        if (self.state, target) not in ALLOWED_MOVES:
            raise MoveNotAllowed(self.state, target)
        self.untold.append((self.state, target))
        self.state = target
