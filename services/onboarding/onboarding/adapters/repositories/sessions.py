"""Partners' sessions, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, select
from sqlalchemy.dialects import postgresql

from chassis.database.repository import Repository
from onboarding.adapters.tables import ended_sessions, partners, sessions
from onboarding.domain.begun_sessions import BegunSession
from onboarding.handlers.ports import Sessions

MOST_SHOWN = 100
# Added to a session's end, as clocks differ.
_KEPT_FOR = timedelta(hours=1)


class SqlSessions(Repository, Sessions):
    """The sessions as one transaction sees them; a session of an older release is not in the table."""

    def add(self, session: BegunSession) -> None:
        statement = postgresql.insert(sessions).values(vars(session))
        self._connection.execute(statement.on_conflict_do_nothing())

    def open_of(self, partner_id: UUID, at: datetime) -> Sequence[BegunSession]:
        newest = (sessions.c.begun_at.desc(), sessions.c.id)
        query = select(sessions).where(_go_on(partner_id, at)).order_by(*newest).limit(MOST_SHOWN)
        return self._read_all(query, BegunSession)

    def end(
        self, partner_id: UUID, at: datetime, session_id: UUID | None = None, spared: UUID | None = None
    ) -> Sequence[UUID]:
        found = select(sessions.c.id, sessions.c.ends_at + _KEPT_FOR).where(_go_on(partner_id, at))
        if session_id is not None:
            found = found.where(sessions.c.id == session_id)
        if spared is not None:
            found = found.where(sessions.c.id != spared)
        statement = postgresql.insert(ended_sessions).from_select(["id", "forget_at"], found)
        ended = statement.on_conflict_do_nothing().returning(ended_sessions.c.id)
        return self._connection.execute(ended).scalars().all()

    def forget(self, before: datetime) -> int:
        return self._connection.execute(delete(sessions).where(sessions.c.ends_at < before)).rowcount


def _go_on(partner_id: UUID, at: datetime) -> ColumnElement[bool]:
    is_ended = exists().where(ended_sessions.c.id == sessions.c.id)
    # As `adapters.sessions` says: a former contact's sessions are over, and not listed.
    handed_over_at = func.date_trunc("second", partners.c.contact_since)
    is_of_another = exists().where(partners.c.id == partner_id, handed_over_at >= sessions.c.begun_at)
    return and_(sessions.c.partner_id == partner_id, sessions.c.ends_at > at, ~is_ended, ~is_of_another)
