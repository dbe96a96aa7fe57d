"""The kinds of failure; each is classified where it happens.

Failure
|-- NotNow          a dependency fails, or a fact is still missing: retry later
|-- NeverPossible   the message is bad: dead letter, the next one is handled
`-- (anything else) a fault of ours: stop, nothing is acknowledged
"""

from datetime import timedelta
from enum import StrEnum

LONGEST_MESSAGE = 2_000


class Kind(StrEnum):
    """Why something failed, as far as retries depend on it."""

    UNAVAILABLE = "unavailable"
    THROTTLED = "throttled"
    CONFLICT = "conflict"
    # Not visible yet after its creation, or vanished: the answer is the same.
    EVENTUAL_CONSISTENCY = "eventual_consistency"
    DENIED = "denied"
    UNDER_WAY = "under_way"
    QUOTA = "quota"
    REFUSED = "refused"
    # Changed by somebody else, who has to change it back.
    DRIFT = "drift"


class Failure(Exception):
    """A classified failure; ``code`` is stable, ``message`` a sentence for people.

    A message may quote what came from outside, so it is reduced to what a database and a log can hold.
    """

    def __init__(self, code: str, message: str, *, kind: Kind = Kind.REFUSED) -> None:
        self.code = code
        self.message = storable(message[:LONGEST_MESSAGE])
        self.kind = kind
        super().__init__(f"{code}: {self.message}")


class NotNow(Failure):
    """Cannot be done now and may well succeed later; ``retry_after`` overrides the usual backoff.

    ``made_progress`` says that part of it was done, so that the next attempt has less to do.
    """

    def __init__(
        self,
        code: str,
        message: str,
        retry_after: timedelta | None = None,
        *,
        kind: Kind = Kind.UNAVAILABLE,
        made_progress: bool = False,
    ) -> None:
        super().__init__(code, message, kind=kind)
        self.retry_after = retry_after
        self.made_progress = made_progress


class NeverPossible(Failure):
    """Will never succeed as it is, however often it is tried."""


def storable(text: str) -> str:
    """Text from outside, in a form that a database and a log can store."""
    return text.encode(errors="backslashreplace").decode().replace("\0", "\\0")
