"""The effect that every consumer has on an event: one row; and how the rows tell how fast it was."""

import time

import psycopg

CREATE = """
CREATE TABLE effects (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject text NOT NULL,
    event_id text NOT NULL,
    legal_name text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""
INSERT = "INSERT INTO effects (subject, event_id, legal_name) VALUES (%s, %s, %s)"
PATIENCE_SECONDS = 180

_SEEN = """
SELECT count(*), count(DISTINCT event_id), extract(epoch FROM max(at) - min(at))::float8
FROM effects WHERE id > %s
"""


def last_effect(url: str) -> int:
    """The id of the newest row, 0 without any."""
    return int(_ask(url, "SELECT coalesce(max(id), 0) FROM effects")[0])


def await_effects(url: str, events: int, after: int) -> float:
    """Wait for so many rows behind id ``after``; events per second from the first row to the last.

    Starting up and joining the group are left out. Raises RuntimeError for a missing or doubled effect.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while last_effect(url) < after + events:
        if time.monotonic() > deadline:
            raise RuntimeError("the consumer does not come to an end")
        time.sleep(0.1)
    rows, different, seconds = _ask(url, _SEEN, after)
    if (rows, different) != (events, events):
        raise RuntimeError(f"{events} events, yet {rows} effects of {different} events")
    return events / seconds


def _ask(url: str, query: str, *values: object) -> tuple[int, int, float]:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query, values).fetchone()
    if row is None:
        raise RuntimeError("no answer")
    return row
