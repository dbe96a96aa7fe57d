"""A database of an earlier release is brought forward: its people are members already."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from tests.handbook import statement_after
from tests.integration.provisioning.conftest import provisioning_on
from tests.unit.provisioning.conftest import approval, member
from tests.unit.provisioning.fake_outside import FakeOutside, fake_steps

from chassis.database.migrations import migrate
from chassis.database.urls import driver_url
from provisioning.domain.grant_states import State
from provisioning.domain.orders import person_id_of

MIGRATIONS = Path(__file__).parents[3] / "services" / "provisioning" / "provisioning" / "migrations"
UNCOUNTED = statement_after("In provisioning's database, people whose\nseat nobody counts").encode()
CONTACT, BEN = "zoe@example.com", "Ben@Example.com"


def test_people_of_before_seats_were_counted_have_theirs(database_url: str) -> None:
    migrate(database_url, MIGRATIONS, "0004")
    partners = [uuid4() for _ in range(3)]
    with psycopg.connect(driver_url(database_url)) as before:
        granted = add_partner(before, partners[0], progress="done", state="granted")
        frozen = add_partner(before, partners[1], progress="done", state="frozen")
        planned = add_partner(before, partners[2], progress="waiting", state="planned")
        before.execute("INSERT INTO partners (partner_id, access) VALUES (%s, 'cleared')", [uuid4()])

    outside = FakeOutside()
    with provisioning_on(database_url, fake_steps(outside), outside) as provisioning:
        with psycopg.connect(driver_url(database_url)) as after:
            rows = after.execute("SELECT grant_id, person_id, is_made, is_on FROM seats").fetchall()
            assert after.execute(UNCOUNTED).fetchall() == []
            late = add_partner(after, uuid4(), progress="done", state="granted")
            assert {row[1] for row in after.execute(UNCOUNTED)} == {late}, "of a worker of before"
            after.rollback()
        people = [person_id_of(CONTACT), person_id_of("ben@example.com")]
        assert sorted(rows) == sorted(
            (grant_id, person, True, is_on)
            for grant_id, is_on in ((granted, True), (frozen, False))
            for person in people
        )

        provisioning.last_sequence = 10
        ana = provisioning.join(partners[0], "ana@example.com")
        provisioning.work_off()
        assert provisioning.grant(partners[0], "crm").state is State.GRANTED
        assert ana in outside.people[granted, "crm_users"]
        assert provisioning.events(partners[0]).count("gangway.access.member_added.v1") == 1, "not Ben's"
        assert provisioning.grant(partners[2], "crm").grant_id == planned
        marks = [provisioning.grant(partner, "crm").outputs.get("crm_unmarked") for partner in partners]
        assert marks == [None, True, None], "whom it froze, the older version switched off without a mark"


def add_partner(database: psycopg.Connection[Any], partner_id: UUID, *, progress: str, state: str) -> UUID:
    """Write a partner with a grant of the CRM, as an earlier release did."""
    approved = approval(partner_id, ["crm"])
    profile = {name: value for name, value in approved.items() if name != "partner_id"}
    profile["members"].append(member(given_name="Ben", email=BEN, is_contact=False))
    grant_id, is_frozen = uuid4(), state == "frozen"
    database.execute(
        "INSERT INTO partners (partner_id, profile, access) VALUES (%s, %s, 'planned')",
        [partner_id, json.dumps(profile, default=str)],
    )
    database.execute(
        "INSERT INTO grants (grant_id, partner_id, product, is_required, parameters, state, intent, outputs)"
        " VALUES (%s, %s, 'crm', true, '{\"scim_group\": \"partners-select\"}', %s, %s, '{}')",
        [grant_id, partner_id, state, "freeze" if is_frozen else "grant"],
    )
    for position, step in enumerate(("crm_group", "crm_users")):
        database.execute(
            "INSERT INTO grant_steps (grant_id, position, name, progress, is_frozen, attempts, is_stuck)"
            " VALUES (%s, %s, %s, %s, %s, 0, false)",
            [grant_id, position, step, progress, is_frozen],
        )
    return grant_id
