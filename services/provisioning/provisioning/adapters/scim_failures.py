"""The CRM's errors sorted once, at the edge: try later, or never possible as it stands."""

from collections.abc import Iterator
from contextlib import contextmanager

from scim2_client import RequestNetworkException, SCIMClientException
from scim2_models import SCIMException

from chassis.failures import Failure, NeverPossible, NotNow
from chassis.redaction import redacted_cause

_PASSING_STATUS = {408, 409, 412, 425, 429}


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
    status = getattr(getattr(error, "source", None), "status_code", None)
    return int(status or getattr(error, "status", None) or 0)


def _sorted(error: SCIMClientException | SCIMException) -> Failure:
    status = status_of(error)
    message = redacted_cause(f"The CRM answered {status}: {error}")
    if status in {401, 403}:
        return NeverPossible("crm_access_denied", message)
    if status in _PASSING_STATUS or status >= 500:
        return NotNow("crm_throttled" if status == 429 else "crm_ill", message)
    return NeverPossible("crm_refused", message)
