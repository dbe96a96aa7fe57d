"""The key of a device is handed out once, and never lost."""

from uuid import uuid4

import pytest
from tests.unit.provisioning.conftest import ProvisioningInMemory

from chassis.failures import NotNow
from provisioning.handlers.commands import (
    GrantNotFound,
    NothingToCollect,
    collect_credentials,
    release_credentials,
)
from provisioning.handlers.ports import Credentials


def collect(provisioning: ProvisioningInMemory, partner_id: object, grant_id: object) -> Credentials:
    database, vault = provisioning.database, provisioning.vault
    return collect_credentials(database.open, vault, provisioning.clock, partner_id, grant_id)  # type: ignore[arg-type]


def test_the_key_is_handed_out_once(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.active("iot")
    grant_id = provisioning.grant(partner_id, "iot").grant_id
    assert collect(provisioning, partner_id, grant_id).private_key_pem == f"KEY of {grant_id}"
    with pytest.raises(NothingToCollect) as refused:
        collect(provisioning, partner_id, grant_id)
    assert refused.value.is_gone
    assert provisioning.vault.reads == 1


def test_an_ill_vault_burns_nothing(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.active("iot")
    grant_id = provisioning.grant(partner_id, "iot").grant_id
    provisioning.vault.error = NotNow("unreachable", "No answer.")
    with pytest.raises(NotNow):
        collect(provisioning, partner_id, grant_id)
    provisioning.vault.error = None
    assert collect(provisioning, partner_id, grant_id)


def test_of_two_requests_at_a_time_one_gets_the_key(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.active("iot")
    grant_id = provisioning.grant(partner_id, "iot").grant_id
    read = provisioning.vault.read

    def read_while_another_collects(*arguments: object) -> Credentials:
        provisioning.vault.read = read  # type: ignore[method-assign]
        collect(provisioning, partner_id, grant_id)
        return read(*arguments)  # type: ignore[arg-type]

    provisioning.vault.read = read_while_another_collects  # type: ignore[method-assign]
    with pytest.raises(NothingToCollect):
        collect(provisioning, partner_id, grant_id)


def test_an_operator_releases_a_key_whose_answer_was_lost(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.active("iot")
    grant_id = provisioning.grant(partner_id, "iot").grant_id
    collect(provisioning, partner_id, grant_id)
    with provisioning.database.open() as work:
        release_credentials(work, grant_id)
    assert collect(provisioning, partner_id, grant_id)


def test_another_partner_does_not_learn_that_the_grant_is_there(provisioning: ProvisioningInMemory) -> None:
    grant = provisioning.grant(provisioning.active("iot"), "iot")
    with pytest.raises(GrantNotFound):
        collect(provisioning, uuid4(), grant.grant_id)


def test_there_is_nothing_to_collect_of_a_product_without_a_key(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.active("crm")
    with pytest.raises(NothingToCollect) as refused:
        collect(provisioning, partner_id, provisioning.grant(partner_id, "crm").grant_id)
    assert not refused.value.is_gone
