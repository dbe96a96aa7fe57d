"""The present moment, asked for in one way everywhere outside handlers, which ask their unit of work."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def now() -> datetime:
    return datetime.now(UTC)


def http_date(text: str) -> datetime | None:
    """Read a date in a header of HTTP, in any of its forms; None for anything else.

    It is in GMT, whatever it leaves out: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
    """
    try:
        at = parsedate_to_datetime(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
