"""Sweeps in PostgreSQL."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database.repository import Repository
from provisioning.adapters.tables import sweeps
from provisioning.domain.steps import Cause
from provisioning.domain.sweeps import Sweep

_NEWEST = select(sweeps).order_by(sweeps.c.started_at.desc())


class SqlSweeps(Repository):
    """Implements the port `Sweeps`."""

    def lock_open(self) -> Sweep | None:
        return self._read_one(select(sweeps).where(sweeps.c.ended_at.is_(None)).with_for_update(), _sweep)

    def last(self) -> Sweep | None:
        return self._read_one(_NEWEST.limit(1), _sweep)

    def newest(self, limit: int) -> list[Sweep]:
        return self._read_all(_NEWEST.limit(limit), _sweep)

    def add(self, sweep: Sweep) -> bool:
        added = insert(sweeps).values(**asdict(sweep)).on_conflict_do_nothing()
        return self._connection.execute(added.returning(sweeps.c.sweep_id)).first() is not None

    def save(self, sweep: Sweep) -> None:
        changed = update(sweeps).where(sweeps.c.sweep_id == sweep.sweep_id)
        self._connection.execute(changed.values(**asdict(sweep)))


def _sweep(*, left_out: dict[str, dict[str, str]], **row: Any) -> Sweep:
    return Sweep(left_out={name: Cause(**cause) for name, cause in left_out.items()}, **row)
