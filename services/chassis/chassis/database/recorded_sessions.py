"""Which sessions were ended, or are those of an erased subject; all others last as long as their tokens say.

A service that takes sessions has a table ``ended_sessions`` (``id uuid PRIMARY KEY``, ``forget_at
timestamptz``), and says whose sessions are over besides. The one that signs people in tells the others.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from chassis import clock
from chassis.database.pool import Database
from chassis.identity.session import COOKIE, LIFETIME, IsOver, Session, SessionSigner, SignedSession

_END = """
INSERT INTO ended_sessions (id, forget_at) VALUES (%(id)s, %(forget_at)s) ON CONFLICT DO NOTHING
"""
# Of an erased partner the event that names its sessions may come too late to have an effect.
_IS_ENDED = """
EXISTS (SELECT FROM ended_sessions WHERE id = %(id)s)
OR EXISTS (SELECT FROM erased_subjects AS erased WHERE erased.subject = %(subject)s::text) OR {}
"""
_NOTE = """
INSERT INTO ended_sessions (id, forget_at)
SELECT unnest(%(ids)s::uuid[]), %(forget_at)s ON CONFLICT DO NOTHING
"""
_FORGET = "DELETE FROM ended_sessions WHERE forget_at < %(now)s"


def asking(database: Database, condition: str, facts: Callable[[], Mapping[str, Any]] = dict) -> IsOver:
    """Tell whether a session was ended, or is over by a condition over ``%(subject)s`` and ``%(begun_at)s``.

    ``facts`` gives what else the condition names; a transaction of its own for each question.
    """

    statement = f"SELECT {_IS_ENDED.format(condition)}"

    def is_over(session: Session) -> bool:
        question = {"id": session.id, "subject": session.subject, "begun_at": session.begun_at, **facts()}
        with database.engine.begin() as connection:
            return bool(connection.exec_driver_sql(statement, question).scalar_one())

    return is_over


def held_by_another(table: str, key: str, since: str) -> str:
    """The condition that another person took over the subject after the session began.

    ``since`` is the column of its row that says when.
    """
    # A session knows the second in which it began.
    its = f"SELECT FROM {table} WHERE {key} = %(subject)s::uuid"
    return f"EXISTS ({its} AND date_trunc('second', {since}) >= %(begun_at)s)"


def note_ended(connection: Connection, session_ids: Sequence[UUID]) -> None:
    """Take no token of these any more, of which another service told; forget those that none can name.

    They are kept from now on, whenever they ended by the clock of the other service.
    """
    # An hour on top, as clocks differ.
    values = {"ids": list(session_ids), "forget_at": clock.now() + LIFETIME + timedelta(hours=1)}
    connection.exec_driver_sql(_FORGET, {"now": clock.now()})
    connection.exec_driver_sql(_NOTE, values)


class RecordedSessions:
    """Signs, renews and ends sessions; a transaction of its own for each question.

    ``is_over`` is a condition over ``%(subject)s`` and ``%(begun_at)s``, and over what ``facts`` gives.
    """

    def __init__(
        self,
        database: Database,
        signer: SessionSigner,
        *,
        is_over: str,
        facts: Callable[[], Mapping[str, Any]] = dict,
        cookie: str = COOKIE,
    ) -> None:
        self._database = database
        self._signer = signer
        self.is_ended = asking(database, is_over, facts)
        self.cookie = cookie

    def begin(self, subject: str, session_id: UUID | None = None) -> SignedSession:
        return self._signer.sign(subject, session_id=session_id)

    def renew(self, session: Session) -> SignedSession:
        return self._signer.renew(session)

    def end(self, session: Session) -> None:
        """From now on no token of it is accepted here, and none is made; harmless when repeated."""
        # An hour on top, as clocks differ.
        values = {"id": session.id, "forget_at": session.ends_at + timedelta(hours=1)}
        with self._database.engine.begin() as connection:
            connection.exec_driver_sql(_END, values)

    def forget_ended(self) -> int:
        """Delete what no token can name any more; return how many."""
        with self._database.engine.begin() as connection:
            return connection.exec_driver_sql(_FORGET, {"now": clock.now()}).rowcount
