"""Send outbox rows again that are still retained: a time range, a subject, a topic.

The events keep their ids and numbers, so consumers drop what they have seen and take what they miss.
Compacted topics are left out (see `CompactedTopics`).
"""

from collections.abc import Collection
from datetime import datetime

from chassis.database.operators_log import BEGUN, conclude_action, note_action
from chassis.database.pool import Database
from chassis.database.round_trips import notify_after_commit
from chassis.frozen import Frozen
from chassis.messaging.outbox import WAKE_CHANNEL

ROWS_PER_STEP = 5_000

# The newest sending time is fixed at the start, by the clock that writes it: what was sent again is not found
# again.
_STEP = """
WITH chosen AS (
    SELECT position FROM outbox
    WHERE published_at IS NOT NULL AND published_at <= %(until)s AND position > %(after)s
      AND (%(since)s::timestamptz IS NULL OR published_at >= %(since)s)
      AND (%(subject)s::text IS NULL OR subject = %(subject)s)
      AND (%(topic)s::text IS NULL OR topic = %(topic)s)
      AND NOT topic = ANY(%(left_out)s)
    ORDER BY position LIMIT %(limit)s
), unmarked AS (
    UPDATE outbox SET published_at = NULL FROM chosen WHERE outbox.position = chosen.position
    RETURNING outbox.position
)
SELECT count(*) AS rows, max(position) AS last FROM unmarked
"""
_SENT = "SELECT FROM outbox_counters WHERE topic = %s LIMIT 1"


class Selection(Frozen):
    """Which rows; times are those of the sending. At least one of the four must be given."""

    since: datetime | None = None
    until: datetime | None = None
    subject: str | None = None
    topic: str | None = None

    def __post_init__(self) -> None:
        if all(value is None for value in vars(self).values()):
            raise ValueError("Say which events: since, until, subject or topic.")

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in vars(self).items() if value is not None)


class NeverSentAgain(ValueError):
    """The topic is compacted: its old rows stay where they are."""


class NeverSent(ValueError):
    """The service has sent no event on the topic: its name is wrong, or another service owns it."""


def republish(
    database: Database,
    selection: Selection,
    *,
    actor: str,
    reason: str,
    compacted: Collection[str] = (),
) -> int:
    """Unmark the selected rows in small steps, oldest first, and wake the relays; return how many.

    Rows of the ``compacted`` topics are left out. Raises NeverSentAgain where one of those is asked for,
    NeverSent for a topic on which nothing was sent.
    """
    if selection.topic in compacted:
        raise NeverSentAgain(
            f"{selection.topic} is compacted: its snapshots are rewritten, its old events never sent again."
        )
    values = {**vars(selection), "left_out": sorted(compacted), "limit": ROWS_PER_STEP, "after": -1}
    with database.begin() as work:
        values["until"] = selection.until or work.database_now()
        if selection.topic and work.connection.exec_driver_sql(_SENT, (selection.topic,)).first() is None:
            raise NeverSent(f"Nothing was ever sent on {selection.topic} from here.")
        entry = {"actor": actor, "action": "republish", "target": str(selection), "reason": reason}
        entry_id = note_action(work.connection, **entry, outcome=BEGUN)
    total = 0
    while True:
        with database.begin() as work:
            step = work.connection.exec_driver_sql(_STEP, values).one()
            notify_after_commit(work.connection, WAKE_CHANNEL)
        total += int(step.rows)
        if step.rows < ROWS_PER_STEP:
            break
        values["after"] = step.last
    with database.begin() as work:
        conclude_action(work.connection, entry_id, f"done: {total} events")
    return total
