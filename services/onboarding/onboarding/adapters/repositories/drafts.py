"""Drafts in PostgreSQL: deleted once they are submitted or expired."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from chassis.database.repository import Repository
from onboarding.adapters.tables import drafts
from onboarding.domain.drafts import Draft
from onboarding.handlers.ports import Drafts


class SqlDrafts(Repository, Drafts):
    """The drafts as one transaction sees them."""

    def add(self, draft: Draft) -> None:
        self._connection.execute(insert(drafts).values(vars(draft)))

    def find(self, draft_id: UUID, at: datetime) -> Draft | None:
        query = select(drafts).where(drafts.c.id == draft_id, drafts.c.expires_at > at)
        return self._read_one(query, Draft)

    def save(self, draft_id: UUID, answers: Mapping[str, Any], at: datetime) -> bool:
        it = (drafts.c.id == draft_id) & (drafts.c.expires_at > at)
        statement = update(drafts).where(it).values(answers=answers, saved_at=at)
        return self._connection.execute(statement).rowcount == 1

    def take(self, draft_id: UUID, at: datetime) -> Draft | None:
        taken = delete(drafts).where(drafts.c.id == draft_id, drafts.c.expires_at > at).returning(drafts)
        return self._read_one(taken, Draft)

    def take_expired(self, at: datetime, most: int) -> Sequence[Draft]:
        old = select(drafts.c.id).where(drafts.c.expires_at <= at).limit(most)
        taken = delete(drafts).where(drafts.c.id.in_(old.with_for_update(skip_locked=True)))
        return self._read_all(taken.returning(drafts), Draft)
