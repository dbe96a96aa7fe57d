"""Who has a seat of a grant: counted early and given up late, so that nobody takes too much away."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from chassis.database.outside_calls import Hold
from provisioning.domain.attempts import Attempt
from provisioning.domain.former_people import former_person_id_of
from provisioning.domain.grant_states import Intent
from provisioning.domain.grants import Grant
from provisioning.domain.moves import Move
from provisioning.domain.orders import GrantOrder, Member, OtherSeat
from provisioning.domain.partners import Leaver, Partner
from provisioning.handlers.outcomes import Outcome
from provisioning.handlers.ports import Work


def holds_people(hold: Hold, partner: Partner, grant: Grant) -> bool:
    """Hold every person of the partner in this product, or return False: nobody waits for the other."""
    members = (*partner.members, *(leaver.member for leaver in partner.leavers))
    people = {
        person for member in members for person in (member.person_id, former_person_id_of(member.email))
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


def order_to_let_go(work: Work, partner: Partner, grant: Grant) -> GrantOrder:
    """What the step needs to know by which people leave, with what they have of other partners."""
    leavers = [leaver.member for leaver in partner.leavers]
    return partner.order_to_let_go(grant, work.seats.elsewhere(grant, leavers))


def note_seats(work: Work, grant: Grant, attempt: Attempt, outcome: Outcome) -> None:
    if attempt.step_name == grant.product.leaving_step and outcome.reaches(attempt.target):
        work.seats.release_left(grant)
    if attempt.step_name != grant.product.people_step:
        return
    if attempt.target is Intent.ON:
        work.seats.note_made(grant, outcome.seated)
        if outcome.seated:
            # Also where somebody else was refused, so that it is not granted yet.
            grant.begin_lease(work.now())
    elif outcome.reaches(attempt.target):
        _let_go(work, grant, attempt.target)


def let_go_again(work: Work, partner: Partner, grant: Grant, members: Iterable[Member]) -> None:
    """Have taken away what a late attempt may have made for people who are gone by now."""
    pending = {leaver.member.member_id for leaver in partner.leavers}
    gone = [one for one in members if one.member_id in partner.members_removed - pending]
    if not gone:
        return
    work.seats.claim(grant, gone)
    for member in gone:
        grant_ids = work.seats.leave(partner.partner_id, member.member_id)
        partner.leavers = (*partner.leavers, Leaver(member, frozenset(grant_ids)))
    work.partners.save(partner)
    grant.let_go()


def let_go_of_people(work: Work, grant: Grant) -> None:
    """Count nobody's seat any more that was seen gone, or is left as it stands."""
    step = grant.people_step
    if step is not None and (not step.may_stand_outside or step.skipped_because is not None):
        _let_go(work, grant, grant.intent)
    if grant.leaving is not None and (not grant.is_letting_go or grant.leaving.skipped_because is not None):
        work.seats.release_left(grant)


def _let_go(work: Work, grant: Grant, target: Intent) -> None:
    if target is Intent.OFF:
        work.seats.release(grant)
    elif target is Intent.FROZEN:
        work.seats.switch(grant, is_on=False)
