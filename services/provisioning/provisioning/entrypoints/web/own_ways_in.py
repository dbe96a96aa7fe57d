"""How the visitor's own people come in: nobody learns of, or registers, somebody else's."""

from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.principals import current_principal
from provisioning.bootstrap import ProvisioningService
from provisioning.domain.orders import Member
from provisioning.handlers.commands import FindWaysIn, RegisterPerson
from provisioning.handlers.ports import WayIn
from provisioning.handlers.ways_in import find_ways_in, register_person


def ways_in_to(grant_id: UUID) -> list[tuple[Member, WayIn]]:
    """Raises what `find_ways_in` does."""
    service = current_service(ProvisioningService)
    partner_id = UUID(current_principal().name)
    command = FindWaysIn(grant_id=grant_id, partner_id=partner_id)
    return find_ways_in(service.open_work, service.locks, service.doors, command)


def own_registration(grant_id: UUID, member_id: UUID) -> str:
    """Raises what `register_person` does."""
    service = current_service(ProvisioningService)
    partner_id = UUID(current_principal().name)
    command = RegisterPerson(grant_id=grant_id, partner_id=partner_id, member_id=member_id)
    return register_person(service.open_work, service.locks, service.doors, command)
