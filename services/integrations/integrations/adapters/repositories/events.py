"""Events and their deliveries in PostgreSQL: kept once, with one delivery for each endpoint that wants it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from chassis import clock
from chassis.database.repository import Repository
from chassis.database.round_trips import notify_after_commit, write_later
from chassis.events import ReceivedEvent
from integrations.adapters.cloud_events import as_json, attributes_of, id_of
from integrations.adapters.event_filters import SeenByFilters, fits
from integrations.adapters.scope_rows import ERASED, with_scope
from integrations.domain.deliveries import Delivery
from integrations.domain.endpoints import Endpoint
from integrations.domain.event_types import EventType
from integrations.domain.replays import Replay
from integrations.handlers.ports import SeenEvent

DUE_CHANNEL = "deliveries_due"
FORGOTTEN_CHANNEL = "events_forgotten"
# Before all that is due already: somebody waits for this one.
FIRST_DUE = """least(%(now)s, (SELECT min(due_at) - interval '1 us' FROM deliveries
    WHERE endpoint_id = %(endpoint_id)s AND state = 'waiting'))"""

_KEEP = with_scope("""
WITH given AS (
    SELECT * FROM json_to_recordset(%(events)s::json) AS event (
        id uuid, type text, partner_id uuid, attributes text, data text, impersonal text, place int)
    WHERE type = '{erased}' OR NOT EXISTS (
        SELECT FROM partners WHERE partners.id = event.partner_id AND partners.erased_at IS NOT NULL)
), kept AS (
    INSERT INTO events (id, type, partner_id, attributes, data, impersonal, received_at)
    SELECT id, type, partner_id, attributes, data, impersonal, %(now)s FROM given ORDER BY place
    ON CONFLICT (id) DO NOTHING RETURNING position, id, type, partner_id, received_at
)
INSERT INTO deliveries (endpoint_id, event_position, event_id, event_type, partner_id, due_at, created_at)
SELECT endpoint.id, event.position, event.id, event.type, event.partner_id, %(now)s, %(now)s
FROM kept AS event LEFT JOIN partners AS partner ON partner.id = event.partner_id
JOIN endpoints AS endpoint ON
    (event.type = '{erased}' OR endpoint.event_types IS NULL OR event.type = ANY (endpoint.event_types))
    AND partner_fits(endpoint.partner_rule, endpoint.partner_values, event.partner_id,
                     partner.tier, partner.products)
    AND (event.type = '{erased}' OR endpoint.filter IS NULL OR EXISTS (
        SELECT FROM json_to_recordset(%(chosen)s::json) AS chosen (endpoint_id uuid, event_id uuid)
        WHERE chosen.endpoint_id = endpoint.id AND chosen.event_id = event.id))
JOIN integrators AS integrator ON integrator.id = endpoint.integrator_id
    AND (event.type = '{erased}' OR integrator.event_types IS NULL
         OR event.type = ANY (integrator.event_types))
    AND {integrator_fits}
""")
_FILTERS = with_scope("""
SELECT endpoint.id, endpoint.filter, endpoint.event_types, {filter_sees_personal} AS sees_personal,
    integrator.event_types AS seen_types
FROM endpoints AS endpoint JOIN integrators AS integrator ON integrator.id = endpoint.integrator_id
WHERE endpoint.filter IS NOT NULL
""")
_ADD_TEST = """
WITH event AS (
    INSERT INTO events (id, type, partner_id, attributes, data, impersonal, is_test, received_at)
    VALUES (%(id)s, %(type)s, %(partner_id)s, %(attributes)s, %(data)s, %(impersonal)s, true, %(now)s)
    ON CONFLICT (id) DO NOTHING RETURNING position
)
INSERT INTO deliveries
    (endpoint_id, event_position, event_id, event_type, partner_id, is_test, due_at, created_at)
SELECT %(endpoint_id)s, position, %(id)s, %(type)s, %(partner_id)s, true,
    {first_due}, %(now)s FROM event
RETURNING id
"""
_ADD_TEST_FIRST = _ADD_TEST.format(first_due=FIRST_DUE)
_TESTED = """
SELECT delivery.id FROM events AS event JOIN deliveries AS delivery
    ON delivery.endpoint_id = %(endpoint_id)s AND delivery.event_position = event.position
WHERE event.id = %(id)s
"""
# Counted is what an integrator may see: how much there is of others is nothing for it.
_RANGE = with_scope("""
SELECT coalesce(min(event.position), 1), coalesce(max(event.position), 0), count(*)
FROM events AS event LEFT JOIN partners AS partner ON partner.id = event.partner_id
JOIN integrators AS integrator ON integrator.id = %(integrator_id)s
WHERE event.received_at >= %(since)s AND event.received_at < %(until)s AND NOT event.is_test AND {may_see}
""")
_NEXT = with_scope("""
SELECT max(event.position), count(*), count(*) FILTER (WHERE NOT event.is_test AND {may_see}) FROM (
    SELECT * FROM events WHERE position > %(after)s AND position <= %(last)s
        AND received_at >= %(since)s AND received_at < %(until)s
    ORDER BY position LIMIT %(most)s) AS event
LEFT JOIN partners AS partner ON partner.id = event.partner_id
JOIN integrators AS integrator ON integrator.id = %(integrator_id)s
""")
# What it may see no longer, it is not shown either.
_SHOWN = with_scope("""
SELECT event.attributes, {data_seen}
FROM events AS event LEFT JOIN partners AS partner ON partner.id = event.partner_id
CROSS JOIN endpoints AS endpoint JOIN integrators AS integrator ON integrator.id = endpoint.integrator_id
WHERE event.position = %(position)s AND endpoint.id = %(endpoint_id)s AND {may_see}
""")
# However little an integrator may see, no more than the newest are looked through.
_LATELY = 2_000
_SEEN = with_scope("""
SELECT event.id, event.type, event.partner_id, event.received_at, {data_seen} AS data
FROM (SELECT * FROM events ORDER BY position DESC LIMIT %(most)s) AS event
LEFT JOIN partners AS partner ON partner.id = event.partner_id
JOIN integrators AS integrator ON integrator.id = %(integrator_id)s
WHERE NOT event.is_test AND {may_see} ORDER BY event.position DESC LIMIT %(limit)s
""")
_OF_PARTNER = with_scope(
    "SELECT position FROM events WHERE partner_id = %(partner_id)s AND type <> '{erased}'"
)
# What another consumer kept while a partner was being erased is found here.
_OLD = with_scope("""
(SELECT position FROM events WHERE received_at < %(before)s ORDER BY received_at LIMIT %(most)s)
UNION
(SELECT event.position FROM partners AS partner JOIN events AS event ON event.partner_id = partner.id
 WHERE partner.erased_at > %(now)s - interval '2 days' AND NOT event.is_test AND event.type <> '{erased}'
 LIMIT %(most)s)
""")
# One after another: an attempt that is noted meanwhile is there once its delivery can be deleted.
_FORGET = (
    "DELETE FROM deliveries WHERE event_position = ANY (%(positions)s)",
    "DELETE FROM delivery_attempts WHERE event_position = ANY (%(positions)s)",
    "DELETE FROM events WHERE position = ANY (%(positions)s)",
)


class SqlEvents(Repository):
    """The `Events` port; works inside the transaction of its connection."""

    def __init__(self, connection: Connection, type_prefix: str) -> None:
        super().__init__(connection)
        self._type_prefix = type_prefix
        self._waiting: list[dict[str, Any]] = []

    def keep(self, event: ReceivedEvent, kind: EventType) -> None:
        event_id = id_of(event.source, event.id)
        row = {
            "id": str(event_id),
            "type": kind.key,
            "partner_id": event.data["partner_id"],
            "attributes": attributes_of(event, event_id, f"{self._type_prefix}.{kind.key}"),
            **_told(event.data, kind),
        }
        self._waiting.append(row)

    def flush(self) -> None:
        """Write what was kept, all in one statement, and wake the sender with the commit."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            filters = self._connection.exec_driver_sql(_FILTERS).all()
            chosen = [
                {"endpoint_id": str(one.id), "event_id": row["id"]}
                for row in waiting
                for one in _passed(filters, row)
            ]
            # Counted only now: what was kept of a partner may have been forgotten meanwhile.
            placed = [row | {"place": place} for place, row in enumerate(waiting)]
            values = {"events": json.dumps(placed), "chosen": json.dumps(chosen), "now": clock.now()}
            write_later(self._connection, _KEEP, values)
            notify_after_commit(self._connection, DUE_CHANNEL)

    def add_test(self, endpoint: Endpoint, kind: EventType, event_id: UUID) -> UUID:
        now = clock.now()
        attributes = {
            "specversion": "1.0",
            "id": str(event_id),
            "source": "/gangway/integrations",
            "type": f"{self._type_prefix}.{kind.key}",
            "subject": kind.example["partner_id"],
            "time": now.isoformat(),
            "datacontenttype": "application/json",
            "istest": "true",
        }
        values = {
            "id": event_id,
            "type": kind.key,
            "partner_id": kind.example["partner_id"],
            "attributes": as_json(attributes),
            **_told(kind.example, kind),
            "endpoint_id": endpoint.id,
            "now": now,
        }
        for statement in (_ADD_TEST_FIRST, _TESTED):
            delivery_id: UUID | None = self._connection.exec_driver_sql(statement, values).scalar()
            if delivery_id is not None:
                break
        else:
            raise LookupError(f"test event {event_id} is there without its delivery")
        return delivery_id

    def range_of(self, integrator_id: UUID, since: datetime, until: datetime) -> tuple[int, int, int]:
        values = {"integrator_id": integrator_id, "since": since, "until": until}
        first, last, count = self._connection.exec_driver_sql(_RANGE, values).one()
        return first, last, count

    def next_of(self, replay: Replay, most: int) -> tuple[int, int]:
        values = vars(replay) | {"after": replay.position, "most": most}
        until, count, seen = self._connection.exec_driver_sql(_NEXT, values).one()
        return replay.last if count < most else until, seen

    def shown(self, delivery: Delivery) -> Mapping[str, Any] | None:
        sent = self.sent(delivery)
        return None if sent is None else json.loads(sent[0]) | {"data": json.loads(sent[1])}

    def sent(self, delivery: Delivery) -> tuple[str, str] | None:
        values = {"position": delivery.position, "endpoint_id": delivery.endpoint_id}
        row = self._connection.exec_driver_sql(_SHOWN, values).one_or_none()
        return None if row is None else (row[0], row[1])

    def newest_position(self) -> int:
        return self._connection.exec_driver_sql("SELECT max(position) FROM events").scalar() or 0

    def seen_by(self, integrator_id: UUID, limit: int) -> Sequence[SeenEvent]:
        values = {"integrator_id": integrator_id, "most": _LATELY, "limit": limit}
        rows = self._connection.exec_driver_sql(_SEEN, values)
        return [SeenEvent(**row._mapping) for row in rows]

    def forget_partner(self, partner_id: UUID) -> None:
        self._waiting = [
            row for row in self._waiting if row["partner_id"] != str(partner_id) or row["type"] == ERASED
        ]
        self._forget(_OF_PARTNER, {"partner_id": partner_id})
        notify_after_commit(self._connection, FORGOTTEN_CHANNEL)

    def forget(self, before: datetime, most: int) -> int:
        return self._forget(_OLD, {"before": before, "most": most, "now": clock.now()})

    def _forget(self, which: str, values: dict[str, Any]) -> int:
        positions = list(self._connection.exec_driver_sql(which, values).scalars())
        for statement in _FORGET if positions else ():
            self._connection.exec_driver_sql(statement, {"positions": positions})
        return len(positions)


def as_filters_see(event: Mapping[str, Any], *, sees_personal: bool) -> SeenByFilters:
    """An event's row, by what an integrator may see."""
    text = event["data"] if sees_personal else event["impersonal"] or event["data"]
    return SeenByFilters(event["type"], json.loads(text))


def _passed(filters: Sequence[Any], event: Mapping[str, Any]) -> list[Any]:
    """The endpoints whose filter the event passes; the same filter of several is tried once."""
    seen = cache(lambda sees_personal: as_filters_see(event, sees_personal=sees_personal))
    passes = cache(lambda expression, sees_personal: fits(expression, seen(sees_personal)))
    return [
        one
        for one in filters
        if (one.event_types is None or event["type"] in one.event_types)
        and (one.seen_types is None or event["type"] in one.seen_types)
        and passes(one.filter, one.sees_personal)
    ]


def _told(data: Mapping[str, Any], kind: EventType) -> dict[str, str | None]:
    """The data as it is, and without what is personal where that is not the same."""
    whole, impersonal = as_json(data), as_json(kind.without_personal(data))
    return {"data": whole, "impersonal": None if impersonal == whole else impersonal}
