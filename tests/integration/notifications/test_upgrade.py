"""A database of an earlier release is brought forward with what it holds."""

import uuid
from pathlib import Path

import psycopg
from tests.handbook import statement_after

from chassis.database.migrations import migrate
from chassis.database.pool import Database
from chassis.database.urls import driver_url
from chassis.messaging.consumer.lanes import LaneBook
from chassis.messaging.outbox import Outbox
from local_stack.postgres import LocalPostgres
from notifications.handlers.delivery import Outcome

MIGRATIONS = Path(__file__).parents[3] / "services" / "notifications" / "notifications" / "migrations"
LANE = ("partner.lifecycle.v1", "a")


def test_lanes_of_before_the_envelope_gate_go_on(postgres: LocalPostgres) -> None:
    url = postgres.ensure_database(f"upgrade_{uuid.uuid4().hex[:8]}", owner="tests", password="tests")
    migrate(url, MIGRATIONS, "0002")
    with psycopg.connect(driver_url(url)) as before:
        before.execute(
            "INSERT INTO lanes (consumer_group, topic, subject, last_sequence, hole_count)"
            " VALUES ('notifications', %s, %s, 7, 1)",
            LANE,
        )
        before.execute("INSERT INTO lane_holes VALUES ('notifications', %s, %s, 3, 4)", LANE)
    migrate(url, MIGRATIONS)
    database = Database(url, events=Outbox(type_prefix="gangway", source="/gangway/notifications"))
    for number, event_id in ((8, "eight"), (3, "three")):
        with database.begin() as work:
            book = LaneBook.locked(work.connection, "notifications", [LANE])
            lane = book[LANE]
            assert lane.is_new(number)
            assert not lane.is_new(7)
            assert not book.is_taken(lane, 7, "whoever")
            lane.note(number, event_id)
            lane.advance(number)
            book.save()
    with database.begin() as work:
        book = LaneBook.locked(work.connection, "notifications", [LANE])
        assert book.is_taken(book[LANE], 8, "another")
        assert not book.is_taken(book[LANE], 3, "three")
        assert book[LANE].holes == [(4, 4)]
    database.dispose()


def test_members_keep_the_products_that_their_partner_had(postgres: LocalPostgres) -> None:
    """Who had no access yet will be told of their own."""
    url = postgres.ensure_database(f"upgrade_{uuid.uuid4().hex[:8]}", owner="tests", password="tests")
    migrate(url, MIGRATIONS, "0007")
    partner, ana, ben = (uuid.uuid4() for _ in range(3))
    with psycopg.connect(driver_url(url)) as before:
        before.execute(
            "INSERT INTO partners (id, standing, granted_products) VALUES (%s, 'active', '{iot,crm}')",
            [partner],
        )
        for member, has_access in ((ana, True), (ben, False)):
            before.execute(
                "INSERT INTO members (partner_id, id, given_name, family_name, email, language, is_contact,"
                " has_access) VALUES (%s, %s, '', '', '', 'en', false, %s)",
                [partner, member, has_access],
            )
    migrate(url, MIGRATIONS)
    with psycopg.connect(driver_url(url)) as after:
        assert after.execute("SELECT granted_products FROM partners").fetchall() == [(["iot"],)]
        kept = dict(after.execute("SELECT id, products FROM members").fetchall())
        assert kept == {ana: ["crm"], ben: []}


def test_the_statement_of_the_handbook_brings_mails_whose_job_an_old_worker_failed(world) -> None:
    statement = statement_after("this in notifications' database brings them")
    world.tell("partner.email_verification_requested")
    world.change("UPDATE procrastinate_jobs SET status = 'failed'")
    assert world.waiting("send_mails") == []
    for _ in range(2):
        world.change(statement)
    assert len(world.waiting("send_mails")) == 1
    assert world.deliver() == [Outcome.SENT]
