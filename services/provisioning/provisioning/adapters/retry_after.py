"""How long an answer asks us to wait."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from chassis import clock

_LEAST, _MOST = timedelta(seconds=1), timedelta(days=1)


def retry_after(said: object) -> timedelta | None:
    """Read a ``Retry-After``: seconds, or a date of HTTP; None for anything else.

    What an outside asks for is bounded: a day at most, and never at once.
    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    text = str(said or "").strip()
    if text.isascii() and text.isdigit():
        wait = timedelta(seconds=min(int(text[:9]), 10**6))
    else:
        try:
            at = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        wait = _aware(at) - clock.now()
    return min(max(wait, _LEAST), _MOST)


def _aware(at: datetime) -> datetime:
    """A date in HTTP is in GMT, whatever it leaves out."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)
