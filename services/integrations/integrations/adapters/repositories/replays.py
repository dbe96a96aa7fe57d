"""Replays in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, delete, func, insert, select, update

from chassis.database.repository import Repository
from integrations.adapters.tables import replays
from integrations.domain.replays import Replay, State


class SqlReplays(Repository):
    """The `Replays` port; works inside the transaction of its connection."""

    def add(self, replay: Replay) -> None:
        self._connection.execute(insert(replays).values(_row(replay)))

    def get(self, integrator_id: UUID, replay_id: UUID) -> Replay | None:
        is_it = (replays.c.id == replay_id) & (replays.c.integrator_id == integrator_id)
        return self._one(select(replays).where(is_it))

    def newest(self, integrator_id: UUID, limit: int) -> Sequence[Replay]:
        its = select(replays).where(replays.c.integrator_id == integrator_id)
        rows = self._connection.execute(its.order_by(replays.c.created_at.desc()).limit(limit)).mappings()
        return [_replay(row) for row in rows]

    def lock(self, replay_id: UUID) -> Replay | None:
        return self._one(select(replays).where(replays.c.id == replay_id).with_for_update())

    def save(self, replay: Replay) -> None:
        self._connection.execute(update(replays).where(replays.c.id == replay.id).values(_row(replay)))

    def running(self, integrator_id: UUID) -> int:
        is_it = (replays.c.integrator_id == integrator_id) & (replays.c.state == str(State.RUNNING))
        return self._connection.scalar(select(func.count()).select_from(replays).where(is_it)) or 0

    def forget(self, before: datetime, most: int) -> int:
        oldest = select(replays.c.id).where(replays.c.created_at < before).order_by(replays.c.created_at)
        statement = delete(replays).where(replays.c.id.in_(oldest.limit(most)))
        return self._connection.execute(statement).rowcount

    def _one(self, query: Select[Any]) -> Replay | None:
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else _replay(row)


def _replay(row: RowMapping) -> Replay:
    types = row["event_types"]
    return Replay(**{**row, "event_types": types and tuple(types), "state": State(row["state"])})


def _row(replay: Replay) -> dict[str, Any]:
    types = replay.event_types
    return vars(replay) | {"event_types": types and list(types), "state": str(replay.state)}
