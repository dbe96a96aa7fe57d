"""The sessions of integrators' people, and those of partners, signed in by onboarding."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chassis.database.pool import Database
from chassis.database.recorded_sessions import RecordedSessions, asking, held_by_another
from chassis.identity.session import Guests, SessionSigner

# Differs from that of partners, which a browser sends to every port of a host.
COOKIE = "gangway_portal_session"

# Over as soon as the person or the integrator may not sign in.
_IS_OVER = """
NOT EXISTS (SELECT FROM people JOIN integrators ON integrators.id = people.integrator_id
            WHERE people.id = %(subject)s::uuid AND integrators.event_types IS DISTINCT FROM '{}')
"""


def peoples_sessions(database: Database, signer: SessionSigner) -> RecordedSessions:
    return RecordedSessions(database, signer, is_over=_IS_OVER, cookie=COOKIE)


def partners_sessions(database: Database, public_key: Ed25519PublicKey) -> Guests:
    return Guests(public_key, asking(database, held_by_another("partners", "id", "contact_since")))
