"""Replays in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update

from chassis.database.repository import Repository
from integrations.adapters.tables import replays
from integrations.domain.replays import Replay, State


class SqlReplays(Repository):
    """The `Replays` port; works inside the transaction of its connection."""

    def add(self, replay: Replay) -> None:
        self._connection.execute(insert(replays).values(vars(replay)))

    def get(self, integrator_id: UUID, replay_id: UUID) -> Replay | None:
        is_it = (replays.c.id == replay_id) & (replays.c.integrator_id == integrator_id)
        return self._read_one(select(replays).where(is_it), Replay)

    def newest(self, integrator_id: UUID, limit: int) -> Sequence[Replay]:
        its = select(replays).where(replays.c.integrator_id == integrator_id)
        return self._read_all(its.order_by(replays.c.created_at.desc()).limit(limit), Replay)

    def lock(self, replay_id: UUID) -> Replay | None:
        return self._read_one(select(replays).where(replays.c.id == replay_id).with_for_update(), Replay)

    def save(self, replay: Replay) -> None:
        self._connection.execute(update(replays).where(replays.c.id == replay.id).values(vars(replay)))

    def running(self, integrator_id: UUID) -> int:
        is_it = (replays.c.integrator_id == integrator_id) & (replays.c.state == State.RUNNING)
        return self._connection.scalar(select(func.count()).select_from(replays).where(is_it)) or 0

    def forget(self, before: datetime, most: int) -> int:
        oldest = select(replays.c.id).where(replays.c.created_at < before).order_by(replays.c.created_at)
        statement = delete(replays).where(replays.c.id.in_(oldest.limit(most)))
        return self._connection.execute(statement).rowcount
