"""Jobs whose work is not done, for operators over HTTP: look at them, try them again, give them up."""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from chassis.database.failed_jobs import (
    SETTLED_AT_ONCE_MOST,
    WhichJobs,
    discard_jobs,
    list_failed_jobs,
    retry_jobs,
)
from chassis.http.current_service import current_service
from chassis.http.described import described
from chassis.http.paging import PageSchema, page_of
from chassis.http.strict_fields import Name, StrictSchema, Whole
from chassis.operating.api import api
from chassis.operating.cursors import Cursor, next_cursor, number
from chassis.operating.group_requests import actor_and_reason
from chassis.operating.http_schemas import Reason


class FailedJobsPageSchema(PageSchema):
    task = Name()
    cursor = Cursor(number)


class JobChoiceSchema(StrictSchema):
    """Which of them; nothing chosen is not everything."""

    job = Whole(least=1, most=2**63 - 1)
    task = Name()
    reason = Reason()

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def something_is_chosen(self, _data: Mapping[str, Any], original: object, **_: Any) -> None:
        if isinstance(original, Mapping) and not {"job", "task"} & original.keys():
            raise ValidationError("Name a job or a task.", "job")


class FailedJobSchema(Schema):
    job = fields.Integer(required=True)
    task = fields.String(required=True)
    arguments = described(fields.Dict(keys=fields.String(), required=True), "The ids of what it is about")
    state = described(
        fields.String(required=True), "failed: for good; retrying: it failed often and is tried again"
    )
    since = fields.AwareDateTime(required=True, allow_none=True)
    attempts = fields.Integer(required=True)
    next_attempt_at = fields.AwareDateTime(required=True, allow_none=True)
    code = described(fields.String(required=True, allow_none=True), "null where nobody noted the cause")
    message = fields.String(required=True, allow_none=True)
    trace_id = fields.String(required=True, allow_none=True)


FailedJobsSchema = page_of("FailedJobsSchema", jobs=FailedJobSchema)


class SettledJobsSchema(Schema):
    jobs = described(fields.Integer(), "How many")
    has_more = described(fields.Boolean(), "True where more may wait than are settled at once")


@api.get("/v1/failed-jobs")
@api.arguments(FailedJobsPageSchema, location="query")
@api.response(200, FailedJobsSchema)
def list_jobs(query: Mapping[str, Any]) -> Mapping[str, Any]:
    """List jobs that failed for good, or fail again and again, the oldest first."""
    [after] = query.get("cursor", [None])
    wanted = WhichJobs(task=query.get("task"), after=after, limit=query["limit"])
    with current_service().database.begin() as work:
        jobs = list_failed_jobs(work.connection, wanted)
    return {"jobs": jobs, "next_cursor": next_cursor(jobs, query["limit"], "job")}


@api.post("/v1/failed-jobs/retry")
@api.arguments(JobChoiceSchema)
@api.response(200, SettledJobsSchema)
@api.alt_response(409)
def retry_chosen(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Retry the chosen jobs now, with all their attempts."""
    return _settled(retry_jobs, body)


@api.post("/v1/failed-jobs/discard")
@api.arguments(JobChoiceSchema)
@api.response(200, SettledJobsSchema)
@api.alt_response(409)
def discard_chosen(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Discard the chosen jobs: their work is not done."""
    return _settled(discard_jobs, body)


def _settled(settle: Callable[..., int], body: Mapping[str, Any]) -> Mapping[str, Any]:
    wanted = WhichJobs(job=body.get("job"), task=body.get("task"))
    with current_service().open_work() as work:
        count = settle(work, wanted, **actor_and_reason(body))
    return {"jobs": count, "has_more": count == SETTLED_AT_ONCE_MOST}
