"""Queries to external systems whose failure is an answer, too."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Generic, TypeVar

from chassis.failures import Failure, NotNow
from chassis.frozen import Frozen
from chassis.redaction import redacted_cause
from provisioning.domain.steps import Cause

_log = logging.getLogger(__name__)

Found = TypeVar("Found")
_UNKNOWN = Cause("unexpected_error", "No reason was given.")


class Answer(Frozen, Generic[Found]):
    """What was found, or why nothing could be; ``is_final``: retrying does not help.

    ``kind`` is the kind of the failure, ``retry_after`` set if a wait was requested.
    """

    found: Found | None = None
    cause: Cause | None = None
    is_final: bool = False
    kind: str = ""
    retry_after: timedelta | None = None

    @property
    def because(self) -> Cause:
        return self.cause or _UNKNOWN


def asked(ask: Callable[[], Found]) -> Answer[Found]:
    """Ask, and classify the failure. Blocks."""
    try:
        return Answer(found=ask())
    except Failure as failure:
        cause = Cause(failure.code, redacted_cause(failure.message) or _UNKNOWN.message)
        wait = failure.retry_after if isinstance(failure, NotNow) else None
        is_final = not isinstance(failure, NotNow)
        return Answer(cause=cause, is_final=is_final, kind=failure.kind, retry_after=wait)
    except Exception as error:
        _log.exception("outside call failed unexpectedly")
        return Answer(cause=Cause("unexpected_error", f"It ended in an unexpected {type(error).__name__}."))
