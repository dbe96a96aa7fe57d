"""A grant for whoever may see it, its key and ways in for its partner; to others it is not there."""

from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.principals import Kind, current_principal
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.bootstrap import ProvisioningService
from provisioning.domain.grants import Grant
from provisioning.domain.orders import Member
from provisioning.domain.refusals import GrantNotFound
from provisioning.handlers.collect_credentials import collect_credentials
from provisioning.handlers.commands import CollectCredentials, FindWaysIn, RegisterPerson
from provisioning.handlers.ports import Credentials, WayIn
from provisioning.handlers.ways_in import find_ways_in, register_person


def visible_grant(work: ProvisioningUnitOfWork, grant_id: UUID) -> Grant:
    """The grant, for its partner and for operators; raises GrantNotFound."""
    grant, who = work.grants.get(grant_id), current_principal()
    if grant is None or not (who.may_read_all or who.name == str(grant.partner_id)):
        raise GrantNotFound
    return grant


def own_grant(grant_id: UUID) -> Grant:
    """The grant, if it is the visitor's; raises GrantNotFound."""
    with current_service(ProvisioningService).open_work() as work:
        grant = work.grants.get(grant_id)
    if grant is None or str(grant.partner_id) != current_principal().name:
        raise GrantNotFound
    return grant


def acting_partner() -> UUID | None:
    """The partner who asks, whose grants alone are found; None for an operator."""
    who = current_principal()
    return UUID(who.name) if who.kind is Kind.SUBJECT else None


def acting_name() -> str:
    """Who adds or removes, as it is kept with the device."""
    return "partner" if acting_partner() else current_principal().name


def collect_own_key(grant_id: UUID, visit: UUID | None = None, device_id: UUID | None = None) -> Credentials:
    """Hand out the key of the visitor's device; raises what `collect_credentials` does."""
    service, partner_id = current_service(ProvisioningService), UUID(current_principal().name)
    command = CollectCredentials(partner_id=partner_id, grant_id=grant_id, device_id=device_id, visit=visit)
    return collect_credentials(service.open_work, service.key_vault, command)


def ways_in_to(grant_id: UUID) -> list[tuple[Member, WayIn]]:
    """How the visitor's own people come in; raises what `find_ways_in` does."""
    service, partner_id = current_service(ProvisioningService), UUID(current_principal().name)
    command = FindWaysIn(grant_id=grant_id, partner_id=partner_id)
    return find_ways_in(service.open_work, service.locks, service.doors, command)


def own_registration(grant_id: UUID, member_id: UUID) -> str:
    """Raises what `register_person` does."""
    service, partner_id = current_service(ProvisioningService), UUID(current_principal().name)
    command = RegisterPerson(grant_id=grant_id, partner_id=partner_id, member_id=member_id)
    return register_person(service.open_work, service.locks, service.doors, command)
