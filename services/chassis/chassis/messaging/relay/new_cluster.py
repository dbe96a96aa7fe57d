"""A cluster that we have not sent to before knows nothing: it gets what the outbox still has, once.

Compacted topics get what is true now instead: their newest rows may be long out of the outbox, and old ones
may not come after newer ones.
"""

from collections.abc import Collection
from typing import Any

import psycopg
import structlog

from chassis.database.deferred_jobs import defer_on_driver
from chassis.messaging.compacted_topics import CompactedTopics

log = structlog.stdlib.get_logger(__name__)

# A week's events at once would outlast the limit of a statement, and be tried again for ever.
ROWS_PER_STEP = 5_000

_SENT_ELSEWHERE = """
SELECT shard FROM outbox_shards WHERE shard = ANY(%(shards)s) AND cluster_id <> %(cluster)s
"""
_REMEMBER = """
INSERT INTO outbox_shards (shard, cluster_id) SELECT unnest(%(shards)s::smallint[]), %(cluster)s
ON CONFLICT (shard) DO UPDATE SET cluster_id = EXCLUDED.cluster_id
"""
_STEP = """
WITH chosen AS (
    SELECT position FROM outbox
    WHERE published_at IS NOT NULL AND position > %(after)s AND shard = ANY(%(elsewhere)s)
        AND NOT topic = ANY(%(left_out)s)
    ORDER BY position LIMIT %(limit)s
), unmarked AS (
    UPDATE outbox SET published_at = NULL FROM chosen WHERE outbox.position = chosen.position
    RETURNING outbox.position
)
SELECT count(*), max(position) FROM unmarked
"""


def publish_again_on_new_cluster(
    connection: psycopg.Connection[Any],
    shards: Collection[int],
    cluster_id: str,
    compacted: CompactedTopics,
) -> int:
    """For shards that were last sent to another cluster, unmark what is retained; return how many rows.

    The transaction that remembers the cluster queues the job that rewrites the compacted topics. It comes
    last: who is killed before begins anew.

    Call it while the shards' locks are held and nothing of theirs is in flight: then a subject's old
    events go before its new ones. Consumers know what they have seen by the sequence.
    """
    values = {"shards": list(shards), "cluster": cluster_id}
    elsewhere = [row[0] for row in connection.execute(_SENT_ELSEWHERE, values)]
    rows = _unmark(connection, elsewhere, compacted) if elsewhere else 0
    with connection.transaction():
        if elsewhere and compacted.write_anew:
            defer_on_driver(connection, compacted.write_anew)
        connection.execute(_REMEMBER, values)
    if elsewhere:
        log.warning("new Kafka cluster, publishing again", cluster_id=cluster_id, rows=rows)
    return rows


def _unmark(connection: psycopg.Connection[Any], shards: list[int], compacted: CompactedTopics) -> int:
    """In small steps, each a transaction of its own: the relay's connection is in autocommit."""
    values = {"elsewhere": shards, "left_out": sorted(compacted.names), "limit": ROWS_PER_STEP}
    total, count, last = 0, ROWS_PER_STEP, 0
    while count == ROWS_PER_STEP:
        [(count, last)] = connection.execute(_STEP, {**values, "after": last}).fetchall()
        total += count
    return total
