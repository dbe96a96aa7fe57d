"""What only the real database can show: locks, what a migration makes, what a crash leaves."""

import threading
from datetime import UTC, datetime
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from tests.integration.onboarding.api_client import ApiClient
from tests.unit.onboarding.companies import applied

from chassis.database.migrations import migrate
from onboarding.adapters.tables import metadata
from onboarding.bootstrap import OnboardingService
from onboarding.domain.states import State
from onboarding.domain.timeline import entry_of


def test_the_migrations_make_the_tables_that_the_code_knows(service: OnboardingService) -> None:
    migrate(service.settings.database_url, service.migrations)
    with service.database.engine.connect() as connection:
        options = {"include_object": lambda _o, name, kind, *_: kind != "table" or name in metadata.tables}
        context = MigrationContext.configure(connection, opts=options)
        differences = [
            difference
            for difference in compare_metadata(context, metadata)
            if not isinstance(difference, list)
        ]
        assert differences == []
        assert _columns(connection, "partners") == {column.name for column in metadata.tables["partners"].c}


def _columns(connection: object, table: str) -> set[str]:
    query = text("SELECT column_name FROM information_schema.columns WHERE table_name = :table")
    return set(connection.execute(query, {"table": table}).scalars())  # type: ignore[attr-defined]


PARTIAL = [
    "one_partner_per_registration",
    "review_queue",
]


@pytest.mark.parametrize("index", PARTIAL)
def test_partial_indexes_hold_the_states_of_the_domain(service: OnboardingService, index: str) -> None:
    expected = next(
        found.dialect_options["postgresql"]["where"].text
        for found in metadata.tables["partners"].indexes
        if found.name == index
    )
    with service.database.engine.connect() as connection:
        made = connection.execute(
            text("SELECT indexdef FROM pg_indexes WHERE indexname = :name"), {"name": index}
        ).scalar_one()
    states = {state for state in State if f"'{state}'" in expected}
    assert {state for state in State if f"'{state}'::text" in made} == states


def test_a_partner_is_locked_until_the_end_of_the_transaction(api: ApiClient) -> None:
    partner_id = UUID(api.applied())
    seen: list[int] = []

    def wait_for_it() -> None:
        with api.service.open_work() as work:
            seen.append(work.partners.lock(partner_id).move_count)

    waiter = threading.Thread(target=wait_for_it)
    with api.service.open_work() as work:
        partner = work.partners.lock(partner_id)
        waiter.start()
        _until_someone_waits(api.service)
        assert seen == []
        partner.verify_email(work.now())
        work.partners.save(partner)
    waiter.join(10)
    assert seen == [1]


def _until_someone_waits(service: OnboardingService) -> None:
    query = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with service.database.engine.connect() as connection:
        while not connection.execute(query).scalar_one():
            connection.rollback()


def test_nothing_is_left_of_a_request_that_fails_late(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def apply_and_die() -> None:
        with api.service.open_work() as work:
            applied(work)
            monkeypatch.setattr(work, "flush", lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        apply_and_die()
    with api.service.open_work() as work:
        for table in ("partners", "members", "links", "timeline", "outbox", "procrastinate_jobs"):
            assert work.connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0  # noqa: S608


def test_the_timeline_keeps_an_event_once(api: ApiClient) -> None:
    partner_id = api.applied()
    entry = entry_of(
        UUID(partner_id), "message.sent", datetime.now(UTC), "/x/notifications", "1", {"kind": "k"}
    )
    for _ in range(2):
        with api.service.open_work() as work:
            work.timelines.add(entry)
            work.timelines.add(entry)
    lines = api.get(f"/v1/partners/{partner_id}/timeline", api.ops("viewer")).json["entries"]
    assert [line["code"] for line in lines].count("message.sent") == 1
