"""The CRM's errors sorted once, at the edge: try later, or never possible as it stands."""

from collections.abc import Iterator
from contextlib import contextmanager

from scim2_client import RequestNetworkException, SCIMClientException
from scim2_models import SCIMException

from chassis.failures import Failure, Kind, NeverPossible, NotNow
from chassis.redaction import redacted_cause
from provisioning.adapters.retry_after import retry_after

GONE, TAKEN = 404, 409
_PASSES = {
    401: ("crm_access_denied", Kind.DENIED),
    403: ("crm_access_denied", Kind.DENIED),
    GONE: ("crm_not_found", Kind.EVENTUAL_CONSISTENCY),
    408: ("crm_ill", Kind.UNAVAILABLE),
    TAKEN: ("crm_conflict", Kind.CONFLICT),
    412: ("crm_conflict", Kind.CONFLICT),
    425: ("crm_ill", Kind.UNAVAILABLE),
    429: ("crm_throttled", Kind.THROTTLED),
}


@contextmanager
def scim_failures_sorted() -> Iterator[None]:
    """Turn every SCIM error that leaves the block into NotNow or NeverPossible."""
    try:
        yield
    except RequestNetworkException as error:
        message = f"The CRM did not answer ({error.message}); it may have done what was asked"
        raise NotNow("crm_unreachable", message) from error
    except (SCIMClientException, SCIMException) as error:
        raise _sorted(error) from error


def status_of(error: SCIMClientException | SCIMException) -> int:
    """Return the HTTP status of the answer that the error is about; 0 when there was none."""
    status = getattr(_answer_to(error), "status_code", None)
    return int(status or getattr(error, "status", None) or 0)


def is_taken(error: SCIMClientException | SCIMException) -> bool:
    """Tell whether the name is in use; some say so with 400 and the reason of RFC 7644, section 3.12."""
    return status_of(error) == TAKEN or getattr(error, "scim_type", "") == "uniqueness"


def _sorted(error: SCIMClientException | SCIMException) -> Failure:
    status = status_of(error)
    message = redacted_cause(f"The CRM answered {status}: {error}")
    if status not in _PASSES and status < 500:
        return NeverPossible("crm_refused", message)
    code, kind = _PASSES.get(status, ("crm_ill", Kind.UNAVAILABLE))
    headers = getattr(_answer_to(error), "headers", {})
    return NotNow(code, message, retry_after(headers.get("Retry-After")), kind=kind)


def _answer_to(error: SCIMClientException | SCIMException) -> object:
    return getattr(error, "source", None)
