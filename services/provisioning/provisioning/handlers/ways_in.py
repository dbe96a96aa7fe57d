"""How a partner's people sign in to a product: looked up on request, stored nowhere."""

from collections.abc import Mapping
from uuid import UUID

from chassis.database.outside_calls import Locks
from chassis.failures import Kind, NotNow
from provisioning.domain.grant_states import State
from provisioning.domain.orders import GrantOrder, Member
from provisioning.domain.refusals import NoWayIn
from provisioning.handlers.commands import FindWaysIn, RegisterPerson
from provisioning.handlers.grants import find_grant
from provisioning.handlers.ports import Door, OpenWork, Outputs, WayIn


def find_ways_in(
    open_work: OpenWork, locks: Locks, doors: Mapping[str, Door], command: FindWaysIn
) -> list[tuple[Member, WayIn]]:
    """Return how each person of the grant signs in, and whether they have.

    Blocks on the external system, once at a time for a grant: reloading the page must not exhaust its rate
    limit, nor all threads. Raises GrantNotFound, NoWayIn, NotNow, NeverPossible.
    """
    order, outputs, door = _granted(open_work, doors, command.grant_id, command.partner_id)
    with locks.try_hold(f"ways-in:{command.grant_id}") as hold:
        if hold is None:
            raise NotNow("look_under_way", "It is being looked up already: try again.", kind=Kind.CONFLICT)
        return list(zip(order.members, door.ways_in(order, outputs), strict=True))


def register_person(
    open_work: OpenWork, locks: Locks, doors: Mapping[str, Door], command: RegisterPerson
) -> str:
    """Return a new address at which only this person can register; older ones expire.

    The grant is locked meanwhile, so that nobody gets a seat that is being removed. It is not stored: if it
    is lost, another one has to be requested. Blocks. Raises what `find_ways_in` does.
    """
    grant_id, partner_id = command.grant_id, command.partner_id
    with locks.try_hold(f"grant:{grant_id}") as hold:
        if hold is None:
            raise NotNow("grant_at_work", "Something is being changed here: try again.", kind=Kind.CONFLICT)
        order, outputs, door = _granted(open_work, doors, grant_id, partner_id)
        member = next((one for one in order.members if one.member_id == command.member_id), None)
        if member is None:
            raise NoWayIn("person_unknown", "This person has no seat in the product.")
        with open_work() as work:
            work.note_act(str(partner_id), "registration address", f"{grant_id} for {member.member_id}")
        return door.registration_address(order, outputs, member)


def _granted(
    open_work: OpenWork, doors: Mapping[str, Door], grant_id: UUID, partner_id: UUID
) -> tuple[GrantOrder, Outputs, Door]:
    with open_work() as work:
        partner, grant = find_grant(work, grant_id, partner_id)
        door = doors.get(grant.product_name)
        if door is None or grant.state is not State.GRANTED:
            raise NoWayIn("no_way_in", "Nobody signs in to this product, or not now.")
        return partner.order_for(grant), dict(grant.outputs), door
