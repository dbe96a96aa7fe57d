"""Endpoints and their secrets in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, Select, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database.repository import Repository
from chassis.database.round_trips import notify_after_commit
from integrations.adapters.scope_rows import scope_columns, scope_of
from integrations.adapters.tables import endpoint_secrets, endpoints
from integrations.domain.endpoints import Endpoint, Secret, State

CHANGED_CHANNEL = "endpoints_changed"

# Warnings count per period of failing: a new period begins with none.
_TO_TELL_OF = """
SELECT id FROM endpoints AS endpoint
WHERE id > %(after)s AND (
    (state = 'disabled' AND NOT is_told_disabled)
    OR (state = 'active' AND EXISTS (
        SELECT FROM unnest(%(number)s::int[], %(since)s::timestamptz[]) AS warning (number, since)
        WHERE endpoint.failing_since <= warning.since AND warning.number
            > CASE WHEN endpoint.warned_since = endpoint.failing_since THEN endpoint.warnings ELSE 0 END)))
ORDER BY id LIMIT %(limit)s
"""


class SqlEndpoints(Repository):
    """The `Endpoints` port; works inside the transaction of its connection.

    The sender hears of every change once it is there.
    """

    def add(self, endpoint: Endpoint) -> None:
        self._change(insert(endpoints).values(_row(endpoint)))

    def get(self, integrator_id: UUID, endpoint_id: UUID) -> Endpoint | None:
        return self._read_one(_its(integrator_id, endpoint_id), _endpoint)

    def lock(self, integrator_id: UUID, endpoint_id: UUID) -> Endpoint | None:
        return self._read_one(_its(integrator_id, endpoint_id).with_for_update(key_share=True), _endpoint)

    def save(self, endpoint: Endpoint) -> None:
        statement = update(endpoints).where(endpoints.c.id == endpoint.id)
        self._change(statement.values(_row(endpoint)))

    def remove(self, endpoint: Endpoint) -> None:
        self._change(delete(endpoints).where(endpoints.c.id == endpoint.id))

    def of_integrator(self, integrator_id: UUID) -> Sequence[Endpoint]:
        query = select(endpoints).where(endpoints.c.integrator_id == integrator_id)
        return self._read_all(query.order_by(endpoints.c.created_at, endpoints.c.id), _endpoint)

    def to_warn_of(
        self, now: datetime, warnings: Sequence[timedelta], after: UUID, limit: int
    ) -> Sequence[UUID]:
        values = {
            "number": list(range(1, len(warnings) + 1)),
            "since": [now - warning for warning in warnings],
            "after": after,
            "limit": limit,
        }
        return self._connection.exec_driver_sql(_TO_TELL_OF, values).scalars().all()

    def lock_unwarned(self, endpoint_id: UUID) -> tuple[Endpoint, int] | None:
        is_it = (endpoints.c.id == endpoint_id) & ~endpoints.c.is_told_disabled
        query = select(endpoints).where(is_it).with_for_update(key_share=True)
        return self._read_one(query, _endpoint_and_warnings)

    def note_warned(self, endpoint: Endpoint, warnings: int) -> None:
        told = {
            "warned_since": endpoint.failing_since,
            "warnings": warnings,
            "is_told_disabled": endpoint.state is State.DISABLED,
        }
        self._connection.execute(update(endpoints).where(endpoints.c.id == endpoint.id).values(told))

    def add_secret(self, secret: Secret) -> None:
        row = vars(secret)
        self._change(
            insert(endpoint_secrets).values(row).on_conflict_do_update(index_elements=["id"], set_=row)
        )

    def expire_secrets(self, endpoint_id: UUID, at: datetime, now: datetime) -> None:
        its = endpoint_secrets.c.endpoint_id == endpoint_id
        self._change(delete(endpoint_secrets).where(its, endpoint_secrets.c.expires_at <= now))
        column = endpoint_secrets.c.expires_at
        longer = its & or_(column.is_(None), column > at)
        self._change(update(endpoint_secrets).where(longer).values(expires_at=at))

    def secrets(self, endpoint_id: UUID, now: datetime) -> Sequence[Secret]:
        column = endpoint_secrets.c.expires_at
        counts = (endpoint_secrets.c.endpoint_id == endpoint_id) & or_(column.is_(None), column > now)
        query = select(endpoint_secrets).where(counts).order_by(endpoint_secrets.c.created_at.desc())
        return self._read_all(query, Secret)

    def _change(self, statement: Executable) -> None:
        self._connection.execute(statement)
        notify_after_commit(self._connection, CHANGED_CHANNEL)


def _its(integrator_id: UUID, endpoint_id: UUID) -> Select[Any]:
    return select(endpoints).where(endpoints.c.id == endpoint_id, endpoints.c.integrator_id == integrator_id)


def _row(endpoint: Endpoint) -> dict[str, Any]:
    row = vars(endpoint) | scope_columns(endpoint.event_types, endpoint.partners)
    del row["partners"]
    # A change may have fixed it, so a requested wait is over.
    row["held_until"] = None
    # The next time it is disabled, its people are notified again.
    return row if endpoint.state is State.DISABLED else row | {"is_told_disabled": False}


def _endpoint(**row: Any) -> Endpoint:
    row |= scope_of(row) | {"order": row["delivery_order"]}
    return Endpoint(**{field.name: row[field.name] for field in fields(Endpoint)})


def _endpoint_and_warnings(**row: Any) -> tuple[Endpoint, int]:
    is_of_present = row["warned_since"] == row["failing_since"]
    return _endpoint(**row), row["warnings"] if is_of_present else 0
