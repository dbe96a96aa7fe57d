"""What is retained is unmarked in small steps for a new cluster, and remembered only at their end."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from tests.integration.chassis.things import said_on

from chassis.messaging.compacted_topics import CompactedTopics
from chassis.messaging.outbox import SHARDS
from chassis.messaging.relay import new_cluster
from chassis.messaging.relay.new_cluster import publish_again_on_new_cluster
from chassis.service import Service

Rows = Callable[..., list[Any]]
NUMBERS = "SELECT sequence FROM outbox WHERE published_at IS NULL ORDER BY position"
CLUSTERS = "SELECT DISTINCT cluster_id FROM outbox_shards"


@pytest.fixture
def sent(service: Service, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five events, sent to another cluster; two of them make a step."""
    monkeypatch.setattr(new_cluster, "ROWS_PER_STEP", 2)
    with service.database.begin() as work:
        for number in range(5):
            work.emit(said_on("told")(thing="a", number=number))
        work.emit(said_on("compacted")(thing="a", number=1))
    rows("UPDATE outbox SET published_at = now() RETURNING 1")
    rows("INSERT INTO outbox_shards SELECT n, 'old' FROM generate_series(0, %s) n RETURNING 1", SHARDS - 1)


def publish_again(connection: psycopg.Connection[Any]) -> int:
    compacted = CompactedTopics(names=frozenset({"compacted"}))
    return publish_again_on_new_cluster(connection, range(SHARDS), "new", compacted)


@pytest.mark.usefixtures("sent")
def test_all_that_is_retained_is_sent_again_once(service: Service, rows: Rows) -> None:
    with service.database.connect() as connection:
        assert publish_again(connection) == 5
        assert publish_again(connection) == 0
    assert rows(NUMBERS) == [1, 2, 3, 4, 5]
    assert rows(CLUSTERS) == ["new"]


@pytest.mark.usefixtures("sent")
def test_what_ends_in_the_middle_is_begun_anew(service: Service, rows: Rows) -> None:
    """As by the limit of a statement, which a week's events at once would outlast each time."""
    with service.database.connect() as connection, service.database.engine.connect() as other:
        connection.execute("SET lock_timeout = '100ms'")
        other.exec_driver_sql("SELECT FROM outbox WHERE topic = 'told' AND sequence = 3 FOR UPDATE")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            publish_again(connection)
        assert rows(NUMBERS) == [1, 2]
        assert rows(CLUSTERS) == ["old"]
        other.rollback()
        assert publish_again(connection) == 3
    assert rows(NUMBERS) == [1, 2, 3, 4, 5]
    assert rows(CLUSTERS) == ["new"]
