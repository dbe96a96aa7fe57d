"""All endpoints whose people have to be told that they fail, or are disabled; each in its own transaction."""

from uuid import UUID

from chassis.running.sweep import sweep_by
from integrations.bootstrap import IntegrationsService
from integrations.handlers.commands import WarnOfEndpoint
from integrations.handlers.warning import warn_of_endpoint

ENDPOINTS_PER_PAGE = 200


def warn_of_all_due(service: IntegrationsService) -> int:
    """Tell what is due by now; return of how many endpoints."""
    with service.open_work() as work:
        now = work.now()
    warn_after = service.settings.retries.warn_after
    return sweep_by(
        service.open_work,
        lambda work, after: work.endpoints.to_warn_of(
            now, warn_after, after or UUID(int=0), ENDPOINTS_PER_PAGE
        ),
        lambda work, endpoint_id: warn_of_endpoint(work, WarnOfEndpoint(endpoint_id)),
    )
