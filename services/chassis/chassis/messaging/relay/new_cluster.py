"""A cluster that we have not sent to before knows nothing: it gets what the outbox still has, once.

Compacted topics get what is true now instead: their newest rows may be long out of the outbox, and old ones
may not come after newer ones.
"""

from collections.abc import Collection

import psycopg
import structlog

from chassis.database.deferred_jobs import defer_on_driver
from chassis.messaging.compacted_topics import CompactedTopics

log = structlog.stdlib.get_logger(__name__)

_SENT_ELSEWHERE = """
SELECT shard FROM outbox_shards WHERE shard = ANY(%(shards)s) AND cluster_id <> %(cluster)s
"""
_REMEMBER = """
INSERT INTO outbox_shards (shard, cluster_id) SELECT unnest(%(shards)s::smallint[]), %(cluster)s
ON CONFLICT (shard) DO UPDATE SET cluster_id = EXCLUDED.cluster_id
"""
_AGAIN = """
UPDATE outbox SET published_at = NULL
WHERE published_at IS NOT NULL AND shard = ANY(%s) AND NOT topic = ANY(%s)
"""


def publish_again_on_new_cluster(
    connection: psycopg.Connection[tuple[object, ...]],
    shards: Collection[int],
    cluster_id: str,
    compacted: CompactedTopics,
) -> int:
    """For shards that were last sent to another cluster, unmark what is retained; return how many rows.

    The same transaction queues the job that rewrites the compacted topics.

    Call it while the shards' locks are held and nothing of theirs is in flight: then a subject's old
    events go before its new ones. Consumers know what they have seen by the sequence.
    """
    values = {"shards": list(shards), "cluster": cluster_id}
    with connection.transaction():
        elsewhere = [row[0] for row in connection.execute(_SENT_ELSEWHERE, values)]
        names = sorted(compacted.names)
        rows = connection.execute(_AGAIN, (elsewhere, names)).rowcount if elsewhere else 0
        if elsewhere and compacted.write_anew:
            defer_on_driver(connection, compacted.write_anew)
        connection.execute(_REMEMBER, values)
    if elsewhere:
        log.warning("new Kafka cluster, publishing again", cluster_id=cluster_id, rows=rows)
    return rows
