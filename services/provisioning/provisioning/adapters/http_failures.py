"""Maps error answers of HTTP APIs to failures: retry later, or never possible."""

from collections.abc import Iterable, Mapping
from typing import Any

from chassis.failures import Failure, Kind, NeverPossible, NotNow
from chassis.redaction import redacted_cause
from provisioning.adapters.retry_after import retry_after

GONE = (404, 410)
CONFLICT = 409
_PASSES = {
    401: ("access_denied", Kind.DENIED),
    403: ("access_denied", Kind.DENIED),
    404: ("not_found", Kind.EVENTUAL_CONSISTENCY),
    408: ("unavailable", Kind.UNAVAILABLE),
    409: ("conflict", Kind.CONFLICT),
    412: ("conflict", Kind.CONFLICT),
    423: ("conflict", Kind.CONFLICT),
    425: ("unavailable", Kind.UNAVAILABLE),
    429: ("throttled", Kind.THROTTLED),
}
# Where APIs put their sentence for people: RFC 9457, Open Service Broker, and other common fields.
_WORDS = ("detail", "description", "message", "error_description", "title", "error")


def failure_of(
    system: str, status: int, headers: Mapping[str, str], body: Any, secrets: Iterable[str] = ()
) -> Failure:
    """The failure in the system's own words; ``secrets`` are removed from them."""
    words = own_words(body)
    said = redacted_cause(f"{system} answered {status}{f': {words}' if words else ''}", secrets)
    if 300 <= status < 400:
        return NeverPossible(f"{system}_redirects", f"{said} It points elsewhere, which is not followed.")
    if status not in _PASSES and status < 500:
        return NeverPossible(f"{system}_refused", said)
    code, kind = _PASSES.get(status, ("unavailable", Kind.UNAVAILABLE))
    return NotNow(f"{system}_{code}", said, retry_after(headers.get("retry-after")), kind=kind)


def own_words(body: Any) -> str:
    """The sentence for people in an answer, as one line; empty if there is none we recognize."""
    if isinstance(body, str):
        return " ".join(body.split())[:300]
    if not isinstance(body, Mapping):
        return ""
    for name in _WORDS:
        said = body.get(name)
        if isinstance(said, Mapping):
            said = own_words(said)
        if isinstance(said, str) and said.strip():
            return " ".join(said.split())[:300]
    return ""
