"""The tokens of integrators in PostgreSQL, as hashes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, update

from chassis.database.repository import Repository
from integrations.adapters.tables import api_tokens
from integrations.domain.api_tokens import ApiToken

_SHOWN = [column for column in api_tokens.c if column.name != "hash"]


class SqlApiTokens(Repository):
    """The `ApiTokens` port; works inside the transaction of its connection."""

    def add(self, token: ApiToken, token_hash: bytes) -> None:
        self._connection.execute(insert(api_tokens).values(**vars(token), hash=token_hash))

    def replace(self, token: ApiToken, token_hash: bytes) -> None:
        statement = update(api_tokens).where(api_tokens.c.id == token.id)
        self._connection.execute(statement.values(**vars(token), hash=token_hash))

    def owner_of(self, token_hash: bytes) -> tuple[UUID, UUID] | None:
        is_it = (api_tokens.c.hash == token_hash) & api_tokens.c.revoked_at.is_(None)
        query = select(api_tokens.c.integrator_id, api_tokens.c.id).where(is_it)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else (row[0], row[1])

    def get(self, integrator_id: UUID, token_id: UUID) -> ApiToken | None:
        is_it = (api_tokens.c.integrator_id == integrator_id) & (api_tokens.c.id == token_id)
        return self._read_one(select(*_SHOWN).where(is_it), ApiToken)

    def of_integrator(self, integrator_id: UUID) -> Sequence[ApiToken]:
        query = select(*_SHOWN).where(api_tokens.c.integrator_id == integrator_id)
        return self._read_all(query.order_by(api_tokens.c.created_at), ApiToken)

    def revoke(self, integrator_id: UUID, token_id: UUID, at: datetime) -> ApiToken | None:
        is_it = (api_tokens.c.integrator_id == integrator_id) & (api_tokens.c.id == token_id)
        first = func.coalesce(api_tokens.c.revoked_at, at)
        return self._read_one(
            update(api_tokens).where(is_it).values(revoked_at=first).returning(*_SHOWN), ApiToken
        )
