"""What integrators want of Kafka, in PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database.repository import Repository
from integrations.adapters.tables import kafka_users
from integrations.domain.kafka_users import KafkaState, KafkaUser


class SqlKafkaUserRows(Repository):
    """The `KafkaUserRows` port; works inside the transaction of its connection."""

    def get(self, integrator_id: UUID) -> KafkaUser | None:
        query = select(kafka_users).where(kafka_users.c.integrator_id == integrator_id)
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else _user(row)

    def save(self, user: KafkaUser) -> None:
        statement = insert(kafka_users).values(_row(user))
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["integrator_id"], set_=_row(user))
        )

    def all(self) -> Sequence[KafkaUser]:
        return [_user(row) for row in self._connection.execute(select(kafka_users)).mappings()]

    def note(self, before: KafkaUser, after: KafkaUser | None) -> None:
        is_it = (kafka_users.c.integrator_id == before.integrator_id) & (
            kafka_users.c.generation == before.generation
        )
        if after is None:
            self._connection.execute(delete(kafka_users).where(is_it))
        elif (after.state, after.credential) != (before.state, before.credential):
            self._connection.execute(update(kafka_users).where(is_it).values(_row(after)))


def _row(user: KafkaUser) -> dict[str, Any]:
    return {**vars(user), "state": str(user.state)}


def _user(row: RowMapping) -> KafkaUser:
    return KafkaUser(**{**row, "state": KafkaState(row["state"])})
