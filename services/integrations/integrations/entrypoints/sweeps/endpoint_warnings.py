"""All endpoints whose people have to be told that they fail, or are disabled; each in its own transaction."""

from collections.abc import Sequence
from uuid import UUID

from chassis.running.sweep import sweep
from integrations.bootstrap import IntegrationsService
from integrations.handlers.commands import TellOfEndpoint
from integrations.handlers.warning import tell_of_endpoint

ENDPOINTS_PER_PAGE = 200


def tell_of_all_due(service: IntegrationsService) -> int:
    """Tell what is due by now; return of how many endpoints."""
    with service.open_work() as work:
        now = work.now()

    def find(after: UUID | None) -> Sequence[UUID]:
        with service.open_work() as work:
            return work.endpoints.to_tell_of(
                now, service.settings.retries.warn_after, after or UUID(int=0), ENDPOINTS_PER_PAGE
            )

    def settle(endpoint_id: UUID) -> None:
        with service.open_work() as work:
            tell_of_endpoint(work, TellOfEndpoint(endpoint_id))

    return sweep(find, settle)
