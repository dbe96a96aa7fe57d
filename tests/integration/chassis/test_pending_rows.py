"""What the relay reads of an outbox whose rows commit in any order, and what it need not pass over again."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import psycopg
import pytest

from chassis.database.urls import driver_url
from chassis.messaging.outbox import SHARDS
from chassis.messaging.relay.pending import PendingRow, PendingRows
from chassis.service import Service

ALL_SHARDS = range(SHARDS)

Connection = psycopg.Connection[tuple[object, ...]]
Connect = Callable[..., Connection]


@pytest.fixture
def connect(service: Service) -> Iterator[Connect]:
    """Open more sessions of the service's database."""
    with ExitStack() as sessions:

        def open_one(*, autocommit: bool = False) -> Connection:
            url = driver_url(service.settings.database_url)
            return sessions.enter_context(closing(psycopg.connect(url, autocommit=autocommit)))

        yield open_one


@pytest.fixture
def relay(connect: Connect) -> Connection:
    return connect(autocommit=True)


@pytest.fixture
def pending(relay: Connection) -> PendingRows:
    return PendingRows(relay)


def take_number(writer: Connection) -> None:
    """What the counter row of the outbox's own statement does before any position is given out."""
    writer.execute("SELECT pg_current_xact_id()")


def write(writer: Connection, events: int = 1) -> None:
    writer.execute(
        "INSERT INTO outbox (event_id, topic, subject, sequence, shard, type, source, occurred_at)"
        " SELECT gen_random_uuid(), 'told', gen_random_uuid()::text, 1, number %% 16, 'told', '', now()"
        " FROM generate_series(1, %s) AS number",
        (events,),
    )


def read(pending: PendingRows) -> list[PendingRow]:
    return pending.read(ALL_SHARDS, in_flight=(), held=(), limit_per_shard=1_000)


def send(pending: PendingRows) -> list[int]:
    """Read, mark, and let the floors rise as far as they may."""
    positions = sorted(row.position for row in read(pending))
    pending.mark_published(positions)
    for _ in range(3):
        pending.raise_floors(ALL_SHARDS, from_the_start=False)
    return positions


def index_entries_read(connection: Connection) -> int:
    """How many entries scans of the index of unpublished rows have returned."""
    connection.execute("SELECT pg_stat_force_next_flush()")
    query = "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'outbox_unpublished'"
    [(count,)] = connection.execute(query).fetchall()
    return int(str(count))


def test_a_row_that_commits_after_later_ones_is_read(connect: Connect, pending: PendingRows) -> None:
    late, prompt = connect(), connect(autocommit=True)
    write(late)
    for _ in range(3):
        write(prompt, 40)
        assert len(send(pending)) == 40
    late.commit()
    assert send(pending) == [1]


def test_the_number_of_a_late_transaction_may_be_the_higher_one(
    connect: Connect, pending: PendingRows
) -> None:
    prompt, late = connect(), connect()
    take_number(prompt)
    take_number(late)
    write(late)
    write(prompt)
    prompt.commit()
    assert [row.position for row in read(pending)] == [2]
    for _ in range(3):
        pending.raise_floors(ALL_SHARDS, from_the_start=False)
    late.commit()
    assert sorted(row.position for row in read(pending)) == [1, 2]


def test_what_was_sent_is_not_passed_over_again_even_if_no_vacuum_may_remove_it(
    connect: Connect, relay: Connection, pending: PendingRows
) -> None:
    """A dump at night is such an old snapshot."""
    dump, writer = connect(), connect(autocommit=True)
    dump.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    dump.execute("SELECT count(*) FROM outbox")
    for _ in range(5):
        write(writer, 400)
        assert len(send(pending)) == 400
    before = index_entries_read(relay)
    write(writer, 8)
    assert len(send(pending)) == 8
    assert index_entries_read(relay) - before < 100


def test_a_row_that_is_held_back_keeps_the_floor_below_it(connect: Connect, pending: PendingRows) -> None:
    writer = connect(autocommit=True)
    write(writer, 33)
    rows = read(pending)
    pending.mark_published([row.position for row in rows if row.position != 17])
    for _ in range(3):
        pending.raise_floors(ALL_SHARDS, from_the_start=False)
    assert [row.position for row in read(pending)] == [17]


def test_rows_below_the_floor_that_are_unmarked_are_found_from_the_start(
    connect: Connect, relay: Connection, pending: PendingRows
) -> None:
    writer = connect(autocommit=True)
    write(writer, 33)
    send(pending)
    relay.execute("UPDATE outbox SET published_at = NULL WHERE position IN (1, 17)")
    assert read(pending) == []
    pending.raise_floors(ALL_SHARDS, from_the_start=True)
    assert sorted(row.position for row in read(pending)) == [1, 17]


def test_shards_that_were_given_away_have_no_floor_when_they_come_back(
    connect: Connect, relay: Connection, pending: PendingRows
) -> None:
    writer = connect(autocommit=True)
    write(writer, 33)
    send(pending)
    pending.raise_floors([0], from_the_start=False)
    relay.execute("UPDATE outbox SET published_at = NULL")
    assert {row.shard for row in read(pending)} == set(ALL_SHARDS) - {0}
