"""A grant: one product for one partner, brought to its intent step by step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from provisioning.domain.devices import Device
from provisioning.domain.grant_states import ALLOWED_MOVES, Intent, MoveNotAllowed, State
from provisioning.domain.handed_out_keys import HandsOutKey
from provisioning.domain.leases import FrozenFor, Lease, LeaseTerms
from provisioning.domain.moves import Move, moves_towards
from provisioning.domain.products import EntryKey, Product, kind_and_device
from provisioning.domain.settling import is_taken_away, settle
from provisioning.domain.standings import Standing
from provisioning.domain.steps import Outdated, StepRecord


@dataclass(kw_only=True)
class Grant(HandsOutKey):
    """One product for one partner, or one of several, distinguished by the name of the catalogue entry.

    The intent says what is wanted, the steps what may exist outside, the state what is reported. ``steps``
    are those of the plan, followed by those of each of its ``devices``, which do not affect whether it is
    granted. ``outputs`` are facts noted by steps: ids and names, never a secret. ``frozen_for`` is why it is
    switched off while it is wanted; ``lease`` runs from when somebody first had it. ``was_granted``: it was
    reported as granted before. ``look_at`` is when to observe next, ``look_id`` the look in progress,
    ``looks_missed`` how many looks in a row were incomplete. ``gives_back``: an operator has the next look
    restore what somebody else switched off. ``is_forced``: an operator has everything removed, whatever holds
    it. ``leaving`` removes what people have who leave, whatever the intent; None until one did. ``untold``
    are the moves since it was read, for the code that emits them.
    """

    grant_id: UUID
    partner_id: UUID
    product: Product
    is_required: bool
    parameters: Mapping[str, Any]
    steps: list[StepRecord]
    entry_name: str = ""
    state: State = State.PLANNED
    intent: Intent = Intent.ON
    outputs: dict[str, Any] = field(default_factory=dict)
    collected_at: datetime | None = None
    collected_by_visit: UUID | None = None
    waiver_reason: str | None = None
    frozen_for: frozenset[FrozenFor] = frozenset()
    lease: Lease | None = None
    was_granted: bool = False
    is_forced: bool = False
    look_at: datetime | None = None
    look_id: UUID | None = None
    looks_missed: int = 0
    gives_back: bool = False
    leaving: StepRecord | None = None
    devices: list[Device] = field(default_factory=list)
    untold: list[tuple[State, State]] = field(default_factory=list, repr=False)

    @property
    def product_name(self) -> str:
        return self.product.name

    @property
    def key(self) -> EntryKey:
        return self.product_name, self.entry_name

    @property
    def identifiers(self) -> dict[str, str]:
        """Shown to the partner, with the name that distinguishes it from others of the product."""
        named = {"entry_name": self.entry_name} if self.entry_name else {}
        return {**named, **self.product.identifiers_in(self.outputs)}

    @property
    def _has_key(self) -> bool:
        is_there = self.product.is_collectable(self.outputs)
        return self.is_usable and is_there and all(step.standing is Standing.ON for step in self.own_steps)

    @property
    def _key_step(self) -> StepRecord:
        return self.step(str(self.product.key_step))

    @property
    def own_steps(self) -> list[StepRecord]:
        """Those of the plan, without those of further devices."""
        return [step for step in self.steps if self.device_of(step.name) is None]

    def device_of(self, step_name: str) -> Device | None:
        """The further device that a step is for."""
        if not self.devices:
            return None
        _, key = kind_and_device(step_name)
        return next((device for device in self.devices if device.key == key), None)

    def target_of(self, step: StepRecord) -> Intent:
        """The intent for one step: a removed device goes, whatever the intent of the grant."""
        if step is self.leaving:
            return Intent.OFF
        device = self.device_of(step.name)
        return self.intent if device is None or device.is_wanted else Intent.OFF

    def outputs_for(self, step_name: str) -> dict[str, Any]:
        """The facts that a step may use; each device has its own."""
        device = self.device_of(step_name)
        return dict(self.outputs) if device is None else self.outputs_of(device)

    def outputs_of(self, device: Device) -> dict[str, Any]:
        shared = self.product.devices.shared_facts if self.product.devices else ()
        return {name: self.outputs[name] for name in shared if name in self.outputs} | device.outputs

    def note(self, step_name: str, facts: Mapping[str, Any]) -> None:
        (self.device_of(step_name) or self).outputs.update(facts)

    @property
    def device_quota(self) -> int:
        """How many devices it may have, including the first."""
        devices = self.product.devices
        return int(self.parameters.get(devices.quota, 1)) if devices else 0

    def add_device(self, device: Device) -> None:
        self.devices.append(device)
        self.steps.extend(device.steps)

    def forget_device(self, device: Device) -> None:
        gone = {step.name for step in device.steps}
        self.devices.remove(device)
        self.steps = [step for step in self.steps if step.name not in gone]

    @property
    def leaves_nothing_outside(self) -> bool:
        """Whether it is over and nothing exists except what was left on purpose."""
        is_over = self.state in (State.REVOKED, State.CANCELLED, State.WAIVED)
        return is_over and is_taken_away(self)

    @property
    def all_steps(self) -> list[StepRecord]:
        return [*self.steps, self.leaving] if self.leaving else self.steps

    def step(self, name: str) -> StepRecord:
        return next(step for step in self.all_steps if step.name == name)

    @property
    def stuck_step(self) -> StepRecord | None:
        return next((step for step in self.all_steps if step.is_stuck), None)

    @property
    def is_letting_go(self) -> bool:
        """Whether a person who leaves may still have something of it."""
        return self.leaving is not None and self.leaving.may_stand_outside

    @property
    def has_failed(self) -> bool:
        """Whether a step is stuck that it needs to be granted."""
        return any(step.is_stuck for step in self.own_steps)

    @property
    def people_step(self) -> StepRecord | None:
        return next((step for step in self.steps if step.name == self.product.people_step), None)

    @property
    def account_brakes(self) -> list[StepRecord]:
        """The brakes on the account itself, where there is one."""
        inside = self.product.account_step
        return [self.step(one.name) for one in self.product.plan if one.is_brake and one.inside == inside]

    @property
    def may_stand_outside(self) -> bool:
        return any(step.may_stand_outside for step in self.all_steps)

    @property
    def waits_for_approval(self) -> bool:
        """Whether an operator has to decide before anything of it is created."""
        return FrozenFor.APPROVAL in self.frozen_for and self.is_wanted

    @property
    def is_wanted(self) -> bool:
        return self.intent is not Intent.OFF

    @property
    def is_usable(self) -> bool:
        """Whether people have it, and nothing is about to remove it."""
        return self.state is State.GRANTED and self.intent is Intent.ON

    @property
    def holds_up_people(self) -> bool:
        """Whether people who join are told about their access only once this grant has moved on.

        One that is not required does not hold them up while it fails, nor does one that is off for a
        reason of its own, or waits for an operator: only a suspension holds up everybody.
        """
        if self.frozen_for:
            return FrozenFor.SUSPENSION in self.frozen_for
        if self.state is State.FROZEN:
            return not self.has_failed
        is_in_trouble = any(step.attempts and step.retry_at for step in self.own_steps)
        is_coming = self.state in (State.PLANNED, State.PROVISIONING)
        return is_coming and (self.is_required or not is_in_trouble)

    @property
    def is_seating(self) -> bool:
        """Whether seats are being created for people beside those that exist."""
        step = self.people_step
        is_at_it = step is not None and step.standing is Standing.DIFFERS and not step.is_stuck
        return self.is_usable and is_at_it

    @property
    def is_making(self) -> bool:
        """Whether it is on its way to being granted, as opposed to being switched off or removed."""
        return self.intent is Intent.ON and self.state in (State.PROVISIONING, State.FAILED, State.GRANTED)

    @property
    def is_settled(self) -> bool:
        """Whether the reported state was reached, so that only looks reveal changes from now on."""
        return self.state in (State.GRANTED, State.FROZEN) or self.stuck_step is not None

    def moves(self) -> list[Move]:
        """Return what the intent requires and nothing holds up, the most urgent first.

        Empty: nothing is left to do, or an operator is needed.
        """
        as_wanted = {step.name for step in self.steps if self.target_of(step) is self.intent}
        removed = [step for step in self.steps if step.name not in as_wanted]
        others = [step for step in self.steps if step.name in as_wanted]
        moves = [
            *moves_towards(Intent.OFF, self.product, removed, is_forced=False),
            *moves_towards(self.intent, self.product, others, is_forced=self.is_forced),
        ]
        if removed:
            moves.sort(key=self._waits_for_brakes)
        if self.leaving is None or not self.is_letting_go or self.leaving.is_left_alone:
            return moves
        return [Move(Intent.OFF, self.leaving), *moves]

    def _waits_for_brakes(self, move: Move) -> bool:
        return move.target is Intent.ON or not self.product.step(move.step.name).is_brake

    def freeze(self, why: FrozenFor) -> bool:
        """Have it switched off; return whether that is new."""
        self.frozen_for |= {why}
        return self.want(Intent.FROZEN)

    def unfreeze(self, why: FrozenFor) -> bool:
        """Have it switched on, unless another reason keeps it off; return whether it will be."""
        self.frozen_for -= {why}
        return not self.frozen_for and self.want(Intent.ON)

    def begin_lease(self, now: datetime) -> None:
        """Start its lease, if it has one that has not begun."""
        terms = LeaseTerms.in_parameters(self.parameters)
        if terms is not None and self.lease is None:
            self.lease = Lease.begin(terms, now)

    def want(self, intent: Intent) -> bool:
        """Change the intent and return True; return False if it is unchanged or too late.

        What no step has begun is cancelled at once. A revocation is final.
        """
        if intent is self.intent or self.intent is Intent.OFF:
            return False
        self.aim_at(intent)
        if intent is Intent.OFF:
            self.move_to(State.REVOKING if self.may_stand_outside else State.CANCELLED)
        settle(self)
        return True

    def aim_at(self, intent: Intent) -> None:
        self.intent = intent
        for step in self.all_steps:
            step.start_over()
            step.skipped_because = None
        for step in self.steps:
            # Resuming a partner does not restore what somebody else switched off.
            if step.standing is Standing.HELD and self.target_of(step) is Intent.ON:
                step.leave_held()
            elif intent is Intent.OFF:
                step.doubt()

    def widen(self) -> bool:
        """Have the people's step applied for all people again; return whether it will.

        Those who have a seat keep it, whatever becomes of the new one. A step that failed before anybody had
        a seat waits for an operator, and includes the new people then.
        """
        step = self.people_step
        if step is None or self.intent is Intent.OFF:
            return False
        step.outdate(Outdated.PEOPLE_JOINED)
        if step.is_stuck and step.serves and self.intent is Intent.ON:
            step.start_over()
        return step.may_stand_outside

    def let_go(self) -> None:
        """Have the access of a person who leaves removed first, and the others observed again.

        A step that waited for an operator because of people may succeed without this one.
        """
        self.leaving = self.leaving or StepRecord(name=str(self.product.leaving_step))
        self.leaving.standing = Standing.UNKNOWN
        self.leaving.settle()
        self.leaving.skipped_because = None
        step = self.people_step
        if step is not None and self.intent is not Intent.OFF:
            step.outdate(Outdated.PEOPLE_LEFT)
            if step.is_stuck and step.standing is not Standing.HELD and self.intent is Intent.ON:
                step.start_over()
        settle(self)

    def tell_contact(self) -> None:
        """Have external systems updated with the present contact."""
        for name in self.product.contact_steps:
            step = self.step(name)
            step.outdate(Outdated.CONTACT_CHANGED)
            if step.is_stuck and step.serves:
                step.start_over()

    def replace_key(self, *, keeps_old: bool = False, revokes: bool = False) -> None:
        """Raises MoveNotAllowed unless it is granted."""
        self.refuse_unless_usable()
        super().replace_key(keeps_old=keeps_old, revokes=revokes)

    def refuse_unless_usable(self) -> None:
        """Raises MoveNotAllowed."""
        if not self.is_usable:
            raise MoveNotAllowed(self.state, State.GRANTED)

    def look_by(self, at: datetime) -> None:
        self.look_at = min(self.look_at or at, at)

    def move_to(self, target: State) -> None:
        if target is self.state:
            return
        if (self.state, target) not in ALLOWED_MOVES:
            raise MoveNotAllowed(self.state, target)
        self.untold.append((self.state, target))
        self.state = target
