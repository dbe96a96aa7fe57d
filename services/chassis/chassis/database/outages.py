"""Whether an error means that the database is unavailable, and what the server says."""

import psycopg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolEmpty

# Parts of messages about our settings: no retry helps.
_ABOUT_OUR_URL = (
    "authentication failed",
    "pg_hba.conf",
    "certificate",
    "does not support SSL",
    "permission denied for database",
    "does not exist",
)


def is_unavailable(error: BaseException) -> bool:
    """Whether the database, not the statement, is what failed: it may be tried again as it is.

    psycopg files a value that is too large for its index under OperationalError, too, and a server that only
    reads, as after a failover, under InternalError.
    """
    if isinstance(error, DBAPIError) and isinstance(error.orig, psycopg.errors.ProgramLimitExceeded):
        return False
    if isinstance(error, DBAPIError) and isinstance(error.orig, psycopg.errors.ReadOnlySqlTransaction):
        return True
    return isinstance(error, (OperationalError, InterfaceError, PoolEmpty)) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def describe(error: BaseException) -> str:
    """The first line of the server's or libpq's message; names DATABASE_URL where that is the cause."""
    text = (str(getattr(error, "orig", None) or error).splitlines() or [type(error).__name__])[0][:300]
    return f"{text}: look at DATABASE_URL" if any(word in text for word in _ABOUT_OUR_URL) else text
