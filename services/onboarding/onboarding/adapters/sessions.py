"""Which sessions were ended; all others last as long as their tokens say."""

from datetime import timedelta

from chassis import clock
from chassis.database.pool import Database
from chassis.identity.session import Session, SessionSigner, SignedSession
from onboarding.domain.states import FAREWELL, FINAL

_END = """
INSERT INTO ended_sessions (id, forget_at) VALUES (%(id)s, %(forget_at)s) ON CONFLICT DO NOTHING
"""
# A link that was sent after the end begins a session of its own.
_IS_ENDED = """
SELECT EXISTS (SELECT FROM ended_sessions WHERE id = %(id)s)
    OR EXISTS (SELECT FROM partners WHERE id = %(subject)s::uuid AND state = ANY(%(final)s)
               AND state_entered_at < %(farewell)s AND state_entered_at >= %(begun_at)s)
"""
_FORGET = "DELETE FROM ended_sessions WHERE forget_at < %(now)s"


class RecordedSessions:
    """The `SessionHome`: signs, renews and ends sessions; a transaction of its own for each question."""

    def __init__(self, database: Database, signer: SessionSigner) -> None:
        self._database = database
        self._signer = signer

    def begin(self, subject: str) -> SignedSession:
        return self._signer.sign(subject)

    def renew(self, session: Session) -> SignedSession:
        return self._signer.renew(session)

    def is_ended(self, session: Session) -> bool:
        question = {
            "id": session.id,
            "subject": session.subject,
            "final": sorted(FINAL),
            "farewell": clock.now() - FAREWELL,
            "begun_at": session.begun_at,
        }
        with self._database.engine.begin() as connection:
            return bool(connection.exec_driver_sql(_IS_ENDED, question).scalar_one())

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
