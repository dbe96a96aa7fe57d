"""The wanted users of Kafka, in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database.repository import Repository
from integrations.adapters.tables import kafka_users
from integrations.domain.kafka_users import KafkaUser


class SqlKafkaUserRows(Repository):
    """The `KafkaUserRows` port; works inside the transaction of its connection."""

    def get(self, integrator_id: UUID) -> KafkaUser | None:
        query = select(kafka_users).where(kafka_users.c.integrator_id == integrator_id)
        return self._read_one(query, KafkaUser)

    def save(self, user: KafkaUser) -> None:
        row = vars(user)
        statement = insert(kafka_users).values(row)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["integrator_id"], set_=row))

    def all(self) -> Sequence[KafkaUser]:
        return self._read_all(select(kafka_users), KafkaUser)

    def note(self, before: KafkaUser, after: KafkaUser | None) -> None:
        is_it = (kafka_users.c.integrator_id == before.integrator_id) & (
            kafka_users.c.generation == before.generation
        )
        if after is None:
            self._connection.execute(delete(kafka_users).where(is_it))
        elif (after.state, after.credential) != (before.state, before.credential):
            self._connection.execute(update(kafka_users).where(is_it).values(vars(after)))
