"""API for integrators: what was done for them, and by whom."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from chassis.http.paging import PageSchema, page_of
from chassis.http.strict_fields import Choice
from chassis.operating.cursors import Cursor, next_cursor
from integrations.bootstrap import IntegrationsService
from integrations.domain.integrator_log import Action
from integrations.entrypoints.web.api.fields import By
from integrations.entrypoints.web.api.own import current_integrator

api = ApiBlueprint("log", __name__, description="What was done, and by whom")


class LogPage(PageSchema):
    before = Cursor(UUID, data_key="cursor")


class LogEntrySeen(Schema):
    """What was done."""

    at = fields.AwareDateTime(required=True)
    by = By()
    action = Choice(Action, required=True)
    subject_id = fields.UUID(required=True, allow_none=True)
    label = fields.String(required=True)


LogSeen = page_of("LogSeen", entries=LogEntrySeen)


@api.get("/v1/log")
@api.arguments(LogPage, location="query")
@api.response(200, LogSeen)
def list_log(query: dict[str, Any]) -> dict[str, Any]:
    """List what your people, your tokens and operators did, the newest first."""
    (before,) = query.get("before", (None,))
    with current_service(IntegrationsService).open_work() as work:
        entries = work.integrator_log.newest(current_integrator(), before, query["limit"])
    return {"entries": entries, "next_cursor": next_cursor(entries, query["limit"], "id")}
