"""Deliveries in PostgreSQL, as integrators see them; the sender has its own access to them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, select

from chassis.database.repository import Repository
from chassis.database.round_trips import notify_after_commit
from integrations.adapters.event_filters import fits
from integrations.adapters.repositories.events import DUE_CHANNEL, FIRST_DUE, as_filters_see
from integrations.adapters.scope_rows import ERASED, with_scope
from integrations.adapters.tables import deliveries, delivery_attempts, endpoints
from integrations.domain.deliveries import Attempt, Delivery, State
from integrations.domain.replays import Replay
from integrations.handlers.ports import WantedDeliveries

# What was never delivered to this endpoint, as it came later, gets its row now. What the endpoint chose does
# not keep it from hearing that a partner was erased; what the replay is to bring does.
_REPLAY = with_scope("""
WITH wanted AS (
SELECT endpoint.id AS endpoint_id, event.position, event.id, event.type, event.partner_id, known.state
FROM events AS event LEFT JOIN partners AS partner ON partner.id = event.partner_id
JOIN endpoints AS endpoint ON endpoint.id = %(endpoint_id)s
    AND (event.type = '{erased}' OR endpoint.event_types IS NULL OR event.type = ANY (endpoint.event_types))
    AND partner_fits(endpoint.partner_rule, endpoint.partner_values, event.partner_id,
                     partner.tier, partner.products)
JOIN integrators AS integrator ON integrator.id = endpoint.integrator_id
    AND (event.type = '{erased}' OR integrator.event_types IS NULL
         OR event.type = ANY (integrator.event_types))
    AND {integrator_fits}
LEFT JOIN deliveries AS known ON known.endpoint_id = endpoint.id AND known.event_position = event.position
WHERE event.position > %(position)s AND event.position <= %(until)s AND NOT event.is_test
    AND event.received_at >= %(since)s AND event.received_at < %(before)s
    AND (%(event_types)s::text[] IS NULL OR event.type = ANY (%(event_types)s))
    AND (coalesce(%(filter)s::text, CASE WHEN event.type <> '{erased}' THEN endpoint.filter END) IS NULL
         OR event.id = ANY (%(chosen)s::uuid[]))
    AND (%(partner_id)s::uuid IS NULL OR event.partner_id = %(partner_id)s)
), started AS (
INSERT INTO deliveries (endpoint_id, event_position, event_id, event_type, partner_id, due_at, created_at)
SELECT endpoint_id, position, id, type, partner_id, %(now)s, %(now)s FROM wanted
WHERE state IS NULL OR state <> 'waiting' ORDER BY position
ON CONFLICT (endpoint_id, event_position) DO UPDATE SET state = 'waiting', tries = 0,
    due_at = %(now)s, delivered_at = NULL
WHERE deliveries.state IN ('failed', 'withheld')
    OR (deliveries.state = 'delivered' AND NOT %(only_undelivered)s)
RETURNING 1
) SELECT (SELECT count(*) FROM started), (SELECT count(*) FROM wanted WHERE state = 'waiting')
""")
_TO_FILTER = with_scope("""
SELECT endpoint.filter, {filter_sees_personal} AS sees_personal,
    event.id AS event_id, event.type, event.data, event.impersonal
FROM endpoints AS endpoint JOIN integrators AS integrator ON integrator.id = endpoint.integrator_id
JOIN events AS event ON event.position > %(position)s AND event.position <= %(until)s
WHERE endpoint.id = %(endpoint_id)s AND coalesce(endpoint.filter, %(filter)s::text) IS NOT NULL
    AND (event.type = '{erased}' OR endpoint.event_types IS NULL OR event.type = ANY (endpoint.event_types))
""")
# Endpoints are few: the newest of each are read, and the newest of these are shown.
_FOUND = """
SELECT delivery.* FROM endpoints AS endpoint CROSS JOIN LATERAL (
    SELECT * FROM deliveries WHERE deliveries.endpoint_id = endpoint.id {}
    ORDER BY deliveries.event_position DESC LIMIT %(limit)s) AS delivery
WHERE endpoint.integrator_id = %(integrator_id)s
    AND (%(endpoint_id)s::uuid IS NULL OR endpoint.id = %(endpoint_id)s)
ORDER BY delivery.event_position DESC, delivery.endpoint_id DESC LIMIT %(limit)s
"""
_FIRST_SINCE = "SELECT position FROM events WHERE received_at >= %(moment)s ORDER BY received_at LIMIT 1"
_BEYOND_ALL = 2**63 - 1
# Of one partner, or with one id, there are few events.
_BY_EVENT = "AND event_position = ANY (ARRAY(SELECT position FROM events WHERE {} = %({})s))"
_CONDITIONS = {
    "waiting": "AND state = 'waiting'",
    "done": "AND state = %(state)s AND state <> 'waiting'",
    "event_type": "AND event_type = %(event_type)s",
    "partner_id": _BY_EVENT.format("partner_id", "partner_id"),
    "event_id": _BY_EVENT.format("id", "event_id"),
    "first": "AND event_position >= %(first)s",
    "beyond": "AND event_position < %(beyond)s",
    "before": "AND event_position <= %(before_position)s"
    " AND (event_position, endpoint_id) < (%(before_position)s, %(before_endpoint)s)",
}
_FORGET = (
    "DELETE FROM deliveries WHERE endpoint_id = %(id)s AND event_position = ANY (%(positions)s)",
    "DELETE FROM delivery_attempts WHERE endpoint_id = %(id)s AND event_position = ANY (%(positions)s)",
)
_RESTART = """
UPDATE deliveries SET state = 'waiting', tries = 0, delivered_at = NULL, due_at = {first_due}
WHERE id = %(id)s AND (state <> 'waiting' OR NOT is_claimed OR due_at > %(after_lease)s)
"""
_RESTART_FIRST = _RESTART.format(first_due=FIRST_DUE)
_HURRY = """
UPDATE deliveries SET due_at = %(at)s, tries = 0
WHERE endpoint_id = %(id)s AND state = 'waiting' AND event_position = ANY (ARRAY(
    SELECT event_position FROM deliveries
    WHERE endpoint_id = %(id)s AND state = 'waiting' AND due_at > %(at)s
        AND (NOT is_claimed OR due_at > %(after_lease)s)
    ORDER BY due_at LIMIT %(most)s))
"""
_SOME = """
SELECT event_position FROM deliveries WHERE endpoint_id = %(id)s
    AND NOT EXISTS (SELECT FROM endpoints WHERE endpoints.id = %(id)s) LIMIT %(most)s
"""


class SqlDeliveries(Repository):
    """The `Deliveries` port; works inside the transaction of its connection.

    A delivery that is not claimed, or is due later than a ``lease`` from now, cannot be in flight.
    """

    def __init__(self, connection: Connection, lease: timedelta) -> None:
        super().__init__(connection)
        self._lease = lease

    def get(self, integrator_id: UUID, delivery_id: UUID) -> Delivery | None:
        query = select(deliveries).join(endpoints, endpoints.c.id == deliveries.c.endpoint_id)
        is_it = (deliveries.c.id == delivery_id) & (endpoints.c.integrator_id == integrator_id)
        return self._read_one(query.where(is_it), _delivery)

    def find(self, wanted: WantedDeliveries) -> Sequence[Delivery]:
        values = dict(vars(wanted))
        values["waiting" if wanted.state == State.WAITING else "done"] = wanted.state
        values["first"] = None if wanted.since is None else self._first_since(wanted.since)
        values["beyond"] = None if wanted.until is None else self._first_since(wanted.until)
        if wanted.before is not None:
            values["before_position"], values["before_endpoint"] = wanted.before
        conditions = [text for name, text in _CONDITIONS.items() if values.get(name) is not None]
        found = self._connection.exec_driver_sql(_FOUND.format(" ".join(conditions)), values)
        return [_delivery(**row) for row in found.mappings()]

    def _first_since(self, moment: datetime) -> int:
        """The position of the first event since then; a plain number helps the planner."""
        position: int | None = self._connection.exec_driver_sql(_FIRST_SINCE, {"moment": moment}).scalar()
        return _BEYOND_ALL if position is None else position

    def attempts(self, delivery: Delivery) -> Sequence[Attempt]:
        its = delivery_attempts.c
        query = select(its.number, its.at, its.duration_ms, its.outcome, its.status, its.answer).where(
            its.event_position == delivery.position, its.endpoint_id == delivery.endpoint_id
        )
        return self._read_all(query.order_by(its.number), Attempt)

    def restart(self, delivery: Delivery, at: datetime) -> None:
        values = {"id": delivery.id, "endpoint_id": delivery.endpoint_id, "now": at}
        values["after_lease"] = at + self._lease
        self._connection.exec_driver_sql(_RESTART_FIRST, values)

    def hurry(self, endpoint_id: UUID, at: datetime, most: int) -> int:
        values = {"id": endpoint_id, "at": at, "after_lease": at + self._lease, "most": most}
        return self._connection.exec_driver_sql(_HURRY, values).rowcount

    def forget(self, endpoint_id: UUID, most: int) -> int:
        some = self._connection.exec_driver_sql(_SOME, {"id": endpoint_id, "most": most})
        positions = list(some.scalars())
        for statement in _FORGET if positions else ():
            self._connection.exec_driver_sql(statement, {"id": endpoint_id, "positions": positions})
        return len(positions)

    def replay(self, replay: Replay, until: int, at: datetime) -> tuple[int, int]:
        types = replay.event_types and list(replay.event_types)
        values = vars(replay) | {"event_types": types, "until": until, "before": replay.until, "now": at}
        values["chosen"] = self._chosen(replay, values)
        started, under_way = self._connection.exec_driver_sql(_REPLAY, values).one()
        return started, under_way

    def _chosen(self, replay: Replay, values: dict[str, Any]) -> list[UUID]:
        """Those of the next events that pass the filters of endpoint and replay, if any."""
        rows = self._connection.exec_driver_sql(_TO_FILTER, values).mappings()
        return [row["event_id"] for row in rows if _passes(row, replay.filter)]

    def wake_sender(self, endpoint_id: UUID) -> None:
        notify_after_commit(self._connection, DUE_CHANNEL, str(endpoint_id))


def _passes(row: RowMapping, further: str | None) -> bool:
    """Whether an event passes the endpoint's filter, if it has one, and a further one."""
    seen = as_filters_see(dict(row), sees_personal=row["sees_personal"])
    own = None if row["type"] == ERASED else row["filter"]
    return all(fits(each, seen) for each in (own, further) if each is not None)


def _delivery(**row: Any) -> Delivery:
    unseen = {"event_position", "tries", "claims", "is_claimed"}
    named = {name: value for name, value in row.items() if name not in unseen}
    return Delivery(**{**named, "state": State(row["state"]), "position": row["event_position"]})
