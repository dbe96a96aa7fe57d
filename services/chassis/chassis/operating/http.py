"""What operators see and do of events in every service, over HTTP; each act is noted under the token's name.

create_app(service, ..., api=[..., operators_api()])
"""

from collections.abc import Mapping
from typing import Any

from chassis.database.operators_log import Wanted, list_actions
from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import current_principal
from chassis.http.problems import Problem, wrong_field
from chassis.messaging.republishing import NeverSentAgain, Selection, republish
from chassis.operating.group_requests import actor_and_reason
from chassis.operating.http_dead_letters import add_dead_letters
from chassis.operating.http_lanes import add_lanes
from chassis.operating.http_proposals import add_proposals
from chassis.operating.http_schemas import (
    OperatorActionsPageSchema,
    OperatorActionsSchema,
    RepublishedSchema,
    RepublishSchema,
)
from chassis.operating.http_stopped_consumer import add_stopped_consumer
from chassis.operating.http_waiting import add_waiting
from chassis.operating.refusals import tell_refusals
from chassis.redaction import redacted


def operators_api() -> ApiBlueprint:
    """The blueprint; a new one for each app, the last of its list: it looks at what the others brought."""
    api = ApiBlueprint("events", __name__, description="Dead letters, parked lanes, sending again")
    tell_refusals(api)
    add_dead_letters(api)
    add_lanes(api)
    add_stopped_consumer(api)
    add_waiting(api)
    add_proposals(api)
    _log(api)
    _republishing(api)
    return api


def _log(api: ApiBlueprint) -> None:
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


def _republishing(api: ApiBlueprint) -> None:
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
        except ValueError as error:
            raise Problem(422, "nothing_selected", str(error)) from None
        return {"events": rows, "left_out": sorted(left_out)}
