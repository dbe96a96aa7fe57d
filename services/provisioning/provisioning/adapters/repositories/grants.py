"""Grants and their steps in PostgreSQL."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, insert, select

from chassis.database.repository import Repository
from chassis.database.round_trips import write_later
from provisioning.adapters.tables import grant_steps, grants
from provisioning.domain.grant_states import Intent, State
from provisioning.domain.grants import Grant
from provisioning.domain.steps import Cause, Progress, StepRecord

_WITH_STEPS = (
    select(grants, *(column for column in grant_steps.c if column is not grant_steps.c.grant_id))
    .join(grant_steps, grant_steps.c.grant_id == grants.c.grant_id)
    .order_by(grants.c.number, grant_steps.c.position)
)
_OF_ID = _WITH_STEPS.where(grants.c.grant_id == bindparam("grant_id"))
_OF_PARTNER = _WITH_STEPS.where(grants.c.partner_id == bindparam("partner_id"))

_SAVE = """
UPDATE grants SET state = %(state)s, intent = %(intent)s, outputs = %(outputs)s,
    collected_at = %(collected_at)s, collected_by_visit = %(collected_by_visit)s,
    waiver_reason = %(waiver_reason)s
WHERE grant_id = %(grant_id)s
"""
_SAVE_STEP = """
UPDATE grant_steps SET progress = %(progress)s, is_frozen = %(is_frozen)s, is_switching = %(is_switching)s,
    attempts = %(attempts)s, attempt_id = %(attempt_id)s, begun_at = %(begun_at)s, retry_at = %(retry_at)s,
    is_stuck = %(is_stuck)s, cause_code = %(cause_code)s, cause_message = %(cause_message)s
WHERE grant_id = %(grant_id)s AND position = %(position)s
"""


class SqlGrants(Repository):
    """Implements the port `Grants`, and the pages that operators read; saves what differs from the rows."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._stored: dict[UUID, list[Mapping[str, Any]]] = {}

    def add(self, grant: Grant) -> None:
        identity = {
            "grant_id": grant.grant_id,
            "partner_id": grant.partner_id,
            "product": grant.product_name,
            "is_required": grant.is_required,
            "parameters": dict(grant.parameters),
        }
        self._connection.execute(insert(grants).values(**identity, **_grant_values(grant)))
        rows = [
            {"grant_id": grant.grant_id, "position": position, "name": step.name, **_step_values(step)}
            for position, step in enumerate(grant.steps)
        ]
        self._connection.execute(insert(grant_steps), rows)

    def get(self, grant_id: UUID) -> Grant | None:
        found = self._load(_OF_ID, {"grant_id": grant_id})
        return found[0] if found else None

    def of_partner(self, partner_id: UUID) -> list[Grant]:
        return self._load(_OF_PARTNER, {"partner_id": partner_id})

    def save(self, grant: Grant) -> None:
        stored, values = self._stored.get(grant.grant_id, []), _values(grant)
        if stored[:1] != values[:1]:
            row = {**values[0], "outputs": Jsonb(values[0]["outputs"])}
            write_later(self._connection, _SAVE, {"grant_id": grant.grant_id, **row})
        for position, step in enumerate(values[1:]):
            if stored[position + 1 : position + 2] != [step]:
                key = {"grant_id": grant.grant_id, "position": position}
                write_later(self._connection, _SAVE_STEP, {**key, **step})
        self._stored[grant.grant_id] = values

    def page(
        self, state: State | None, after: int, limit: int, *, is_stuck: bool = False
    ) -> list[tuple[int, Grant]]:
        """Return up to ``limit`` grants in the order they were planned, each with its place.

        ``is_stuck`` leaves those with a step that waits for an operator.
        """
        wanted: list[ColumnElement[bool]] = [grants.c.number > after]
        if state is not None:
            wanted.append(grants.c.state == state)
        if is_stuck:
            stuck = select(grant_steps.c.grant_id).where(grant_steps.c.is_stuck)
            wanted.append(grants.c.grant_id.in_(stuck))
        page = select(grants.c.number, grants.c.grant_id).where(*wanted).order_by(grants.c.number)
        places = {row.grant_id: row.number for row in self._connection.execute(page.limit(limit))}
        loaded = self._load(_WITH_STEPS.where(grants.c.grant_id.in_(places)))
        return [(places[grant.grant_id], grant) for grant in loaded]

    def _load(self, query: Select[Any], values: Mapping[str, Any] | None = None) -> list[Grant]:
        rows = self._connection.execute(query, values)
        loaded = [_grant(list(of_one)) for _, of_one in groupby(rows, attrgetter("number"))]
        self._stored |= {grant.grant_id: _values(grant) for grant in loaded}
        return loaded


def _values(grant: Grant) -> list[Mapping[str, Any]]:
    """What can change: of the grant, then of each of its steps."""
    return [_grant_values(grant), *(_step_values(step) for step in grant.steps)]


def _grant_values(grant: Grant) -> dict[str, Any]:
    return {
        "state": grant.state,
        "intent": grant.intent,
        "outputs": dict(grant.outputs),
        "collected_at": grant.collected_at,
        "collected_by_visit": grant.collected_by_visit,
        "waiver_reason": grant.waiver_reason,
    }


def _step_values(step: StepRecord) -> dict[str, Any]:
    return {
        "progress": step.progress,
        "is_frozen": step.is_frozen,
        "is_switching": step.is_switching,
        "attempts": step.attempts,
        "attempt_id": step.attempt_id,
        "begun_at": step.begun_at,
        "retry_at": step.retry_at,
        "is_stuck": step.is_stuck,
        "cause_code": step.cause and step.cause.code,
        "cause_message": step.cause and step.cause.message,
    }


def _grant(rows: Sequence[Row[Any]]) -> Grant:
    """One grant from the rows of its steps."""
    row = rows[0]
    return Grant(
        grant_id=row.grant_id,
        partner_id=row.partner_id,
        product_name=row.product,
        is_required=row.is_required,
        parameters=row.parameters,
        steps=[_step(one) for one in rows],
        state=State(row.state),
        intent=Intent(row.intent),
        outputs=row.outputs,
        collected_at=row.collected_at,
        collected_by_visit=row.collected_by_visit,
        waiver_reason=row.waiver_reason,
    )


def _step(row: Row[Any]) -> StepRecord:
    return StepRecord(
        name=row.name,
        progress=Progress(row.progress),
        is_frozen=row.is_frozen,
        is_switching=row.is_switching,
        attempts=row.attempts,
        attempt_id=row.attempt_id,
        begun_at=row.begun_at,
        retry_at=row.retry_at,
        is_stuck=row.is_stuck,
        cause=Cause(row.cause_code, row.cause_message) if row.cause_code else None,
    )
