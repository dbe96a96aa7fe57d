"""A grant for whoever may see it, and its key for its partner; to others it is not there."""

from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.principals import current_principal
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.bootstrap import ProvisioningService
from provisioning.domain.grants import Grant
from provisioning.domain.refusals import GrantNotFound
from provisioning.handlers.collect_credentials import collect_credentials
from provisioning.handlers.commands import CollectCredentials
from provisioning.handlers.ports import Credentials


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


def collect_own_key(grant_id: UUID, visit: UUID | None = None, device_id: UUID | None = None) -> Credentials:
    """Hand out the key of the visitor's device; raises what `collect_credentials` does."""
    service = current_service(ProvisioningService)
    partner_id = UUID(current_principal().name)
    command = CollectCredentials(partner_id=partner_id, grant_id=grant_id, device_id=device_id, visit=visit)
    return collect_credentials(service.open_work, service.key_vault, command)
