"""API for integrators: what was done for them, and by whom."""

from typing import Any

from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from chassis.operating.cursors import next_cursor
from integrations.bootstrap import IntegrationsService
from integrations.entrypoints.web.api.own import current_integrator
from integrations.entrypoints.web.api.schemas import LogPage, LogSeen

api = ApiBlueprint("log", __name__, description="What was done, and by whom")


@api.get("/v1/log")
@api.arguments(LogPage, location="query")
@api.response(200, LogSeen)
def list_log(query: dict[str, Any]) -> dict[str, Any]:
    """List what your people, your tokens and operators did, the newest first."""
    (before,) = query.get("before", (None,))
    with current_service(IntegrationsService).open_work() as work:
        entries = work.integrator_log.newest(current_integrator(), before, query["limit"])
    return {"entries": entries, "next_cursor": next_cursor(entries, query["limit"], "id")}
