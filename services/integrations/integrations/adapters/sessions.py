"""The sessions of integrators' people: over as soon as the person or the integrator may not sign in."""

from chassis.database.pool import Database
from chassis.database.recorded_sessions import RecordedSessions
from chassis.identity.session import SessionSigner

# Partners have another one, which a browser sends to each port of a host.
COOKIE = "gangway_portal_session"

_IS_OVER = """
NOT EXISTS (SELECT FROM people JOIN integrators ON integrators.id = people.integrator_id
            WHERE people.id = %(subject)s::uuid AND integrators.event_types IS DISTINCT FROM '{}')
"""


def peoples_sessions(database: Database, signer: SessionSigner) -> RecordedSessions:
    return RecordedSessions(database, signer, is_over=_IS_OVER, cookie=COOKIE)
