"""The key of a device is handed out once, and never lost."""

from uuid import UUID, uuid4

import pytest
from tests.unit.provisioning.conftest import ProvisioningInMemory
from tests.unit.provisioning.fake_outside import Mishap

from chassis.failures import NeverPossible, NotNow
from provisioning.domain.grant_states import MoveNotAllowed, State
from provisioning.domain.refusals import GrantNotFound, NothingToCollect
from provisioning.handlers.collect_credentials import (
    collect_credentials,
    release_credentials,
    revoke_key,
    rotate_key,
)
from provisioning.handlers.commands import (
    CollectCredentials,
    ReleaseCredentials,
    RetryGrant,
    RevokeKey,
    RotateKey,
)
from provisioning.handlers.grants import retry_grant
from provisioning.handlers.ports import Credentials


def collect(
    provisioning: ProvisioningInMemory, partner_id: UUID, grant_id: UUID, visit: UUID | None = None
) -> Credentials:
    database, vault = provisioning.database, provisioning.vault
    command = CollectCredentials(partner_id=partner_id, grant_id=grant_id, visit=visit)
    return collect_credentials(database.open, vault, command)


def test_the_key_is_handed_out_once(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.active("iot")
    grant_id = provisioning.grant(partner_id, "iot").grant_id
    assert collect(provisioning, partner_id, grant_id).private_key_pem == f"KEY of {grant_id}"
    with pytest.raises(NothingToCollect) as refused:
        collect(provisioning, partner_id, grant_id)
    assert refused.value.is_gone
    assert provisioning.vault.reads == 1


def test_a_second_click_on_the_same_page_gets_the_same_key(provisioning: ProvisioningInMemory) -> None:
    """For half a minute, and for that showing of the page only."""
    partner_id = provisioning.active("iot")
    grant_id = provisioning.grant(partner_id, "iot").grant_id
    visit = uuid4()
    first = collect(provisioning, partner_id, grant_id, visit)
    provisioning.later(29)
    assert collect(provisioning, partner_id, grant_id, visit) == first
    for another in (uuid4(), None):
        with pytest.raises(NothingToCollect, match="already_collected"):
            collect(provisioning, partner_id, grant_id, another)
    provisioning.later(1)
    with pytest.raises(NothingToCollect, match="already_collected"):
        collect(provisioning, partner_id, grant_id, visit)


def test_without_a_page_there_is_no_second_time(provisioning: ProvisioningInMemory) -> None:
    partner_id, grant_id, _ = handed_out(provisioning)
    with pytest.raises(NothingToCollect, match="already_collected"):
        collect(provisioning, partner_id, grant_id, None)


@pytest.mark.parametrize("meanwhile", ["suspended", "offboarding_started", "released"])
def test_a_second_click_gets_nothing_of_what_was_taken_away(
    provisioning: ProvisioningInMemory, meanwhile: str
) -> None:
    partner_id = provisioning.active("iot")
    grant_id = provisioning.grant(partner_id, "iot").grant_id
    visit = uuid4()
    first = collect(provisioning, partner_id, grant_id, visit)
    if meanwhile == "released":
        release(provisioning, grant_id)
    else:
        provisioning.hear(meanwhile, {"partner_id": partner_id})
    with pytest.raises(NothingToCollect):
        collect(provisioning, partner_id, grant_id, visit)
    provisioning.run()
    if meanwhile == "released":
        assert collect(provisioning, partner_id, grant_id, visit) != first
        return
    with pytest.raises(NothingToCollect):
        collect(provisioning, partner_id, grant_id, visit)


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


def release(provisioning: ProvisioningInMemory, grant_id: UUID) -> None:
    provisioning.do(release_credentials, ReleaseCredentials(grant_id))


def handed_out(provisioning: ProvisioningInMemory) -> tuple[UUID, UUID, str]:
    partner_id = provisioning.active("iot")
    grant_id = provisioning.grant(partner_id, "iot").grant_id
    return partner_id, grant_id, collect(provisioning, partner_id, grant_id).private_key_pem


def test_a_second_time_another_key_is_handed_out(provisioning: ProvisioningInMemory) -> None:
    partner_id, grant_id, first = handed_out(provisioning)
    release(provisioning, grant_id)
    assert provisioning.grant(partner_id, "iot").state is State.GRANTED
    with pytest.raises(NothingToCollect) as early:
        collect(provisioning, partner_id, grant_id)
    assert not early.value.is_gone
    provisioning.run()
    second = collect(provisioning, partner_id, grant_id).private_key_pem
    assert second != first
    release(provisioning, grant_id)
    provisioning.run()
    assert collect(provisioning, partner_id, grant_id).private_key_pem not in {first, second}
    granted = provisioning.data_of("access.granted")
    assert [data["identifiers"]["certificate_id"] for data in granted] == [
        "cert-1",
        "after-cert-1",
        "after-after-cert-1",
    ]
    assert all(data["collectable"] for data in granted)


def test_a_key_that_was_not_collected_is_not_replaced(provisioning: ProvisioningInMemory) -> None:
    partner_id, grant_id, _ = handed_out(provisioning)
    release(provisioning, grant_id)
    for _ in range(2):
        with pytest.raises(NothingToCollect, match="not_collected"):
            release(provisioning, grant_id)
        provisioning.run()
    assert provisioning.outside.calls.count(("apply", "iot_certificate")) == 2
    assert collect(provisioning, partner_id, grant_id)


def test_a_key_is_replaced_only_while_its_grant_is_granted(provisioning: ProvisioningInMemory) -> None:
    partner_id, grant_id, _ = handed_out(provisioning)
    provisioning.after("suspended", partner_id)
    with pytest.raises(MoveNotAllowed):
        release(provisioning, grant_id)


def test_a_key_that_is_being_replaced_while_another_reads_it_is_not_handed_out(
    provisioning: ProvisioningInMemory,
) -> None:
    partner_id = provisioning.active("iot")
    grant_id = provisioning.grant(partner_id, "iot").grant_id
    read = provisioning.vault.read

    def read_while_it_is_replaced(*arguments: object) -> Credentials:
        provisioning.vault.read = read  # type: ignore[method-assign]
        old = read(*arguments)  # type: ignore[arg-type]
        collect(provisioning, partner_id, grant_id)
        release(provisioning, grant_id)
        provisioning.run()
        return old

    provisioning.vault.read = read_while_it_is_replaced  # type: ignore[method-assign]
    with pytest.raises(NothingToCollect, match="key_replaced"):
        collect(provisioning, partner_id, grant_id)
    assert collect(provisioning, partner_id, grant_id).private_key_pem.endswith("after cert-1")


def test_a_key_that_cannot_be_replaced_waits_for_an_operator(provisioning: ProvisioningInMemory) -> None:
    partner_id, grant_id, first = handed_out(provisioning)
    refusal = Mishap(NeverPossible("limit", "Too many certificates."))
    provisioning.outside.will("apply", "iot_certificate", refusal)
    release(provisioning, grant_id)
    provisioning.run()
    grant = provisioning.grant(partner_id, "iot")
    assert grant.state is State.GRANTED
    assert grant.stuck_step
    assert provisioning.database.events[-1].name == "access.failed"
    provisioning.do(retry_grant, RetryGrant(grant_id))
    provisioning.run()
    assert collect(provisioning, partner_id, grant_id).private_key_pem != first


@pytest.mark.parametrize("heard", ["suspended", "offboarding_started"])
@pytest.mark.parametrize("after_the_work", [False, True])
def test_whoever_is_switched_off_meanwhile_is_switched_off(
    provisioning: ProvisioningInMemory, heard: str, after_the_work: bool
) -> None:
    partner_id, grant_id, first = handed_out(provisioning)
    ill = Mishap(NotNow("throttled", "Slow down."), after_the_work=after_the_work)
    provisioning.outside.will("apply", "iot_certificate", ill)
    release(provisioning, grant_id)
    provisioning.after(heard, partner_id)
    with pytest.raises(NothingToCollect):
        collect(provisioning, partner_id, grant_id)
    if heard == "offboarding_started":
        assert provisioning.standing() == []
        return
    assert provisioning.grant(partner_id, "iot").state is State.FROZEN
    provisioning.after("resumed", partner_id)
    assert provisioning.grant(partner_id, "iot").state is State.GRANTED
    assert collect(provisioning, partner_id, grant_id).private_key_pem != first


def test_another_partner_does_not_learn_that_the_grant_is_there(provisioning: ProvisioningInMemory) -> None:
    grant = provisioning.grant(provisioning.active("iot"), "iot")
    with pytest.raises(GrantNotFound):
        collect(provisioning, uuid4(), grant.grant_id)


def test_there_is_nothing_to_collect_of_a_product_without_a_key(provisioning: ProvisioningInMemory) -> None:
    partner_id = provisioning.active("crm")
    with pytest.raises(NothingToCollect) as refused:
        collect(provisioning, partner_id, provisioning.grant(partner_id, "crm").grant_id)
    assert not refused.value.is_gone


def test_why_another_key_is_made_is_told_and_the_grant_is_granted_no_second_time(
    provisioning: ProvisioningInMemory,
) -> None:
    partner_id, grant_id, _ = handed_out(provisioning)
    provisioning.do(rotate_key, RotateKey(grant_id=grant_id, partner_id=partner_id))
    provisioning.run()
    provisioning.do(revoke_key, RevokeKey(grant_id=grant_id))
    provisioning.after("suspended", partner_id)
    with pytest.raises(MoveNotAllowed):
        provisioning.do(revoke_key, RevokeKey(grant_id=grant_id))
    started = provisioning.data_of("access.key_replacement_started")
    assert [one["why"] for one in started] == ["rotation", "revocation"]
    assert all("device_id" not in one for one in started)
    assert [one["first"] for one in provisioning.data_of("access.granted")][:2] == [True, False]


def test_what_was_revoked_stays_so_whatever_is_replaced_next(provisioning: ProvisioningInMemory) -> None:
    """The outside could not delete it yet; a release leaves the older key good until the new one stands."""
    partner_id, *_ = handed_out(provisioning)
    grant = provisioning.grant(partner_id, "iot")
    grant.outputs |= {"older_certificate_ids": ["stolen"], "revokes_older": True}
    grant.replace_key()
    assert grant.outputs["revokes_older"]
