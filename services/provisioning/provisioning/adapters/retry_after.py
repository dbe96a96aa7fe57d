"""How long an answer asks us to wait."""

from datetime import timedelta

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
        at = clock.http_date(text)
        if at is None:
            return None
        wait = at - clock.now()
    return min(max(wait, _LEAST), _MOST)
