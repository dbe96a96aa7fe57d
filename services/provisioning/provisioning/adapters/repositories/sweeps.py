"""Sweeps in PostgreSQL."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, Select, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database.repository import Repository
from provisioning.adapters.tables import sweeps
from provisioning.domain.findings import ThingKind
from provisioning.domain.steps import Cause
from provisioning.domain.sweeps import Sweep

_NEWEST = select(sweeps).order_by(sweeps.c.started_at.desc())


class SqlSweeps(Repository):
    """Implements the port `Sweeps`."""

    def lock_open(self) -> Sweep | None:
        return self._one(select(sweeps).where(sweeps.c.ended_at.is_(None)).with_for_update())

    def last(self) -> Sweep | None:
        return self._one(_NEWEST.limit(1))

    def newest(self, limit: int) -> list[Sweep]:
        return [_sweep(row) for row in self._connection.execute(_NEWEST.limit(limit))]

    def add(self, sweep: Sweep) -> bool:
        added = insert(sweeps).values(**_values(sweep)).on_conflict_do_nothing()
        return self._connection.execute(added.returning(sweeps.c.sweep_id)).first() is not None

    def save(self, sweep: Sweep) -> None:
        changed = update(sweeps).where(sweeps.c.sweep_id == sweep.sweep_id)
        self._connection.execute(changed.values(**_values(sweep)))

    def _one(self, query: Select[Any]) -> Sweep | None:
        row = self._connection.execute(query).first()
        return _sweep(row) if row else None


def _values(sweep: Sweep) -> dict[str, Any]:
    return {**asdict(sweep), "kinds": list(sweep.kinds)}


def _sweep(row: Row[Any]) -> Sweep:
    values = row._asdict()
    left_out = {name: Cause(**cause) for name, cause in row.left_out.items()}
    return Sweep(**{**values, "kinds": tuple(map(ThingKind, row.kinds)), "left_out": left_out})
