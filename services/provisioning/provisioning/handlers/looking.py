"""Observes everything that exists of a grant, and reports what others have changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from provisioning.domain.grants import Grant
from provisioning.domain.looks import begin_look, note_look
from provisioning.domain.orders import GrantOrder
from provisioning.domain.partners import Partner
from provisioning.domain.standings import Observation
from provisioning.handlers.bringing import look_at_each
from provisioning.handlers.emit import emit_drift, save_and_emit
from provisioning.handlers.ports import Outputs, Step, Work
from provisioning.handlers.seating import let_go_of_people, order_to_let_go


@dataclass(frozen=True)
class LookCall:
    """One look, with all that it needs; ``outputs`` of each step that is looked at."""

    look_id: UUID
    order: GrantOrder
    outputs: Mapping[str, Outputs]
    leaving_step: str | None = None
    order_to_let_go: GrantOrder | None = None

    def look(self, steps: Mapping[str, Step]) -> "Look":
        others = {name: known for name, known in self.outputs.items() if name != self.leaving_step}
        seen = look_at_each(steps, self.order, others)
        if self.leaving_step in self.outputs and self.order_to_let_go is not None:
            leaving = {name: known for name, known in self.outputs.items() if name == self.leaving_step}
            seen |= look_at_each(steps, self.order_to_let_go, leaving)
        return Look(seen)


@dataclass(frozen=True)
class Look:
    """What was seen, by step; those that could not be seen are missing."""

    seen: Mapping[str, Observation]


def begin_looking(work: Work, partner: Partner, grant: Grant) -> LookCall:
    """Record the look; to be committed before it is made."""
    look_id = uuid7()
    step_names = begin_look(grant, look_id)
    work.grants.save(grant)
    elsewhere = work.seats.elsewhere(grant, partner.members) if grant.people_step else {}
    return LookCall(
        look_id,
        partner.order_for(grant, elsewhere),
        {name: grant.outputs_for(name) for name in step_names},
        grant.product.leaving_step,
        order_to_let_go(work, partner, grant) if grant.is_letting_go else None,
    )


def note_what_was_seen(
    work: Work, grant: Grant, call: LookCall, look: Look, next_look_at: Callable[[Work, Grant], datetime]
) -> None:
    """Report differences and continue from there; look again soon if it was incomplete."""
    if grant.look_id != call.look_id:
        return
    is_whole = len(look.seen) == len(call.outputs)
    grant.looks_missed = 0 if is_whole else grant.looks_missed + 1
    grant.look_at = next_look_at(work, grant)
    for drift in note_look(grant, call.look_id, look.seen, work.now()):
        emit_drift(work, grant, drift)
    save_and_emit(work, grant)
    let_go_of_people(work, grant)
