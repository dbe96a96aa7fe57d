"""Acts of strangers, counted in PostgreSQL by key and period.

`limits` has no PostgreSQL storage; pyrate-limiter's has a table for each key, a row for each act, and decides
on one key at a time. What is needed here is one decision over all keys of a request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, select

from chassis.database.round_trips import Statement, ask_and_commit
from onboarding.adapters.tables import counted_acts
from onboarding.domain.limits import Limit

_COUNT = "SELECT counted, wait FROM count_act(%s::bytea[], %s::int[], %s::int[])"
# Locked in the order in which acts lock them.
_TAKE_BACK = """
WITH locked AS MATERIALIZED (SELECT key FROM counted_acts WHERE key = ANY(%s) ORDER BY key FOR UPDATE)
UPDATE counted_acts AS acts SET count = count - 1 FROM locked WHERE acts.key = locked.key AND count > 0
"""


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
    periods = [key.limit.period // timedelta(seconds=1) for key in keys]
    return _COUNT, ([key.key for key in keys], periods, [key.limit.at_most for key in keys])


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
        """Delete what no limit needs any more; return how many.

        Acts lock rows in another order: what one of them holds is left to the next time.
        """
        old = select(counted_acts.c.key).where(counted_acts.c.ends_at < before)
        with self._engine.begin() as connection:
            free = delete(counted_acts).where(counted_acts.c.key.in_(old.with_for_update(skip_locked=True)))
            return connection.execute(free).rowcount
