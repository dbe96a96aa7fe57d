"""A person who leaves a partner loses what it gave in every product, and nothing that another one gives."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.integration.provisioning.conftest import ProvisioningOnPostgres, provisioning_on
from tests.integration.provisioning.outside.test_crm import add_by_hand
from tests.integration.provisioning.outside.test_shared_people import (
    ANA,
    WITH_PEOPLE,
    ZOE,
    Passes,
    active,
    crm,
    move,
    seats,
)
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.fake_database import Killed
from tests.unit.provisioning.fake_outside import FakeOutside

from chassis import failpoints
from provisioning.domain.grant_states import State
from provisioning.handlers.commands import RepairGrant
from provisioning.handlers.grants import repair_grant

GONE = "gangway.access.member_removed.v1"


@pytest.fixture
def provisioning(database_url: str, world: World) -> Iterator[ProvisioningOnPostgres]:
    """The service on a real database, with the real steps."""
    with provisioning_on(database_url, world.steps, FakeOutside()) as provisioning:
        yield provisioning


def removed(provisioning: ProvisioningOnPostgres, partner_id: UUID, person: UUID) -> None:
    told = {"partner_id": str(partner_id), "member_id": str(person), "removed_at": "2026-05-11T14:20:08Z"}
    provisioning.hear("member_removed", told)


def kept_words(provisioning: ProvisioningOnPostgres, partner_id: UUID) -> str:
    """All that provisioning keeps of the partner and its people."""
    query = text("SELECT profile::text || leavers::text FROM partners WHERE partner_id = :id")
    with provisioning.service.database.engine.begin() as connection:
        return str(connection.execute(query, {"id": partner_id}).scalar_one())


def people(world: World) -> tuple[list[str], int, list[str], int, int]:
    """CRM users that are on, CRM memberships, sandbox users, sandbox memberships, seats of analytics."""
    users, members = crm(world)
    sandboxes, analytics = world.inventory.of("cloud_sandbox"), world.inventory.of("analytics")
    return (
        sorted(name for name, is_on in users if is_on),
        len(members),
        sorted(sandboxes["users"]),
        len(sandboxes["memberships"]),
        len(analytics["seats"]),
    )


def test_nothing_is_left_of_who_leaves_one_partner_and_all_of_what_another_gives(
    world: World, provisioning: ProvisioningOnPostgres
) -> None:
    one = active(provisioning, *WITH_PEOPLE)
    other = active(provisioning, *WITH_PEOPLE, tier="premier")
    ana, ana_there = (provisioning.join(partner_id, ANA) for partner_id in (one, other))
    provisioning.work_off()
    assert people(world) == ([ANA, ZOE], 4, [ANA, ZOE], 4, 4)

    for _ in range(2):
        removed(provisioning, one, ana)
    provisioning.work_off()
    assert people(world) == ([ANA, ZOE], 3, [ANA, ZOE], 3, 3)
    assert sorted(crm(world)[1]) == ["partners-premier", "partners-premier", "partners-select"]
    assert provisioning.events(one).count(GONE) == 1
    assert ANA not in kept_words(provisioning, one)
    for product in WITH_PEOPLE:
        assert provisioning.grant(one, product).state is State.GRANTED

    removed(provisioning, other, ana_there)
    provisioning.work_off()
    assert people(world) == ([ZOE], 2, [ZOE], 2, 2)
    assert provisioning.events(other).count(GONE) == 1


def test_who_leaves_a_suspended_partner_is_gone_before_it_comes_back(
    world: World, provisioning: ProvisioningOnPostgres
) -> None:
    partner_id = active(provisioning, *WITH_PEOPLE)
    ana = provisioning.join(partner_id, ANA)
    provisioning.work_off()
    move(provisioning, "suspended", partner_id)
    removed(provisioning, partner_id, ana)
    provisioning.work_off()
    assert provisioning.events(partner_id).count(GONE) == 1
    assert [name for name, _ in crm(world)[0]] == [ZOE]
    move(provisioning, "resumed", partner_id)
    assert people(world) == ([ZOE], 1, [ZOE], 1, 1)


def test_who_comes_back_by_another_membership_keeps_what_that_gives(
    world: World, provisioning: ProvisioningOnPostgres
) -> None:
    partner_id = active(provisioning, *WITH_PEOPLE)
    ana = provisioning.join(partner_id, ANA)
    provisioning.work_off()
    removed(provisioning, partner_id, ana)
    provisioning.join(partner_id, ANA.upper())
    provisioning.work_off()
    assert people(world) == ([ANA, ZOE], 2, [ANA, ZOE], 2, 2)
    assert provisioning.events(partner_id).count(GONE) == 1
    move(provisioning, "offboarding_started", partner_id)
    assert people(world) == ([], 0, [], 0, 0)


def test_who_was_in_the_crm_before_only_leaves_the_group(
    world: World, provisioning: ProvisioningOnPostgres
) -> None:
    add_by_hand(world, ANA)
    partner_id = active(provisioning, "crm")
    ana = provisioning.join(partner_id, ANA)
    provisioning.work_off()
    removed(provisioning, partner_id, ana)
    provisioning.work_off()
    assert sorted(crm(world)[0]) == [(ANA, True), (ZOE, True)]
    assert crm(world)[1] == ["partners-select"]
    assert provisioning.events(partner_id).count(GONE) == 1


@pytest.mark.parametrize("product", ["crm"])
def test_killed_after_any_call_who_leaves_is_gone_and_it_is_told_once(
    world: World, provisioning: ProvisioningOnPostgres, monkeypatch: pytest.MonkeyPatch, product: str
) -> None:
    partner_id = active(provisioning, product)
    grant_id = provisioning.grant(partner_id, product).grant_id
    ana = provisioning.join(partner_id, ANA)
    provisioning.work_off()
    removed(provisioning, partner_id, ana)
    deaths = 0
    while True:
        monkeypatch.setattr(failpoints, "reach", Passes(deaths + 1).reach)
        try:
            provisioning.service.advance_grant(grant_id)
            break
        except Killed:
            deaths += 1
    monkeypatch.setattr(failpoints, "reach", lambda name: None)
    provisioning.work_off()
    assert deaths >= 1
    assert provisioning.events(partner_id).count(GONE) == 1
    assert seats(world, product) == 1
    assert provisioning.grant(partner_id, product).state is State.GRANTED


def test_mails_about_the_budget_go_to_the_new_contact(
    world: World, provisioning: ProvisioningOnPostgres
) -> None:
    partner_id = active(provisioning, "cloud_sandbox")
    ana = provisioning.join(partner_id, ANA)
    provisioning.work_off()
    before = world.inventory.of("cloud_sandbox")["budgets"]
    told = {"partner_id": str(partner_id), "member_id": str(ana)}
    provisioning.hear("contact_changed", {**told, "changed_at": datetime.now(UTC).isoformat()})
    provisioning.work_off()
    assert world.inventory.of("cloud_sandbox")["budgets"] == before
    assert provisioning.grant(partner_id, "cloud_sandbox").state is State.GRANTED
    [(name, _)] = before
    budgets = world.inventory.aws("budgets")
    account = world.inventory.aws("sts").get_caller_identity()["Account"]
    told = budgets.describe_notifications_for_budget(AccountId=account, BudgetName=name)["Notifications"]
    assert told


@pytest.mark.parametrize("product", ["cloud_sandbox", "analytics"])
def test_whom_somebody_gives_back_by_hand_is_taken_out_again(
    world: World, provisioning: ProvisioningOnPostgres, product: str
) -> None:
    partner_id = active(provisioning, product)
    ana = provisioning.join(partner_id, ANA)
    provisioning.work_off()
    removed(provisioning, partner_id, ana)
    provisioning.work_off()
    give_back(world, provisioning, partner_id, product, ana)
    assert seats(world, product) == 2
    grant_id = provisioning.grant(partner_id, product).grant_id
    with provisioning.service.open_work() as work:
        repair_grant(work, RepairGrant(grant_id))
    provisioning.work_off()
    assert seats(world, product) == 1
    assert provisioning.grant(partner_id, product).state is State.GRANTED
    assert "gangway.access.drift_detected.v1" in provisioning.events(partner_id)


def give_back(
    world: World, provisioning: ProvisioningOnPostgres, partner_id: UUID, product: str, person: UUID
) -> None:
    """What an admin does who makes the user anew as it was."""
    outputs = provisioning.grant(partner_id, product).outputs
    if product == "cloud_sandbox":
        store, center = world.inventory.aws("identitystore"), world.inventory.aws("sso-admin")
        store_id = center.list_instances()["Instances"][0]["IdentityStoreId"]
        user = store.create_user(
            IdentityStoreId=store_id, UserName=ANA, DisplayName="Ana", UserType="gangway",
            Name={"GivenName": "Ana", "FamilyName": "Ana"}, Emails=[{"Value": ANA, "Primary": True}],
        )  # fmt: skip
        group_id = outputs["sign_in_group_id"]
        member = {"UserId": user["UserId"]}
        store.create_group_membership(IdentityStoreId=store_id, GroupId=group_id, MemberId=member)
        return
    quicksight = world.inventory.aws("quicksight")
    account = world.inventory.aws("sts").get_caller_identity()["Account"]
    where = {"AwsAccountId": account, "Namespace": "default"}
    [group] = quicksight.list_groups(**where)["GroupList"]
    name = f"{group['GroupName']}-{person.hex[-12:]}"
    quicksight.register_user(**where, IdentityType="QUICKSIGHT", UserName=name, Email=ANA, UserRole="READER")
    quicksight.create_group_membership(**where, GroupName=group["GroupName"], MemberName=name)
