"""Whether an exception is the fault of the event that was handled, or ours."""

from sqlalchemy.exc import DBAPIError

from chassis.failures import NeverPossible

# PostgreSQL's classes of errors that depend on the values given: data exception, integrity constraint
# violation, program limit exceeded (a text too long for its index, which psycopg files under "away").
_VALUE_CLASSES = frozenset({"22", "23", "54"})
_VALUE_ERRORS = (UnicodeError, OverflowError, RecursionError)


def verdict_on(error: Exception) -> NeverPossible | None:
    """The reason to lay the event aside; None for what is no fault of the event.

    The last resort behind the checks of the envelope and the schema. A fault of ours, such as a KeyError,
    is not among it, and stops us.
    """
    if isinstance(error, NeverPossible):
        return error
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None)
        # psycopg refuses some values itself, then without a state: a NUL character in a text.
        is_of_values = type(error.orig).__name__ == "DataError" or (state or "")[:2] in _VALUE_CLASSES
        name = "data_refused_by_database"
        return NeverPossible(name, type(error.orig).__name__) if is_of_values else None
    if isinstance(error, _VALUE_ERRORS):
        return NeverPossible("data_unusable", type(error).__name__)
    return None
