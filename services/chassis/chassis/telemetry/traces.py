"""The trace that the present work belongs to, as a W3C ``traceparent``.

    token = bind("00-<trace id>-<span id>-01")      # what came in, or None: a new trace begins
    current()                                       # what to write into a header, an outbox row, a job
    with continued(event.traceparent): ...          # a new span of that trace for the block

https://www.w3.org/TR/trace-context/
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[str | None] = ContextVar("traceparent", default=None)
_SHAPE = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")


def is_valid(traceparent: str | None) -> bool:
    """Whether this is a version 00 traceparent with ids that are not all zero."""
    found = _SHAPE.fullmatch(traceparent or "")
    return bool(found) and set(found[1]) != {"0"} and set(found[2]) != {"0"} if found else False


def child_of(traceparent: str | None) -> str:
    """A new span in the given trace, or in a new trace where none usable was given."""
    trace_id, flags = secrets.token_hex(16), "01"
    if traceparent is not None and is_valid(traceparent):
        trace_id, flags = traceparent[3:35], traceparent[53:55]
    return f"00-{trace_id}-{secrets.token_hex(8)}-{flags}"


def current() -> str | None:
    """The traceparent of the present work, if it has one."""
    return _current.get()


def trace_id() -> str | None:
    """The trace id of the present work, as logs show it."""
    traceparent = _current.get()
    return traceparent[3:35] if traceparent else None


def bind(traceparent: str | None) -> str:
    """Continue the given trace in this context, or begin one; return the new traceparent."""
    span = child_of(traceparent)
    _current.set(span)
    return span


@contextmanager
def continued(traceparent: str | None) -> Iterator[str]:
    """Continue the given trace, or begin one, for the block only."""
    span = child_of(traceparent)
    token = _current.set(span)
    try:
        yield span
    finally:
        _current.reset(token)
