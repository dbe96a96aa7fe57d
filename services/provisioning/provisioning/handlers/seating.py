"""Who has a seat of a grant: counted early and given up late, so that nobody takes too much away."""

from collections.abc import Mapping
from uuid import UUID

from chassis.database.outside_calls import Hold
from provisioning.domain.attempts import Attempt
from provisioning.domain.former_people import former_person_id_of
from provisioning.domain.grant_states import Intent
from provisioning.domain.grants import Grant
from provisioning.domain.moves import Move
from provisioning.domain.orders import OtherSeat
from provisioning.domain.partners import Partner
from provisioning.handlers.outcomes import Outcome
from provisioning.handlers.ports import Work


def holds_people(hold: Hold, partner: Partner, grant: Grant) -> bool:
    """Hold every person of the partner in this product, or return False: nobody waits for the other."""
    people = {
        person
        for member in partner.members
        for person in (member.person_id, former_person_id_of(member.email))
    }
    return hold.try_also([f"person:{grant.product_name}:{one}" for one in people])


def claim_seats(
    work: Work, partner: Partner, grant: Grant, move: Move
) -> Mapping[UUID, tuple[OtherSeat, ...]]:
    """Have other grants know of the people before the outside does; return what the people have of those."""
    work.seats.claim(grant, partner.members)
    if move.target is Intent.ON and move.step.may_be_off:
        work.seats.switch(grant, is_on=True)
    return work.seats.elsewhere(grant, partner.members)


def note_seats(work: Work, grant: Grant, attempt: Attempt, outcome: Outcome) -> None:
    if attempt.step_name != grant.product.people_step:
        return
    if attempt.target is Intent.ON:
        work.seats.note_made(grant, outcome.seated)
        if outcome.seated:
            # Also where somebody else was refused, so that it is not granted yet.
            grant.begin_lease(work.now())
    elif outcome.reaches(attempt.target):
        _let_go(work, grant, attempt.target)


def let_go_of_people(work: Work, grant: Grant) -> None:
    """Count nobody's seat any more that was seen gone, or is left as it stands."""
    step = grant.people_step
    if step is not None and (not step.may_stand_outside or step.skipped_because is not None):
        _let_go(work, grant, grant.intent)


def _let_go(work: Work, grant: Grant, target: Intent) -> None:
    if target is Intent.OFF:
        work.seats.release(grant)
    elif target is Intent.FROZEN:
        work.seats.switch(grant, is_on=False)
