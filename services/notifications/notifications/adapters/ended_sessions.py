"""Which sessions of partners are over here: those that ended, and of a contact who is none any more."""

from chassis.database.pool import Database
from chassis.database.recorded_sessions import asking
from chassis.identity.session import IsOver

# A session knows the second in which it began.
_IS_OVER = """
EXISTS (SELECT FROM partners WHERE id = %(subject)s::uuid
        AND date_trunc('second', contact_since) >= %(begun_at)s)
"""


def partners_session_is_over(database: Database) -> IsOver:
    return asking(database, _IS_OVER)
