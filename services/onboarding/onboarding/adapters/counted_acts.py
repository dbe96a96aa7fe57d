"""Acts of strangers, counted in PostgreSQL by key and period.

`limits` has no PostgreSQL storage; pyrate-limiter's has a table for each key, a row for each act, and decides
on one key at a time. What is needed here is one decision over all keys of a request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete

from chassis.round_trips import Statement, ask_and_commit
from onboarding.adapters.tables import counted_acts
from onboarding.domain.limits import Limit

# Rows are locked in the order of their keys, so that two requests cannot wait for each other.
_COUNT = """
INSERT INTO counted_acts AS counted (key, count, ends_at)
SELECT key, 1, statement_timestamp() + period
FROM unnest(%(keys)s::bytea[], %(periods)s::interval[]) AS given (key, period) ORDER BY key
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN counted.ends_at <= statement_timestamp() THEN 1 ELSE counted.count + 1 END,
    ends_at = CASE WHEN counted.ends_at <= statement_timestamp() THEN EXCLUDED.ends_at
              ELSE counted.ends_at END
RETURNING key, count, ends_at - statement_timestamp()
"""
# One limit that refuses leaves all the others as they were.
_TAKE_BACK = """
UPDATE counted_acts SET count = count - 1 WHERE key = ANY(%(keys)s) AND EXISTS (
    SELECT FROM counted_acts AS counted
    JOIN unnest(%(keys)s::bytea[], %(most)s::int[]) AS given (key, most) USING (key)
    WHERE counted.count > given.most)
RETURNING key
"""
# A count that a crash of the server takes back harms nobody; waiting for the disk would cost everybody.
_DO_NOT_WAIT_FOR_DISK = "SELECT set_config('synchronous_commit', 'off', true)"


@dataclass(frozen=True)
class CountedKey:
    """What an act is counted under; ``name`` is for logs and metrics, ``key`` tells nobody who it is."""

    name: str
    key: bytes
    limit: Limit


@dataclass(frozen=True)
class Refused:
    """The limits that an act would exceed, and when none of them does any more."""

    names: tuple[str, ...]
    wait: timedelta


class CountedActs:
    """Decides in a transaction of its own: its rows are shared by all, and locked for a moment only."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def count(self, keys: Sequence[CountedKey]) -> Refused | None:
        """Count an act under all of its keys, or under none and say why; one round trip."""
        if not keys:
            return None
        values = {
            "keys": [key.key for key in keys],
            "periods": [key.limit.period for key in keys],
            "most": [key.limit.at_most for key in keys],
        }
        questions: list[Statement] = [(_DO_NOT_WAIT_FOR_DISK, {}), (_COUNT, values), (_TAKE_BACK, values)]
        with self._engine.connect() as connection:
            _, counted, _ = ask_and_commit(connection, questions)
        found = {key: (count, wait) for key, count, wait in counted}
        over = {key.name: found[key.key][1] for key in keys if found[key.key][0] > key.limit.at_most}
        return Refused(tuple(over), max(over.values())) if over else None

    def forget(self, before: datetime) -> int:
        """Delete what no limit needs any more; return how many."""
        with self._engine.begin() as connection:
            old = delete(counted_acts).where(counted_acts.c.ends_at < before)
            return connection.execute(old).rowcount
