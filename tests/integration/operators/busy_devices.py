"""Devices and claims of a grant in every state that a page shows."""

from dataclasses import replace
from uuid import UUID, uuid4

from tests.integration.operators.busy_day import STRANGE
from tests.integration.operators.conftest import Services
from tests.integration.operators.test_grants_and_mails import collected
from tests.unit.provisioning.fake_outside import Mishap

from chassis.failures import NeverPossible
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.handlers.commands import AddDevice, MakeClaim, RevokeClaim
from provisioning.handlers.device_claims import make_claim, revoke_claim
from provisioning.handlers.devices import add_device

QUOTA = 6


def busy_devices(services: Services, partner_id: UUID) -> str:
    """The path of a device with a key: others are stuck and wait; a claim is open, another revoked."""
    provisioning = services.provisioning
    grant, facts = provisioning.grant(partner_id, "iot"), {"device_quota": QUOTA}
    with provisioning.service.open_work() as work:
        changed = {"parameters": {**grant.parameters, **facts}, "outputs": {**grant.outputs, **facts}}
        work.grants.save(replace(grant, **changed))
        device_id = _add(work, grant.grant_id, STRANGE)
    provisioning.work_off()
    assert collected(services, partner_id, str(grant.grant_id), device_id) == 200
    refusal = Mishap(NeverPossible("refused", "There are too many things: " + "quota/" * 30))
    provisioning.outside.will("apply", "iot_certificate", refusal)
    with provisioning.service.open_work() as work:
        _add(work, grant.grant_id, "Presse 7")
    provisioning.work_off()
    with provisioning.service.open_work() as work:
        _add(work, grant.grant_id, "Presse 8")
        _claim(work, grant.grant_id, "Säge " * 19)
        found = _claim(work, grant.grant_id, STRANGE)
        revoke_claim(work, RevokeClaim(grant_id=grant.grant_id, claim_id=found))
    provisioning.work_off()
    devices = provisioning.grant(partner_id, "iot").devices
    assert [one.name for one in devices if any(step.cause for step in one.steps)] == ["Presse 7"]
    return f"/grants/{grant.grant_id}/devices/{device_id}"


def _add(work: ProvisioningUnitOfWork, grant_id: UUID, name: str) -> UUID:
    device_id = uuid4()
    add_device(work, AddDevice(grant_id=grant_id, device_id=device_id, name=name, by="partner"))
    return device_id


def _claim(work: ProvisioningUnitOfWork, grant_id: UUID, name_prefix: str) -> UUID:
    command = MakeClaim(
        grant_id=grant_id,
        claim_id=uuid4(),
        name_prefix=name_prefix,
        places=2,
        valid_hours=24,
        by="partner",
    )
    return make_claim(work, command)[1].claim_id
