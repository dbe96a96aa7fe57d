"""A database of an earlier release is brought forward: its people are members already."""

import json
from datetime import UTC, datetime
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
            late = add_partner(after, uuid4(), standing="on", state="granted")
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


STANDINGS = {
    "waiting": {"progress": "waiting"},
    "begun": {"progress": "begun"},
    "done": {"progress": "done"},
    "outdated": {"progress": "outdated"},
    "frozen": {"progress": "done", "is_frozen": True},
    "freezing": {"progress": "done", "is_switching": True},
    "undone": {"progress": "undone"},
}


def test_grants_in_every_state_go_on_as_reconciled_ones(database_url: str) -> None:
    migrate(database_url, MIGRATIONS, "0005")
    with psycopg.connect(driver_url(database_url)) as before:
        states = {"frozen": "frozen", "undone": "revoked", "waiting": "planned", "begun": "provisioning"}
        ids = {
            progress: add_partner(before, uuid4(), state=states.get(progress, "granted"), **step)
            for progress, step in STANDINGS.items()
        }
        stuck = ids["done"]
        before.execute("UPDATE grants SET intent = 'revoke', state = 'revoking' WHERE grant_id = %s", [stuck])
        before.execute("UPDATE grant_steps SET is_stuck = (position = 0) WHERE grant_id = %s", [stuck])
    outside = FakeOutside()
    with provisioning_on(database_url, fake_steps(outside), outside) as provisioning:
        with provisioning.service.open_work() as work:
            grants = {progress: work.grants.get(grant_id) for progress, grant_id in ids.items()}
        stands = {progress: [s.standing.value for s in g.steps] for progress, g in grants.items() if g}
        assert stands == {
            "waiting": ["absent"] * 2,
            "begun": ["unknown"] * 2,
            "done": ["on"] * 2,
            "outdated": ["differs"] * 2,
            "frozen": ["on", "off"],
            "freezing": ["unknown"] * 2,
            "undone": ["absent"] * 2,
        }
        assert {g.intent.value for g in grants.values() if g} == {"on", "frozen", "off"}
        with provisioning.service.open_work() as work:
            assert stuck in work.grants.due_for_a_look(work.now(), 10), "its brakes are put on at once"
            looked_at = {p for p, g in grants.items() if g and g.look_at is not None}
        assert looked_at == set(STANDINGS) - {"waiting", "undone"}
        provisioning.service.advance_grant(stuck)
        with provisioning.service.open_work() as work:
            gone = work.grants.get(stuck)
        assert gone is not None
        assert gone.state is State.REVOKED, "the stuck group is everybody's, and held nothing up"


def add_partner(database: psycopg.Connection[Any], partner_id: UUID, *, state: str, **step: Any) -> UUID:
    """Write a partner with a grant of the CRM, as an earlier release did; ``step`` is of both its steps."""
    approved = approval(partner_id, ["crm"])
    profile = {name: value for name, value in approved.items() if name != "partner_id"}
    profile["members"].append(member(given_name="Ben", email=BEN, is_contact=False))
    of_grant: dict[str, Any] = {"intent": "freeze" if state == "frozen" else "grant"}
    of_step: dict[str, Any] = {"is_frozen": state == "frozen", "is_switching": False, **step}
    if "standing" in step:
        of_grant = {"intent": "on", "is_forced": False, "looks_missed": 0, "gives_back": False}
        of_step = {"differences": "[]", **step}
        if _has_column(database, "grants", "frozen_for"):
            of_grant |= {"frozen_for": [], "lease_is_expired": False, "was_granted": False}
    elif not _has_column(database, "grant_steps", "is_switching"):
        del of_step["is_switching"]
    grant_id = uuid4()
    _insert(
        database,
        "partners",
        partner_id=partner_id,
        profile=json.dumps(profile, default=str),
        access="planned",
    )
    _insert(
        database,
        "grants",
        grant_id=grant_id,
        partner_id=partner_id,
        product="crm",
        is_required=True,
        parameters='{"scim_group": "partners-select"}',
        state=state,
        outputs="{}",
        **of_grant,
    )
    for position, name in enumerate(("crm_group", "crm_users")):
        of_position = {"grant_id": grant_id, "position": position, "name": name, "attempts": 0}
        _insert(database, "grant_steps", is_stuck=False, **{**of_position, **of_step})
    return grant_id


def test_what_is_granted_has_its_whole_lease_before_it(database_url: str) -> None:
    """Also one so short that a warning would come at once; what was switched off was suspended."""
    migrate(database_url, MIGRATIONS, "0008")
    with psycopg.connect(driver_url(database_url)) as before:
        long, short, frozen, endless = (
            add_partner(before, uuid4(), standing="on", state=state)
            for state in ("granted", "granted", "frozen", "granted")
        )
        for grant_id, days in ((long, 90), (short, 5), (frozen, 90)):
            terms = json.dumps({"scim_group": "partners-select", "lease_days": days})
            before.execute("UPDATE grants SET parameters = %s WHERE grant_id = %s", [terms, grant_id])
        before.execute("UPDATE grants SET intent = 'frozen' WHERE grant_id = %s", [frozen])
    outside = FakeOutside()
    with provisioning_on(database_url, fake_steps(outside), outside) as provisioning:
        with provisioning.service.open_work() as work:
            grants = {one: work.grants.get(one) for one in (long, short, frozen, endless)}
            now = work.now()
        days_to_next = {
            one: round((grant.lease.due_at - now).total_seconds() / 86_400)
            for one, grant in grants.items()
            if grant and grant.lease
        }
        assert days_to_next == {long: 60, short: 4, frozen: 60}
        with psycopg.connect(driver_url(database_url)) as after:
            due = dict(after.execute("SELECT grant_id, lease_due_at FROM grants").fetchall())
        assert due == {one: grant.lease and grant.lease.due_at for one, grant in grants.items() if grant}
        assert [sorted(grant.frozen_for) for grant in grants.values() if grant] == [
            [],
            [],
            ["suspension"],
            [],
        ]
        assert all(grant.was_granted for grant in grants.values() if grant)


def test_accounts_that_stand_have_rows(database_url: str) -> None:
    migrate(database_url, MIGRATIONS, "0012")
    with psycopg.connect(driver_url(database_url)) as before:
        granted, frozen, making, gone = (
            add_partner(before, uuid4(), standing=standing, state=state)
            for standing, state in (
                ("on", "granted"),
                ("off", "frozen"),
                ("unknown", "provisioning"),
                ("absent", "revoked"),
            )
        )
        before.execute("UPDATE grants SET product = 'cloud_sandbox'")
        names = "CASE position WHEN 0 THEN 'sandbox_account' ELSE 'sandbox_unit' END"
        before.execute(f"UPDATE grant_steps SET name = {names}")  # noqa: S608 - names of ours
        for number, grant_id in enumerate((granted, frozen, gone)):
            outputs = json.dumps({"account_id": f"{number:012}"})
            before.execute("UPDATE grants SET outputs = %s WHERE grant_id = %s", [outputs, grant_id])
    migrate(database_url, MIGRATIONS)
    with psycopg.connect(driver_url(database_url)) as after:
        rows = after.execute("SELECT account_key, account_id, state, wanted, grant_id FROM sandbox_accounts")
        found = {key: (account_id, state) for key, account_id, state, wanted, grant_id in rows}
    assert found == {
        granted: ("0" * 12, "leased"),
        frozen: ("0" * 11 + "1", "frozen"),
        making: (None, "making"),
    }


def test_ready_accounts_with_a_partners_name_are_taken_in_before_the_next_one_gets_them(
    database_url: str,
) -> None:
    migrate(database_url, MIGRATIONS, "0029")
    with psycopg.connect(driver_url(database_url)) as before:
        of_a_grant, of_another = (
            add_partner(before, uuid4(), standing="absent", state="revoked") for _ in range(2)
        )
        of_the_pool = uuid4()
        states = {of_a_grant: "available", of_another: "quarantined", of_the_pool: "available"}
        for key, state in states.items():
            row: dict[str, Any] = {"account_key": key, "state": state, "wanted": state, '"left"': "[]"}
            made_at = datetime(2026, 11, 1, tzinfo=UTC)
            _insert(before, "sandbox_accounts", **row, made_at=made_at, rounds=0, attempts=0)
    migrate(database_url, MIGRATIONS)
    with psycopg.connect(driver_url(database_url)) as after:
        rows = after.execute("SELECT account_key, wanted, due_at <= now() FROM sandbox_accounts").fetchall()
    assert {key: (wanted, is_due) for key, wanted, is_due in rows} == {
        of_a_grant: ("cleaning", True),
        of_another: ("quarantined", None),
        of_the_pool: ("available", None),
    }


def _insert(database: psycopg.Connection[Any], table: str, **values: Any) -> None:
    places = ", ".join(["%s"] * len(values))
    database.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", list(values.values()))  # noqa: S608 - names of ours


def _has_column(database: psycopg.Connection[Any], table: str, column: str) -> bool:
    wanted = "SELECT FROM information_schema.columns WHERE table_name = %s AND column_name = %s"
    return database.execute(wanted, [table, column]).fetchone() is not None
