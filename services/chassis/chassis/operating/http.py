"""What operators see and do of events and jobs in every service, over HTTP; acts are noted with their name.

create_app(service, ..., api=[..., operators_api])
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from chassis.database.operators_log import Wanted, list_actions
from chassis.http.current_service import current_service
from chassis.http.described import described
from chassis.http.paging import PageSchema
from chassis.http.principals import current_principal
from chassis.http.problems import Problem, wrong_field
from chassis.http.strict_fields import Name, StrictSchema
from chassis.messaging.republishing import NeverSent, NeverSentAgain, Selection, republish
from chassis.operating.api import api
from chassis.operating.group_requests import actor_and_reason
from chassis.operating.http_schemas import Reason, Subject
from chassis.redaction import redacted

# Each adds its routes to the blueprint; the document has them in this order.
from chassis.operating import (  # isort: skip  # noqa: F401
    http_dead_letters,
    http_failed_jobs,
    http_lanes,
    http_stopped_consumer,
    http_waiting,
    http_proposals,
)


# The last of an app's list: it looks at what the others brought.
operators_api = api


class RepublishSchema(StrictSchema):
    since = fields.AwareDateTime(default_timezone=None)
    until = fields.AwareDateTime(default_timezone=None)
    subject = Subject()
    topic = Name()
    reason = Reason()

    @validates_schema(skip_on_field_errors=True)
    def check_order(self, data: Mapping[str, Any], **_: Any) -> None:
        """The end is not before the beginning."""
        if "since" in data and data.get("until", data["since"]) < data["since"]:
            raise ValidationError("Must not be before since.", "until")


class RepublishedSchema(Schema):
    events = fields.Integer()
    left_out = described(
        fields.List(fields.String()), "Compacted topics, whose old events are never sent again"
    )


class OperatorActionsPageSchema(PageSchema):
    cursor = fields.UUID()
    actor = Name()
    action = Name()
    target = Name(most=500)
    since = fields.AwareDateTime(data_key="from", default_timezone=None)
    until = fields.AwareDateTime(data_key="to", default_timezone=None)


class OperatorActionSchema(Schema):
    id = fields.UUID()
    at = fields.AwareDateTime()
    actor = fields.String()
    role = described(
        fields.String(allow_none=True), "operator, subject, or database: a process's own command"
    )
    action = fields.String()
    target = fields.String()
    reason = fields.String(allow_none=True)
    outcome = fields.String()
    trace_id = fields.String(allow_none=True)
    confirmed_by = described(fields.String(allow_none=True), "The second person, where one was asked for")


class OperatorActionsSchema(Schema):
    actions = fields.List(fields.Nested(OperatorActionSchema))
    next_cursor = fields.UUID(allow_none=True)


@api.get("/v1/operator-actions")
@api.arguments(OperatorActionsPageSchema, location="query")
@api.response(200, OperatorActionsSchema)
def list_operator_actions(query: dict[str, Any]) -> Mapping[str, Any]:
    """List what operators did and looked at, the newest first."""
    wanted = Wanted(before=query.pop("cursor", None), **query)
    with current_service().database.begin() as work:
        actions = list_actions(work.connection, wanted)
    is_full = len(actions) == wanted.limit
    if not current_principal().may_operate:
        # Operators write what they like; whom they name by an address is hidden from who only looks.
        actions = [action._replace(reason=redacted(action.reason or "") or None) for action in actions]
    return {"actions": actions, "next_cursor": actions[-1].id if is_full else None}


@api.post("/v1/republications")
@api.arguments(RepublishSchema)
@api.response(202, RepublishedSchema)
def republish_events(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Publish events once more, by partner, topic or time; their ids and numbers stay."""
    service = current_service()
    left_out = service.compacted.names
    try:
        selection = Selection(**{name: value for name, value in body.items() if name != "reason"})
        rows = republish(service.database, selection, **actor_and_reason(body), compacted=left_out)
    except NeverSentAgain as error:
        raise wrong_field(422, "never_sent_again", str(error), topic=str(error)) from None
    except NeverSent as error:
        raise wrong_field(422, "never_sent", str(error), topic=str(error)) from None
    except ValueError as error:
        raise Problem(422, "nothing_selected", str(error)) from None
    return {"events": rows, "left_out": sorted(left_out)}
