"""The same for operators over HTTP: dead letters, parked lanes, holes, republishing; audited by token name.

create_app(service, ..., api=[..., operators_api()])
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from chassis.http.problems import Problem
from chassis.identity.principals import current_principal, requires_operator, requires_viewer
from chassis.messaging.consumer.flood import clear_flood
from chassis.messaging.consumer.operating import (
    list_holes,
    list_parked_lanes,
    release_lane,
    set_first_aside,
)
from chassis.messaging.dead_letters.listing import (
    DeadLetter,
    Filter,
    get_dead_letter,
    list_dead_letters,
)
from chassis.messaging.dead_letters.settling import Settling
from chassis.messaging.republishing import NeverSentAgain, Selection, republish
from chassis.operating.disclosure import disclose
from chassis.operating.http_schemas import (
    DeadLetterInFullSchema,
    DeadLetterSchema,
    DeadLettersSchema,
    FilterSchema,
    FloodClearedSchema,
    HolesSchema,
    LaneSchema,
    OperatorActionsPageSchema,
    OperatorActionsSchema,
    OutcomeSchema,
    OutcomesSchema,
    PageSchema,
    ParkedLanesSchema,
    ReasonSchema,
    ReplaySchema,
    RepublishedSchema,
    RepublishSchema,
    SetAsideSchema,
)
from chassis.operating.operators_log import Wanted, list_actions, note_action
from chassis.operating.refusals import refusals
from chassis.redaction import redacted


def operators_api() -> ApiBlueprint:
    """The blueprint; a new one for each app."""
    api = ApiBlueprint("events", __name__, description="Dead letters, parked lanes, sending again")
    _reading(api)
    _settling(api)
    _lanes(api)
    return api


def _reading(api: ApiBlueprint) -> None:
    @api.get("/v1/dead-letters")
    @requires_viewer
    @api.arguments(FilterSchema, location="query")
    @api.response(200, DeadLettersSchema)
    def list_letters(query: Mapping[str, Any]) -> Mapping[str, Any]:
        with current_service().database.begin() as work:
            return {"dead_letters": list_dead_letters(work.connection, Filter(**query))}

    @api.get("/v1/dead-letters/<uuid:letter_id>")
    @requires_viewer
    @api.response(200, DeadLetterSchema)
    @api.alt_response(404)
    def show_letter(letter_id: UUID) -> DeadLetter:
        """One without its bytes, which may tell about people."""
        with refusals(), current_service().database.begin() as work:
            return get_dead_letter(work.connection, letter_id)

    @api.post("/v1/dead-letters/<uuid:letter_id>/disclosure")
    @requires_operator
    @api.arguments(ReasonSchema)
    @api.response(200, DeadLetterInFullSchema)
    @api.alt_response(404)
    def disclose_letter(body: Mapping[str, Any], letter_id: UUID) -> Mapping[str, Any]:
        """One with its bytes; the look is noted with its reason."""
        with refusals(), current_service().database.begin() as work:
            return disclose(work.connection, letter_id, current_principal().name, body["reason"])

    @api.get("/v1/operator-actions")
    @requires_viewer
    @api.arguments(OperatorActionsPageSchema, location="query")
    @api.response(200, OperatorActionsSchema)
    def list_operator_actions(query: dict[str, Any]) -> Mapping[str, Any]:
        """What operators did and looked at, the newest first."""
        wanted = Wanted(before=query.pop("cursor", None), **query)
        with current_service().database.begin() as work:
            actions = list_actions(work.connection, wanted)
        is_full = len(actions) == wanted.limit
        if not current_principal().may_operate:
            # Operators write what they like; whom they name by an address is hidden from who only looks.
            actions = [action._replace(reason=redacted(action.reason or "") or None) for action in actions]
        return {"actions": actions, "next_cursor": actions[-1].id if is_full else None}


def _settling(api: ApiBlueprint) -> None:
    @api.post("/v1/dead-letters/<uuid:letter_id>/replay")
    @requires_operator
    @api.response(200, OutcomeSchema)
    @api.alt_response(404)
    @api.alt_response(409)
    def replay_letter(letter_id: UUID) -> Mapping[str, Any]:
        with refusals():
            failure = _own_settling().replay(letter_id, current_principal().name)
        return {"id": letter_id, "outcome": "replayed" if failure is None else str(failure)}

    @api.post("/v1/dead-letters/replay")
    @requires_operator
    @api.arguments(ReplaySchema)
    @api.response(200, OutcomesSchema)
    def replay_letters(body: Mapping[str, Any]) -> Mapping[str, Any]:
        settled = _own_settling().replay_all(Filter(**body), current_principal().name)
        outcomes = [
            {"id": letter.id, "outcome": "replayed" if failure is None else str(failure)}
            for letter, failure in settled
        ]
        return {"outcomes": outcomes}

    @api.post("/v1/dead-letters/<uuid:letter_id>/discard")
    @requires_operator
    @api.arguments(ReasonSchema)
    @api.response(200, OutcomeSchema)
    @api.alt_response(404)
    @api.alt_response(409)
    def discard_letter(body: Mapping[str, Any], letter_id: UUID) -> Mapping[str, Any]:
        with refusals():
            _own_settling().discard(letter_id, current_principal().name, body["reason"])
        return {"id": letter_id, "outcome": "discarded"}

    @api.post("/v1/republications")
    @requires_operator
    @api.arguments(RepublishSchema)
    @api.response(202, RepublishedSchema)
    def republish_events(body: Mapping[str, Any]) -> Mapping[str, Any]:
        service = current_service()
        left_out = service.compacted.names
        try:
            selection = Selection(**body)
            actor = current_principal().name
            rows = republish(service.database, selection, actor=actor, compacted=left_out)
        except NeverSentAgain as error:
            raise Problem(422, "never_sent_again", str(error)) from None
        except ValueError as error:
            raise Problem(422, "nothing_selected", str(error)) from None
        return {"events": rows, "left_out": sorted(left_out)}


def _lanes(api: ApiBlueprint) -> None:
    @api.get("/v1/lanes/parked")
    @requires_viewer
    @api.arguments(PageSchema, location="query")
    @api.response(200, ParkedLanesSchema)
    def list_lanes(query: Mapping[str, Any]) -> Mapping[str, Any]:
        with current_service().database.begin() as work:
            return {"lanes": list_parked_lanes(work.connection, _own_group(), query["limit"])}

    @api.get("/v1/lanes/holes")
    @requires_viewer
    @api.arguments(PageSchema, location="query")
    @api.response(200, HolesSchema)
    def list_lane_holes(query: Mapping[str, Any]) -> Mapping[str, Any]:
        with current_service().database.begin() as work:
            return {"holes": list_holes(work.connection, _own_group(), query["limit"])}

    @api.post("/v1/lanes/release")
    @requires_operator
    @api.arguments(LaneSchema)
    @api.response(204)
    @api.alt_response(409)
    def release(body: Mapping[str, Any]) -> None:
        with refusals(), current_service().database.begin() as work:
            release_lane(work, _own_group(), body["topic"], body["subject"], actor=current_principal().name)

    @api.post("/v1/lanes/set-aside")
    @requires_operator
    @api.arguments(SetAsideSchema)
    @api.response(204)
    @api.alt_response(409)
    def set_aside(body: Mapping[str, Any]) -> None:
        told = {"actor": current_principal().name, "reason": body["reason"]}
        lane = (_own_group(), body["topic"], body["subject"])
        with refusals(), current_service().database.begin() as work:
            set_first_aside(work, _own_settling().reader, *lane, **told)

    @api.post("/v1/flood-clearances")
    @requires_operator
    @api.arguments(ReasonSchema)
    @api.response(200, FloodClearedSchema)
    def clear(body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Forget the counts of dead letters, so that a consumer that stopped may go on."""
        group = _own_group()
        told = {"actor": current_principal().name, "action": "clear flood", "target": group}
        with current_service().database.begin() as work:
            stopped = clear_flood(work.connection, group)
            note_action(work.connection, **told, reason=body["reason"])
        return {"partitions": stopped}


def _own_settling() -> Settling:
    return Settling.of(current_service())


def _own_group() -> str:
    subscriptions = current_service().subscriptions
    if subscriptions is None:
        raise Problem(404, "not_found", "This service listens to nobody.")
    return subscriptions.group
