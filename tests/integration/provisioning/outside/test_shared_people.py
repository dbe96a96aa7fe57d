"""One person in two partners has two memberships: neither partner's moves touch the other's."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from tests.integration.provisioning.conftest import ProvisioningOnPostgres, provisioning_on
from tests.integration.provisioning.outside.test_crm import add_by_hand
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.fake_database import Killed
from tests.unit.provisioning.fake_outside import FakeOutside

from chassis import failpoints
from chassis.database.migrations import migrate
from provisioning.adapters import crm_directory
from provisioning.adapters.aws import identity_store
from provisioning.domain import orders
from provisioning.domain.former_people import former_mailbox
from provisioning.domain.grant_states import State
from provisioning.domain.orders import person_id_of

ZOE, ANA = "zoe@example.com", "ana@example.com"
WITH_PEOPLE = ("crm", "cloud_sandbox", "analytics")


@pytest.fixture
def provisioning(database_url: str, world: World) -> Iterator[ProvisioningOnPostgres]:
    """The service on a real database, with the real steps."""
    with provisioning_on(database_url, world.steps, FakeOutside()) as provisioning:
        yield provisioning


def active(provisioning: ProvisioningOnPostgres, *products: str, tier: str = "select") -> UUID:
    partner_id = provisioning.plan(*products, tier=tier)
    provisioning.work_off()
    return partner_id


def move(provisioning: ProvisioningOnPostgres, event: str, partner_id: UUID) -> None:
    provisioning.hear(event, {"partner_id": str(partner_id)})
    provisioning.work_off()


def crm(world: World) -> tuple[list[tuple[str, bool]], list[str]]:
    """The users with whether they are on, and the group of each membership."""
    things = world.inventory.of("crm")
    return things["users"], things["members"]


def crm_users(world: World) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {world.settings.scim_token}"}
    answer = httpx.get(f"{world.settings.scim_url}/Users", headers=headers).raise_for_status()
    return list(answer.json().get("Resources", []))


def test_a_person_of_two_partners_stays_until_both_have_left(
    world: World, provisioning: ProvisioningOnPostgres
) -> None:
    one = provisioning.plan(*WITH_PEOPLE)
    other = provisioning.plan(*WITH_PEOPLE, tier="premier")
    provisioning.work_off()
    assert crm(world) == ([(ZOE, True)], ["partners-premier", "partners-select"])
    sandboxes, analytics = world.inventory.of("cloud_sandbox"), world.inventory.of("analytics")
    assert (sandboxes["users"], len(sandboxes["memberships"])) == ([ZOE], 2)
    assert len(analytics["seats"]) == 2, "a seat belongs to one partner"

    move(provisioning, "offboarding_started", one)
    assert crm(world) == ([(ZOE, True)], ["partners-premier"])
    sandboxes = world.inventory.of("cloud_sandbox")
    assert (sandboxes["users"], len(sandboxes["memberships"])) == ([ZOE], 1)
    assert len(world.inventory.of("analytics")["seats"]) == 1

    move(provisioning, "offboarding_started", other)
    assert crm(world) == ([], [])
    assert world.inventory.of("cloud_sandbox")["users"] == []
    assert world.inventory.of("analytics")["seats"] == []


def test_a_user_is_on_while_one_partner_needs_it(world: World, provisioning: ProvisioningOnPostgres) -> None:
    one, other = active(provisioning, "crm"), active(provisioning, "crm", tier="premier")
    move(provisioning, "suspended", one)
    assert crm(world) == ([(ZOE, True)], ["partners-premier"]), "only the own group ends, at once"
    move(provisioning, "suspended", other)
    assert crm(world) == ([(ZOE, False)], [])
    move(provisioning, "resumed", one)
    assert crm(world) == ([(ZOE, True)], ["partners-select"])
    move(provisioning, "offboarding_started", one)
    assert crm(world) == ([(ZOE, False)], []), "kept for the partner that is suspended, and off"
    move(provisioning, "resumed", other)
    assert crm(world) == ([(ZOE, True)], ["partners-premier"])
    assert provisioning.grant(other, "crm").state is State.GRANTED


def test_in_one_tier_the_group_stays_for_whoever_is_left(
    world: World, provisioning: ProvisioningOnPostgres
) -> None:
    one, other = active(provisioning, "crm"), active(provisioning, "crm")
    assert crm(world) == ([(ZOE, True)], ["partners-select"])
    move(provisioning, "suspended", one)
    assert crm(world) == ([(ZOE, True)], ["partners-select"])
    move(provisioning, "offboarding_started", one)
    assert crm(world) == ([(ZOE, True)], ["partners-select"])
    move(provisioning, "offboarding_started", other)
    assert crm(world) == ([], [])


def test_who_joins_a_second_partner_while_the_first_is_suspended_is_switched_on(
    world: World, provisioning: ProvisioningOnPostgres
) -> None:
    one = active(provisioning, "crm")
    move(provisioning, "suspended", one)
    assert crm(world) == ([(ZOE, False)], [])
    active(provisioning, "crm", tier="premier")
    assert crm(world) == ([(ZOE, True)], ["partners-premier"])


def test_one_mailbox_is_one_person_however_it_is_spelled(
    world: World, provisioning: ProvisioningOnPostgres
) -> None:
    """And what the second partner calls them changes nothing of what the first one said."""
    one, other = active(provisioning, "crm"), active(provisioning, "crm", tier="premier")
    provisioning.join(one, "Jane.Doe+work@GMail.com")
    provisioning.work_off()
    before = crm_users(world)
    provisioning.join(other, "janedoe@gmail.com")
    provisioning.work_off()
    assert crm_users(world) == before
    assert len(world.inventory.of("crm")["members"]) == 4
    move(provisioning, "offboarding_started", one)
    assert len(crm_users(world)) == 2
    move(provisioning, "offboarding_started", other)
    assert crm_users(world) == []


def test_who_was_there_before_is_neither_switched_off_nor_removed(
    world: World, provisioning: ProvisioningOnPostgres
) -> None:
    add_by_hand(world, ZOE)
    one, other = active(provisioning, "crm"), active(provisioning, "crm", tier="premier")
    for event in ("suspended", "offboarding_started"):
        for partner_id in (one, other):
            move(provisioning, event, partner_id)
            assert crm(world)[0] == [(ZOE, True)]
    assert crm(world)[1] == []


@pytest.mark.parametrize(
    ("first_named", "second_named", "is_first_told_apart_last"),
    [("jana@outlook.de", "jana@outlook.com", False), ("jana@outlook.com", "jana@outlook.de", True)],
)
def test_people_whom_a_release_of_before_took_for_one_are_told_apart(
    world: World,
    provisioning: ProvisioningOnPostgres,
    first_named: str,
    second_named: str,
    is_first_told_apart_last: bool,
) -> None:
    """The second person had the first one's user: now both have a user and an access of their own."""
    partners = [active(provisioning, "crm", "cloud_sandbox", tier=tier) for tier in ("select", "premier")]
    one, other = sorted(partners, reverse=is_first_told_apart_last)
    with pytest.MonkeyPatch.context() as before:
        before.setattr(orders, "canonical_address", former_mailbox)
        before.setattr(identity_store, "canonical_address", former_mailbox)
        for module in (crm_directory, identity_store):
            before.setattr(module, "was_mistaken_for", lambda one, other: False)
        for partner_id, email in ((one, first_named), (other, second_named)):
            provisioning.join(partner_id, email)
            provisioning.work_off()
    assert sorted(name for name, _ in crm(world)[0]) == sorted([ZOE, first_named])
    assert len(world.inventory.of("cloud_sandbox")["users"]) == 2

    run_again(provisioning)
    provisioning.work_off()
    people = {ZOE: 2, first_named: 1, second_named: 1}
    assert sorted(crm(world)[0]) == sorted((name, True) for name in people)
    assert crm_memberships(world) == people
    assert len(world.inventory.of("cloud_sandbox")["users"]) == 3
    assert len(world.inventory.of("cloud_sandbox")["memberships"]) == 4
    labels = {user["userName"]: user["externalId"] for user in crm_users(world)}
    assert labels == {name: str(person_id_of(name)) for name in people}

    move(provisioning, "offboarding_started", one)
    assert sorted(crm(world)[0]) == sorted([(ZOE, True), (second_named, True)])
    assert len(world.inventory.of("cloud_sandbox")["users"]) == 2
    move(provisioning, "offboarding_started", other)
    assert crm(world) == ([], [])
    assert world.inventory.of("cloud_sandbox")["users"] == []


@pytest.mark.parametrize("name", ["jana@outlook.com", "jana.doe"])
def test_who_comes_with_an_address_that_once_counted_as_anothers_takes_nothing_from_them(
    world: World, provisioning: ProvisioningOnPostgres, name: str
) -> None:
    """Nobody was ever mistaken here: the one named later was not there before. Admins may rename users."""
    one, other = active(provisioning, "crm"), active(provisioning, "crm")
    provisioning.join(one, "jana@outlook.com")
    provisioning.work_off()
    [user] = [user for user in crm_users(world) if user["userName"] == "jana@outlook.com"]
    change(world, user["id"], "userName", name)
    change(world, user["id"], "emails", [{"value": f"{name.partition('@')[0]}@outlook.com"}])
    provisioning.join(other, "jana@outlook.de")
    provisioning.work_off()
    assert crm_memberships(world) == {ZOE: 1, name: 1, "jana@outlook.de": 1}
    for event in ("suspended", "offboarding_started"):
        move(provisioning, event, other)
        assert crm_memberships(world)[name] == 1
    assert (name, True) in crm(world)[0]


FORM_OF_BEFORE = (
    """ALTER TABLE grants DROP COLUMN is_forced, DROP COLUMN look_at, DROP COLUMN look_id,
        DROP COLUMN looks_missed, DROP COLUMN gives_back""",
    "UPDATE grants SET intent = 'grant'",
    """ALTER TABLE grant_steps DROP COLUMN standing, DROP COLUMN differences, DROP COLUMN seen_at,
        DROP COLUMN skipped_because, ADD COLUMN progress text NOT NULL DEFAULT 'done',
        ADD COLUMN is_frozen boolean NOT NULL DEFAULT false,
        ADD COLUMN is_switching boolean NOT NULL DEFAULT false""",
    "DROP INDEX grant_steps_stuck",
    "DROP TABLE sweeps, findings",
    "ALTER TABLE partners DROP COLUMN is_suspended",
    "UPDATE alembic_version SET version_num = '0005'",
)


def run_again(provisioning: ProvisioningOnPostgres) -> None:
    """The revision that tells people apart is harmless when repeated, so it can be tried on new rows.

    They are given the form that they had then, in which all was made.
    """
    with provisioning.service.database.engine.begin() as connection:
        for statement in FORM_OF_BEFORE:
            connection.execute(text(statement))
    migrate(provisioning.service.settings.database_url, provisioning.service.migrations)


def crm_memberships(world: World) -> dict[str, int]:
    """In how many groups each user is."""
    headers = {"Authorization": f"Bearer {world.settings.scim_token}"}
    groups = httpx.get(f"{world.settings.scim_url}/Groups", headers=headers).raise_for_status().json()
    ids = [member["value"] for group in groups["Resources"] for member in group.get("members", [])]
    return {user["userName"]: ids.count(user["id"]) for user in crm_users(world)}


@pytest.mark.parametrize("leaves_first", ["maker", "other"])
def test_users_that_older_versions_made_for_a_member_are_known(
    world: World, provisioning: ProvisioningOnPostgres, leaves_first: str
) -> None:
    """Older versions labelled a user with the id of the member of the partner that came first."""
    maker = active(provisioning, "crm")
    [user] = crm_users(world)
    with provisioning.service.open_work() as work:
        partner = work.partners.lock(maker)
    assert partner
    change(world, user["id"], "externalId", str(partner.members[0].member_id))
    other = active(provisioning, "crm", tier="premier")
    first, last = (maker, other) if leaves_first == "maker" else (other, maker)

    move(provisioning, "offboarding_started", first)
    [user] = crm_users(world)
    assert user["active"]
    if first == maker:
        assert user["externalId"] == str(person_id_of(ZOE))
    move(provisioning, "offboarding_started", last)
    assert crm_users(world) == []


def change(world: World, user_id: str, path: str, value: object) -> None:
    headers = {
        "Authorization": f"Bearer {world.settings.scim_token}",
        "Content-Type": "application/scim+json",
    }
    operation = {"op": "replace", "path": path, "value": value}
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}
    url = f"{world.settings.scim_url}/Users/{user_id}"
    httpx.patch(url, json=body, headers=headers).raise_for_status()


@pytest.mark.parametrize(("product", "rounds"), [("crm", 2), ("cloud_sandbox", 1)])
def test_leaving_and_joining_in_the_same_moment(
    world: World, provisioning: ProvisioningOnPostgres, product: str, rounds: int
) -> None:
    """Both leave: nothing is left. One leaves while another comes: the person is there, and on."""
    for _ in range(rounds):
        leaves = active(provisioning, product)
        comes = provisioning.plan(product, tier="premier")
        at_a_time(provisioning, product, [leaves], [comes])
        assert users(world, product) == [ZOE]
        also_leaves = active(provisioning, product)
        at_a_time(provisioning, product, [comes, also_leaves], [])
        assert users(world, product) == []
        assert world.inventory.of("crm")["members"] == []


def users(world: World, product: str) -> list[str]:
    if product == "crm":
        return [name for name, is_on in crm(world)[0] if is_on]
    return world.inventory.of(product)["users"]


def at_a_time(
    provisioning: ProvisioningOnPostgres, product: str, leaving: list[UUID], coming: list[UUID]
) -> None:
    """A worker for each, at once, until everything has come to rest."""
    for partner_id in leaving:
        provisioning.hear("offboarding_started", {"partner_id": str(partner_id)})
    grants = [provisioning.grant(partner_id, product).grant_id for partner_id in (*leaving, *coming)]
    with ThreadPoolExecutor(len(grants)) as threads:
        list(threads.map(provisioning.service.advance_grant, grants))
    provisioning.work_off()


@pytest.mark.parametrize("product", WITH_PEOPLE)
def test_killed_after_any_call_nothing_is_doubled_and_nobody_is_missed(
    world: World, provisioning: ProvisioningOnPostgres, monkeypatch: pytest.MonkeyPatch, product: str
) -> None:
    """A person joins; the worker dies between "done there" and "noted here", each time one call later."""
    partner_id = active(provisioning, product)
    grant_id = provisioning.grant(partner_id, product).grant_id
    ana = provisioning.join(partner_id, ANA)
    deaths = 0
    while True:
        monkeypatch.setattr(failpoints, "reach", Passes(deaths + 1).reach)
        try:
            provisioning.service.advance_grant(grant_id)
            break
        except Killed:
            deaths += 1
            assert told(provisioning, partner_id, ana) == 0
    monkeypatch.setattr(failpoints, "reach", lambda name: None)
    provisioning.work_off()
    assert deaths >= 4, "found or made, and a membership"
    assert told(provisioning, partner_id, ana) == 1
    assert seats(world, product) == 2
    assert provisioning.grant(partner_id, product).state is State.GRANTED
    move(provisioning, "offboarding_started", partner_id)
    assert seats(world, product) == 0


def seats(world: World, product: str) -> int:
    """How many people there are, each with one membership."""
    kinds = {"crm": ("users", "members"), "cloud_sandbox": ("users", "memberships")}
    one, other = kinds.get(product, ("seats", "members"))
    things = world.inventory.of(product)
    assert len(things[one]) == len(things[other])
    return len(things[one])


class Passes:
    """Kills whoever comes by the outside's failpoint for the time ``dies_at``."""

    def __init__(self, dies_at: int) -> None:
        self.dies_at = dies_at
        self.count = 0

    def reach(self, name: str) -> None:
        if name == "outside.after_call":
            self.count += 1
            if self.count == self.dies_at:
                raise Killed


def told(provisioning: ProvisioningOnPostgres, partner_id: UUID, member_id: UUID) -> int:
    query = text(
        "SELECT count(*) FROM outbox WHERE subject = :subject AND type = 'gangway.access.member_added.v1'"
        " AND convert_from(data, 'UTF8') LIKE :member"
    )
    values = {"subject": str(partner_id), "member": f"%{member_id}%"}
    with provisioning.service.database.engine.begin() as connection:
        return int(connection.execute(query, values).scalar_one())
