"""Grants and their steps in PostgreSQL."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, bindparam, insert, select, update

from chassis.database.repository import Repository
from provisioning.adapters.tables import grant_steps, grants
from provisioning.domain.grant_states import Intent, State
from provisioning.domain.grants import Grant
from provisioning.domain.steps import Cause, Progress, StepRecord


class SqlGrants(Repository):
    """Implements the port `Grants`, and the pages that operators read."""

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
        found = self._load(select(grants).where(grants.c.grant_id == grant_id))
        return found[0] if found else None

    def of_partner(self, partner_id: UUID) -> list[Grant]:
        return self._load(select(grants).where(grants.c.partner_id == partner_id).order_by(grants.c.number))

    def partner_of(self, grant_id: UUID) -> UUID | None:
        owner = select(grants.c.partner_id).where(grants.c.grant_id == grant_id)
        return self._connection.execute(owner).scalar_one_or_none()

    def save(self, grant: Grant) -> None:
        change = update(grants).where(grants.c.grant_id == grant.grant_id).values(**_grant_values(grant))
        self._connection.execute(change)
        one_step = (grant_steps.c.grant_id == grant.grant_id) & (
            grant_steps.c.position == bindparam("at_position")
        )
        rows = [{"at_position": position, **_step_values(step)} for position, step in enumerate(grant.steps)]
        self._connection.execute(update(grant_steps).where(one_step), rows)

    def page(self, state: State | None, after: int, limit: int) -> list[tuple[int, Grant]]:
        """Return up to ``limit`` grants in the order they were planned, each with its place."""
        wanted: list[ColumnElement[bool]] = [grants.c.number > after]
        if state is not None:
            wanted.append(grants.c.state == state)
        page = select(grants.c.number, grants.c.grant_id).where(*wanted).order_by(grants.c.number)
        places = {row.grant_id: row.number for row in self._connection.execute(page.limit(limit))}
        loaded = self._load(select(grants).where(grants.c.grant_id.in_(places)).order_by(grants.c.number))
        return [(places[grant.grant_id], grant) for grant in loaded]

    def _load(self, query: Select[Any]) -> list[Grant]:
        rows = self._connection.execute(query).all()
        steps = self._steps_of([row.grant_id for row in rows])
        return [_grant(row, steps[row.grant_id]) for row in rows]

    def _steps_of(self, grant_ids: Sequence[UUID]) -> dict[UUID, list[StepRecord]]:
        steps: dict[UUID, list[StepRecord]] = defaultdict(list)
        if grant_ids:
            of_these = select(grant_steps).where(grant_steps.c.grant_id.in_(grant_ids))
            for row in self._connection.execute(of_these.order_by(grant_steps.c.position)):
                steps[row.grant_id].append(_step(row))
        return steps


def _grant_values(grant: Grant) -> dict[str, Any]:
    return {
        "state": grant.state,
        "intent": grant.intent,
        "outputs": grant.outputs,
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


def _grant(row: Row[Any], steps: list[StepRecord]) -> Grant:
    return Grant(
        grant_id=row.grant_id,
        partner_id=row.partner_id,
        product_name=row.product,
        is_required=row.is_required,
        parameters=row.parameters,
        steps=steps,
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
