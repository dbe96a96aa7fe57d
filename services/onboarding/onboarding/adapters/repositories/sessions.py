"""Where partners are signed in, in PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, exists, func, insert, select
from sqlalchemy.dialects import postgresql

from chassis.database.repository import Repository
from onboarding.adapters.tables import ended_sessions, partners, sessions
from onboarding.domain.begun_sessions import BegunSession
from onboarding.handlers.ports import Sessions

MOST_SHOWN = 100
# On top of a session's end, as clocks differ.
_KEPT_FOR = timedelta(hours=1)


class SqlSessions(Repository, Sessions):
    """The sessions as one transaction sees them; those from before an upgrade are not known."""

    def add(self, session: BegunSession) -> None:
        self._connection.execute(insert(sessions).values(vars(session)))

    def open_of(self, partner_id: UUID, at: datetime) -> Sequence[BegunSession]:
        is_ended = exists().where(ended_sessions.c.id == sessions.c.id)
        # As `adapters.sessions` says: whoever was the contact before is signed out, and nobody's to see.
        handed_over_at = func.date_trunc("second", partners.c.contact_since)
        is_of_another = exists().where(partners.c.id == partner_id, handed_over_at >= sessions.c.begun_at)
        query = (
            select(sessions)
            .where(sessions.c.partner_id == partner_id, sessions.c.ends_at > at, ~is_ended, ~is_of_another)
            .order_by(sessions.c.begun_at.desc(), sessions.c.id)
            .limit(MOST_SHOWN)
        )
        return [BegunSession(**row) for row in self._connection.execute(query).mappings()]

    def end(self, ended: Collection[BegunSession]) -> None:
        rows = [{"id": session.id, "forget_at": session.ends_at + _KEPT_FOR} for session in ended]
        if rows:
            statement = postgresql.insert(ended_sessions).on_conflict_do_nothing()
            self._connection.execute(statement, rows)

    def forget(self, before: datetime) -> int:
        return self._connection.execute(delete(sessions).where(sessions.c.ends_at < before)).rowcount
