"""Deliveries in PostgreSQL, as integrators see them; the sender has a way of its own to them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import RowMapping, select, tuple_, update

from chassis.database.repository import Repository
from chassis.database.round_trips import notify_after_commit
from integrations.adapters.repositories.events import DUE_CHANNEL, passes
from integrations.adapters.sending.claims import LEASE_SECONDS
from integrations.adapters.tables import deliveries, delivery_attempts, endpoints
from integrations.domain.deliveries import Attempt, Delivery, State
from integrations.domain.replays import Replay
from integrations.handlers.ports import WantedDeliveries

# What was never delivered to this endpoint, as it came later, gets its row now.
_REPLAY = """
INSERT INTO deliveries (endpoint_id, event_position, event_id, event_type, partner_id, due_at, created_at)
SELECT endpoint.id, event.position, event.id, event.type, event.partner_id, %(now)s, %(now)s
FROM events AS event LEFT JOIN partners AS partner ON partner.id = event.partner_id
JOIN endpoints AS endpoint ON endpoint.id = %(endpoint_id)s
    AND (endpoint.event_types IS NULL OR event.type = ANY (endpoint.event_types))
    AND partner_fits(endpoint.partner_rule, endpoint.partner_values, event.partner_id,
                     partner.tier, partner.products)
JOIN integrators AS integrator ON integrator.id = endpoint.integrator_id
    AND (integrator.event_types IS NULL OR event.type = ANY (integrator.event_types))
    AND partner_fits(integrator.partner_rule, integrator.partner_values, event.partner_id,
                     partner.tier, partner.products)
WHERE event.position > %(position)s AND event.position <= %(until)s AND NOT event.is_test
    AND event.received_at >= %(since)s AND event.received_at < %(before)s
    AND (%(event_types)s::text[] IS NULL OR event.type = ANY (%(event_types)s))
    AND (endpoint.filter IS NULL OR event.id = ANY (%(chosen)s::uuid[]))
    AND (%(partner_id)s::uuid IS NULL OR event.partner_id = %(partner_id)s)
ORDER BY event.position
ON CONFLICT (endpoint_id, event_position) DO UPDATE SET state = 'waiting', tries = 0,
    due_at = %(now)s, delivered_at = NULL
WHERE deliveries.state IN ('failed', 'withheld')
    OR (deliveries.state = 'delivered' AND NOT %(only_undelivered)s)
"""
_TO_FILTER = """
SELECT endpoint.filter, endpoint.event_types, integrator.sees_personal,
    event.id AS event_id, event.type, event.data, event.impersonal
FROM endpoints AS endpoint JOIN integrators AS integrator ON integrator.id = endpoint.integrator_id
JOIN events AS event ON event.position > %(position)s AND event.position <= %(until)s
WHERE endpoint.id = %(endpoint_id)s AND endpoint.filter IS NOT NULL
"""


class SqlDeliveries(Repository):
    """The `Deliveries` port; works inside the transaction of its connection."""

    def get(self, integrator_id: UUID, delivery_id: UUID) -> Delivery | None:
        query = select(deliveries).join(endpoints, endpoints.c.id == deliveries.c.endpoint_id)
        is_it = (deliveries.c.id == delivery_id) & (endpoints.c.integrator_id == integrator_id)
        row = self._connection.execute(query.where(is_it)).mappings().one_or_none()
        return None if row is None else _delivery(row)

    def find(self, wanted: WantedDeliveries) -> Sequence[Delivery]:
        query = select(deliveries).join(endpoints, endpoints.c.id == deliveries.c.endpoint_id)
        query = query.where(endpoints.c.integrator_id == wanted.integrator_id)
        for column in ("endpoint_id", "state", "event_type", "partner_id"):
            if (value := getattr(wanted, column)) is not None:
                query = query.where(deliveries.c[column] == value)
        if wanted.since is not None:
            query = query.where(deliveries.c.created_at >= wanted.since)
        if wanted.until is not None:
            query = query.where(deliveries.c.created_at < wanted.until)
        place = (deliveries.c.event_position, deliveries.c.endpoint_id)
        if wanted.before is not None:
            query = query.where(tuple_(*place) < tuple_(*wanted.before))
        newest_first = query.order_by(*(column.desc() for column in place)).limit(wanted.limit)
        return [_delivery(row) for row in self._connection.execute(newest_first).mappings()]

    def attempts(self, delivery: Delivery) -> Sequence[Attempt]:
        query = select(delivery_attempts).where(
            delivery_attempts.c.event_position == delivery.position,
            delivery_attempts.c.endpoint_id == delivery.endpoint_id,
        )
        names = ("number", "at", "duration_ms", "outcome", "status", "answer")
        rows = self._connection.execute(query.order_by(delivery_attempts.c.number)).mappings()
        return [Attempt(**{name: row[name] for name in names}) for row in rows]

    def restart(self, delivery: Delivery, at: datetime) -> None:
        statement = update(deliveries).where(deliveries.c.id == delivery.id)
        values = {"state": str(State.WAITING), "due_at": at, "tries": 0, "delivered_at": None}
        self._connection.execute(statement.values(**values))

    def hurry(self, endpoint_id: UUID, at: datetime) -> None:
        after_lease = at + timedelta(seconds=LEASE_SECONDS)
        waits = (deliveries.c.endpoint_id == endpoint_id) & (deliveries.c.state == str(State.WAITING))
        later = waits & (deliveries.c.due_at > after_lease)
        self._connection.execute(update(deliveries).where(later).values(due_at=at, tries=0))

    def replay(self, replay: Replay, until: int, at: datetime) -> int:
        values = {
            "endpoint_id": replay.endpoint_id,
            "position": replay.position,
            "until": until,
            "since": replay.since,
            "before": replay.until,
            "event_types": None if replay.event_types is None else list(replay.event_types),
            "partner_id": replay.partner_id,
            "only_undelivered": replay.only_undelivered,
            "now": at,
            "chosen": self._chosen(replay, until),
        }
        return self._connection.exec_driver_sql(_REPLAY, values).rowcount

    def _chosen(self, replay: Replay, until: int) -> list[UUID]:
        """Those of the next events that pass the endpoint's filter, if it has one."""
        rows = self._connection.exec_driver_sql(
            _TO_FILTER, {"endpoint_id": replay.endpoint_id, "position": replay.position, "until": until}
        )
        return [row.event_id for row in rows if passes(row, dict(row._mapping))]

    def wake_sender(self) -> None:
        notify_after_commit(self._connection, DUE_CHANNEL)


def _delivery(row: RowMapping) -> Delivery:
    named = {name: value for name, value in row.items() if name not in {"event_position", "tries"}}
    return Delivery(**{**named, "state": State(row["state"]), "position": row["event_position"]})
