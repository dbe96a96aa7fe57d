"""Whether an error means that the database is unavailable, and what the server says."""

import psycopg
from procrastinate.exceptions import ConnectorException
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
    if isinstance(error, DBAPIError) and is_read_only(error.orig):
        return True
    return isinstance(error, (OperationalError, InterfaceError, PoolEmpty)) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def is_read_only(error: BaseException | None) -> bool:
    """Whether the server only reads: a standby, or what a failover made of the primary."""
    return isinstance(error, psycopg.errors.ReadOnlySqlTransaction)


def describe(error: BaseException) -> str:
    """The first line of the server's or libpq's message; names DATABASE_URL where that is the cause."""
    said_by = getattr(error, "orig", None) or error
    if isinstance(said_by, ConnectorException):  # Procrastinate's words for whatever it was
        said_by = said_by.__cause__ or said_by
    text = (str(said_by).strip().splitlines() or [type(error).__name__])[0][:300]
    is_ours = isinstance(said_by, psycopg.Error) and any(word in text for word in _ABOUT_OUR_URL)
    return f"{text}: look at DATABASE_URL" if is_ours else text
