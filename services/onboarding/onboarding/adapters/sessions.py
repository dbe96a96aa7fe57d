"""When sessions of partners end: some time after the partnership, and when the contact changes."""

from typing import Any

from chassis import clock
from chassis.database.pool import Database
from chassis.database.recorded_sessions import RecordedSessions, held_by_another
from chassis.identity.session import SessionSigner
from onboarding.domain.states import FAREWELL, FINAL

# A link sent after the end starts a session of its own.
_IS_OVER = f"""
EXISTS (SELECT FROM partners WHERE id = %(subject)s::uuid AND state = ANY(%(final)s)
        AND state_entered_at < %(farewell)s AND state_entered_at >= %(begun_at)s)
OR {held_by_another("partners", "id", "contact_since")}
"""


def partners_sessions(database: Database, signer: SessionSigner) -> RecordedSessions:
    return RecordedSessions(database, signer, is_over=_IS_OVER, facts=_facts)


def _facts() -> dict[str, Any]:
    return {"final": sorted(FINAL), "farewell": clock.now() - FAREWELL}
