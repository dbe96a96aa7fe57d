"""Warning an integrator's people about an endpoint that fails, before it is disabled and when it is."""

from datetime import datetime

from integrations.domain.endpoints import Endpoint, State
from integrations.domain.retry_schedule import RetrySchedule
from integrations.handlers.commands import WarnOfEndpoint
from integrations.handlers.emit import emit_disabled, emit_failing
from integrations.handlers.ports import Work


def warn_of_endpoint(work: Work, command: WarnOfEndpoint) -> None:
    """Send what is due, once; after a success in the meantime it starts again."""
    found = work.endpoints.lock_unwarned(command.endpoint_id)
    if found is None:
        return
    endpoint, told = found
    due = warnings_due(endpoint, work.policies.retries, work.now())
    if endpoint.state is State.DISABLED:
        emit_disabled(work, endpoint)
    elif due > told:
        emit_failing(work, endpoint)
    else:
        return
    work.endpoints.note_warned(endpoint, due)


def warnings_due(endpoint: Endpoint, retries: RetrySchedule, now: datetime) -> int:
    """How many warnings about a failing active endpoint should have been sent by now."""
    if endpoint.state is not State.ACTIVE or endpoint.failing_since is None:
        return 0
    failing_for = now - endpoint.failing_since
    return sum(failing_for >= mark for mark in retries.warn_after)
