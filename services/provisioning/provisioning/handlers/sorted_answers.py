"""Questions to the outside whose failure is an answer, too."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from chassis.failures import Failure, NotNow
from chassis.redaction import redacted_cause
from provisioning.domain.steps import Cause

_log = logging.getLogger(__name__)

Found = TypeVar("Found")
_UNKNOWN = Cause("unexpected_error", "No reason was given.")


@dataclass(frozen=True, kw_only=True)
class Answer(Generic[Found]):
    """What was found, or why nothing could be; ``is_final``: asking again does not help."""

    found: Found | None = None
    cause: Cause | None = None
    is_final: bool = False

    @property
    def because(self) -> Cause:
        return self.cause or _UNKNOWN


def asked(ask: Callable[[], Found]) -> Answer[Found]:
    """Ask, and sort the failure. Blocks."""
    try:
        return Answer(found=ask())
    except Failure as failure:
        cause = Cause(failure.code, redacted_cause(failure.message) or _UNKNOWN.message)
        return Answer(cause=cause, is_final=not isinstance(failure, NotNow))
    except Exception as error:
        _log.exception("outside_failed_unexpectedly")
        return Answer(cause=Cause("unexpected_error", f"It ended in an unexpected {type(error).__name__}."))
