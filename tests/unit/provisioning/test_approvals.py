"""Where the catalogue asks for it, an operator decides on a grant before anything of it is made."""

from dataclasses import replace
from uuid import UUID

import pytest
from tests.unit.provisioning.conftest import CATALOGUE, ProvisioningInMemory

from provisioning.domain.grant_states import MoveNotAllowed, State
from provisioning.handlers.commands import ApproveGrant, RefuseGrant
from provisioning.handlers.grants import approve_grant, refuse_grant
from provisioning.handlers.ports import Policies


@pytest.fixture
def waiting(provisioning: ProvisioningInMemory) -> UUID:
    """A partner whose CRM is there, and whose IoT waits."""
    entries = tuple(replace(one, needs_approval=one.product_name == "iot") for one in CATALOGUE.entries)
    provisioning.database.policies = Policies(catalogue=replace(CATALOGUE, entries=entries))
    return provisioning.active("crm", "iot")


def decide(provisioning: ProvisioningInMemory, partner_id: UUID, *, is_approved: bool) -> None:
    grant_id = provisioning.grant(partner_id, "iot").grant_id
    with provisioning.database.open() as work:
        if is_approved:
            approve_grant(work, ApproveGrant(grant_id=grant_id, reason="A project", by="amara"))
        else:
            refuse_grant(work, RefuseGrant(grant_id=grant_id, reason="No project", by="amara"))
    provisioning.run()


def test_it_waits_and_keeps_nothing_else_waiting(provisioning: ProvisioningInMemory, waiting: UUID) -> None:
    assert provisioning.grant(waiting, "crm").state is State.GRANTED
    assert provisioning.grant(waiting, "iot").state is State.PLANNED
    assert set(provisioning.standing()) == {"crm_users"}
    requested = provisioning.data_of("access.approval_requested")
    assert [one["product"] for one in requested] == ["iot"]
    joined = provisioning.join(waiting)
    provisioning.run()
    assert provisioning.told(joined) == [["crm"]]


def test_what_is_approved_is_made_and_says_by_whom(provisioning: ProvisioningInMemory, waiting: UUID) -> None:
    decide(provisioning, waiting, is_approved=True)
    assert provisioning.grant(waiting, "iot").state is State.GRANTED
    told = [one["first"] for one in provisioning.data_of("access.granted") if one["product"] == "iot"]
    assert told == [True]
    [approved] = provisioning.data_of("access.approved")
    assert (approved["reason"], approved["approved_by"]) == ("A project", "amara")
    for is_approved in (True, False):
        with pytest.raises(MoveNotAllowed):
            decide(provisioning, waiting, is_approved=is_approved)


def test_what_is_refused_is_waived_and_never_made(provisioning: ProvisioningInMemory, waiting: UUID) -> None:
    decide(provisioning, waiting, is_approved=False)
    grant = provisioning.grant(waiting, "iot")
    assert (grant.state, grant.waiver_reason) == (State.WAIVED, "No project")
    assert provisioning.database.names()[-1] == "access.waived"
    assert provisioning.data_of("access.waived")[-1]["refused"] is True
    assert set(provisioning.standing()) == {"crm_users"}


def test_a_suspension_and_an_approval_are_both_lifted_before_it_is_made(
    provisioning: ProvisioningInMemory, waiting: UUID
) -> None:
    provisioning.hear("suspended", {"partner_id": waiting})
    decide(provisioning, waiting, is_approved=True)
    assert provisioning.grant(waiting, "iot").state is State.PLANNED
    provisioning.after("resumed", waiting)
    assert provisioning.grant(waiting, "iot").state is State.GRANTED


def test_a_resumption_approves_nothing(provisioning: ProvisioningInMemory, waiting: UUID) -> None:
    for event in ("suspended", "resumed"):
        provisioning.after(event, waiting)
    assert provisioning.grant(waiting, "iot").state is State.PLANNED
    assert provisioning.grant(waiting, "crm").state is State.GRANTED


def test_who_leaves_meanwhile_leaves_nothing_to_decide(
    provisioning: ProvisioningInMemory, waiting: UUID
) -> None:
    provisioning.after("offboarding_started", waiting)
    assert provisioning.grant(waiting, "iot").state is State.CANCELLED
    assert provisioning.database.names()[-1] == "access.cleared"
    with pytest.raises(MoveNotAllowed):
        decide(provisioning, waiting, is_approved=True)
