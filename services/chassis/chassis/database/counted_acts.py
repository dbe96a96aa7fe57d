"""Anonymous acts, counted in PostgreSQL by key and period.

`limits` has no PostgreSQL storage; pyrate-limiter's has a table for each key, a row for each act, and decides
on one key at a time. What is needed here is one decision over all keys of a request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Engine

from chassis.database.round_trips import Statement, ask_and_commit

# One call, as each statement costs every sign-up. Rows are locked in the order of their keys, so that two
# requests cannot wait for each other; a limit that refuses leaves the others as they were. A count that a
# crash of the server takes back harms nobody, so nobody waits for the disk.
_TABLES = """
CREATE TABLE IF NOT EXISTS counted_acts (
    key     bytea PRIMARY KEY,
    count   integer NOT NULL,
    most    integer NOT NULL,
    ends_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS counted_acts_by_end ON counted_acts (ends_at);

CREATE OR REPLACE FUNCTION count_act(keys bytea[], seconds int[], most int[])
RETURNS TABLE (counted bytea, wait float) LANGUAGE plpgsql AS $$
DECLARE
    is_refused boolean := false;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    FOR counted, wait IN
        INSERT INTO counted_acts AS acts (key, count, most, ends_at)
        SELECT given.key, 1, given.most, statement_timestamp() + given.seconds * interval '1 second'
        FROM unnest(keys, seconds, most) AS given (key, seconds, most) ORDER BY given.key
        ON CONFLICT (key) DO UPDATE SET most = EXCLUDED.most,
            count = CASE WHEN acts.ends_at <= statement_timestamp() THEN 1 ELSE acts.count + 1 END,
            ends_at = CASE WHEN acts.ends_at <= statement_timestamp() THEN EXCLUDED.ends_at
                      ELSE acts.ends_at END
        RETURNING key, CASE WHEN count > acts.most
                       THEN extract(epoch FROM ends_at - statement_timestamp())::float END
    LOOP
        CONTINUE WHEN wait IS NULL;
        is_refused := true;
        RETURN NEXT;
    END LOOP;
    IF is_refused THEN
        UPDATE counted_acts SET count = count - 1 WHERE key = ANY(keys);
    END IF;
END $$
"""
_COUNT = "SELECT counted, wait FROM count_act(%s::bytea[], %s::int[], %s::int[])"
# Locked in the order in which acts lock them.
_TAKE_BACK = """
WITH locked AS MATERIALIZED (SELECT key FROM counted_acts WHERE key = ANY(%s) ORDER BY key FOR UPDATE)
UPDATE counted_acts AS acts SET count = count - 1 FROM locked WHERE acts.key = locked.key AND count > 0
"""
# Acts lock rows in another order: what one of them holds is left to the next time.
_FORGET = """
DELETE FROM counted_acts WHERE key IN (
    SELECT key FROM counted_acts WHERE ends_at < %s FOR UPDATE SKIP LOCKED)
"""


def create_counted_acts(op: Any) -> None:
    """For a migration of a service that counts; harmless when repeated."""
    op.execute(_TABLES)


class Limit(Protocol):
    """So many within a period, which begins with the first of them."""

    @property
    def at_most(self) -> int: ...

    @property
    def period(self) -> timedelta: ...


class PerHour(NamedTuple):
    """The limit where nothing else is said."""

    at_most: int
    period: timedelta = timedelta(hours=1)


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


def counting(keys: Sequence[CountedKey]) -> Statement:
    """The question that counts an act under all of its keys, or under none of them; see `refused_by`.

    Its rows are shared by all: ask it in a transaction that ends at once.
    """
    counted = (f'"\\\\x{key.key.hex()}"' for key in keys)
    periods = (str(key.limit.period // timedelta(seconds=1)) for key in keys)
    most = (str(key.limit.at_most) for key in keys)
    # Written as PostgreSQL reads arrays: the driver takes longer for three lists than for all other values
    # of a sign-up.
    return _COUNT, tuple(f"{{{','.join(values)}}}" for values in (counted, periods, most))


def refused_by(keys: Sequence[CountedKey], rows: Sequence[Sequence[Any]]) -> Refused | None:
    """What the answer to `counting` says."""
    if not rows:
        return None
    waits = {key: timedelta(seconds=wait) for key, wait in rows}
    return Refused(tuple(key.name for key in keys if key.key in waits), max(waits.values()))


class CountedActs:
    """Counts in transactions of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def count(self, keys: Sequence[CountedKey]) -> Refused | None:
        """Count an act under all of its keys, or under none and say why; one round trip."""
        if not keys:
            return None
        with self._engine.connect() as connection:
            [rows] = ask_and_commit(connection, [counting(keys)])
        return refused_by(keys, rows)

    def take_back(self, keys: Sequence[CountedKey]) -> None:
        """Of an act that was counted nothing came: it was none."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql(_TAKE_BACK, ([key.key for key in keys],))

    def forget(self, before: datetime) -> int:
        """Delete what no limit needs any more; return how many."""
        with self._engine.begin() as connection:
            return connection.exec_driver_sql(_FORGET, (before,)).rowcount
