"""How every failure is sorted, where it happens.

Failure
|-- NotNow          the outside is ill, or a fact is still missing: try again later
|-- NeverPossible   the message is ill: dead letter, the next one is handled
`-- (anything else) we are ill: stop, nothing is acknowledged
"""

from datetime import timedelta

LONGEST_MESSAGE = 2_000


class Failure(Exception):
    """A failure that was sorted; ``code`` is stable, ``message`` a sentence for people.

    A message may quote what came from outside, so it is brought to what a database and a log can hold.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = _storable(message)
        super().__init__(f"{code}: {self.message}")


class NotNow(Failure):
    """Cannot be done now and may well succeed later; ``retry_after`` overrides the usual backoff."""

    def __init__(self, code: str, message: str, retry_after: timedelta | None = None) -> None:
        super().__init__(code, message)
        self.retry_after = retry_after


class NeverPossible(Failure):
    """Will never succeed as it stands, however often it is tried."""


def _storable(text: str) -> str:
    return text[:LONGEST_MESSAGE].encode(errors="backslashreplace").decode().replace("\0", "\\0")
