"""The CRM's refusals sorted once, at the edge: try later, or never possible as it stands."""

from functools import partial

from chassis.failures import Failure, Kind, NeverPossible, NotNow
from chassis.redaction import redacted_cause
from provisioning.adapters.retry_after import retry_after
from provisioning.adapters.scim_connection import ScimRefused
from provisioning.adapters.sorted_failures import failures_sorted

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


def is_taken(refusal: ScimRefused) -> bool:
    """Tell whether the name is in use; some say so with 400 and the reason of RFC 7644, section 3.12."""
    return refusal.status == TAKEN or refusal.kind == "uniqueness"


def _sorted(refusal: ScimRefused) -> Failure:
    said = f"{refusal.kind}: {refusal.detail}" if refusal.kind else refusal.detail
    message = redacted_cause(f"The CRM answered {refusal.status}: {said}")
    if refusal.status not in _PASSES and refusal.status < 500:
        return NeverPossible("crm_refused", message)
    code, kind = _PASSES.get(refusal.status, ("crm_ill", Kind.UNAVAILABLE))
    return NotNow(code, message, retry_after(refusal.retry_after), kind=kind)


scim_failures_sorted = partial(failures_sorted, (ScimRefused,), _sorted)
