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
    close_hole,
    list_holes,
    list_parked_lanes,
    release_lane,
    set_first_aside,
)
from chassis.messaging.consumer.skips import ask_to_skip, list_skips
from chassis.messaging.dead_letters.listing import (
    DeadLetter,
    Filter,
    get_dead_letter,
    list_dead_letters,
)
from chassis.messaging.dead_letters.settling import Settling
from chassis.messaging.republishing import NeverSentAgain, Selection, republish
from chassis.operating.cursors import next_cursor
from chassis.operating.disclosure import disclose
from chassis.operating.http_schemas import (
    ChoiceSchema,
    DeadLetterInFullSchema,
    DeadLetterSchema,
    DeadLettersSchema,
    DiscardedSchema,
    FilterSchema,
    FloodClearedSchema,
    HoleClosureSchema,
    HolesPageSchema,
    HolesSchema,
    LaneActSchema,
    OperatorActionsPageSchema,
    OperatorActionsSchema,
    OutcomeSchema,
    OutcomesSchema,
    ParkedLanesSchema,
    ParkedPageSchema,
    ReasonSchema,
    RecordSkipSchema,
    ReplaySchema,
    RepublishedSchema,
    RepublishSchema,
    SkipsPageSchema,
    SkipsSchema,
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
    _records(api)
    return api


def _reading(api: ApiBlueprint) -> None:
    @api.get("/v1/dead-letters")
    @requires_viewer
    @api.arguments(FilterSchema, location="query")
    @api.response(200, DeadLettersSchema)
    def list_letters(query: Mapping[str, Any]) -> Mapping[str, Any]:
        """List dead letters, the oldest first."""
        with current_service().database.begin() as work:
            letters = list_dead_letters(work.connection, _chosen(query))
        last = str(letters[-1].id) if len(letters) == query["limit"] else None
        return {"dead_letters": letters, "next_cursor": last}

    @api.get("/v1/dead-letters/<uuid:letter_id>")
    @requires_viewer
    @api.response(200, DeadLetterSchema)
    @api.alt_response(404)
    def show_letter(letter_id: UUID) -> DeadLetter:
        """Show one dead letter without its bytes, which may tell about people."""
        with refusals(), current_service().database.begin() as work:
            return get_dead_letter(work.connection, letter_id)

    @api.post("/v1/dead-letters/<uuid:letter_id>/disclosure")
    @requires_operator
    @api.arguments(ReasonSchema)
    @api.response(200, DeadLetterInFullSchema)
    @api.alt_response(404)
    def disclose_letter(body: Mapping[str, Any], letter_id: UUID) -> Mapping[str, Any]:
        """Show one dead letter with its bytes; the look is noted with its reason."""
        with refusals(), current_service().database.begin() as work:
            return disclose(work.connection, letter_id, current_principal().name, body["reason"])

    @api.get("/v1/operator-actions")
    @requires_viewer
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


def _settling(api: ApiBlueprint) -> None:
    @api.post("/v1/dead-letters/<uuid:letter_id>/replay")
    @requires_operator
    @api.arguments(ReasonSchema)
    @api.response(200, OutcomeSchema)
    @api.alt_response(404)
    @api.alt_response(409)
    def replay_letter(body: Mapping[str, Any], letter_id: UUID) -> Mapping[str, Any]:
        """Handle one dead letter once more."""
        with refusals():
            failure = _own_settling().replay(letter_id, current_principal().name, body["reason"])
        return {"id": letter_id, "outcome": "replayed" if failure is None else str(failure)}

    @api.post("/v1/dead-letters/replay")
    @requires_operator
    @api.arguments(ReplaySchema)
    @api.response(200, OutcomesSchema)
    def replay_letters(body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Handle those chosen that wait, the oldest first, as many as ``limit``."""
        settled = _own_settling().replay_page(_chosen(body), current_principal().name, body["reason"])
        outcomes = [
            {"id": letter.id, "outcome": "replayed" if failure is None else str(failure)}
            for letter, failure in settled
        ]
        last = outcomes[-1]["id"] if len(outcomes) == body["limit"] else None
        return {"outcomes": outcomes, "next_cursor": last}

    @api.post("/v1/dead-letters/discard")
    @requires_operator
    @api.arguments(ChoiceSchema)
    @api.response(200, DiscardedSchema)
    def discard_letters(body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give up those chosen that wait."""
        count = _own_settling().discard_all(_chosen(body), current_principal().name, body["reason"])
        return {"discarded": count}

    @api.post("/v1/dead-letters/<uuid:letter_id>/discard")
    @requires_operator
    @api.arguments(ReasonSchema)
    @api.response(200, OutcomeSchema)
    @api.alt_response(404)
    @api.alt_response(409)
    def discard_letter(body: Mapping[str, Any], letter_id: UUID) -> Mapping[str, Any]:
        """Give one dead letter up, with the reason."""
        with refusals():
            _own_settling().discard(letter_id, current_principal().name, body["reason"])
        return {"id": letter_id, "outcome": "discarded"}

    @api.post("/v1/republications")
    @requires_operator
    @api.arguments(RepublishSchema)
    @api.response(202, RepublishedSchema)
    def republish_events(body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Publish events once more, by partner, topic or time; their ids and numbers stay."""
        service = current_service()
        left_out = service.compacted.names
        try:
            selection = Selection(**{name: value for name, value in body.items() if name != "reason"})
            told = {"actor": current_principal().name, "reason": body["reason"]}
            rows = republish(service.database, selection, **told, compacted=left_out)
        except NeverSentAgain as error:
            raise Problem(422, "never_sent_again", str(error)) from None
        except ValueError as error:
            raise Problem(422, "nothing_selected", str(error)) from None
        return {"events": rows, "left_out": sorted(left_out)}


def _lanes(api: ApiBlueprint) -> None:
    @api.get("/v1/lanes/parked")
    @requires_viewer
    @api.arguments(ParkedPageSchema, location="query")
    @api.response(200, ParkedLanesSchema)
    def list_lanes(query: Mapping[str, Any]) -> Mapping[str, Any]:
        """List lanes that wait for something, with the cause."""
        page = (_own_group(), query["limit"], query.get("cursor"))
        with current_service().database.begin() as work:
            lanes = list_parked_lanes(work.connection, *page)
        cursor = next_cursor(lanes, query["limit"], "parked_at", "topic", "subject")
        return {"lanes": lanes, "next_cursor": cursor}

    @api.get("/v1/lanes/holes")
    @requires_viewer
    @api.arguments(HolesPageSchema, location="query")
    @api.response(200, HolesSchema)
    def list_lane_holes(query: Mapping[str, Any]) -> Mapping[str, Any]:
        """List numbers that never came."""
        page = (_own_group(), query["limit"], query.get("cursor"))
        with current_service().database.begin() as work:
            holes = list_holes(work.connection, *page)
        cursor = next_cursor(holes, query["limit"], "topic", "subject", "first_missing")
        return {"holes": holes, "next_cursor": cursor}

    @api.post("/v1/lanes/holes/close")
    @requires_operator
    @api.arguments(HoleClosureSchema)
    @api.response(204)
    @api.alt_response(409)
    def close_lane_hole(body: Mapping[str, Any]) -> None:
        """Give up events that never came; should they come after all, they count as seen."""
        told = {"actor": current_principal().name, "reason": body["reason"]}
        lane = (_own_group(), body["topic"], body["subject"])
        with refusals(), current_service().database.begin() as work:
            close_hole(work, *lane, (body["first_missing"], body["last_missing"]), **told)

    @api.post("/v1/lanes/release")
    @requires_operator
    @api.arguments(LaneActSchema)
    @api.response(204)
    @api.alt_response(409)
    def release_parked_lane(body: Mapping[str, Any]) -> None:
        """Let a parked lane try at once."""
        told = {"actor": current_principal().name, "reason": body["reason"]}
        with refusals(), current_service().database.begin() as work:
            release_lane(work, _own_group(), body["topic"], body["subject"], **told)

    @api.post("/v1/lanes/set-aside")
    @requires_operator
    @api.arguments(LaneActSchema)
    @api.response(204)
    @api.alt_response(409)
    def set_first_event_aside(body: Mapping[str, Any]) -> None:
        """Make a dead letter of the first event that holds a lane up, so that the rest goes on."""
        told = {"actor": current_principal().name, "reason": body["reason"]}
        lane = (_own_group(), body["topic"], body["subject"])
        with refusals(), current_service().database.begin() as work:
            set_first_aside(work, _own_settling().reader, *lane, **told)

    @api.post("/v1/flood-clearances")
    @requires_operator
    @api.arguments(ReasonSchema)
    @api.response(200, FloodClearedSchema)
    def clear_flood_counts(body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Forget the counts of dead letters, so that a consumer that stopped may go on."""
        group = _own_group()
        told = {"actor": current_principal().name, "action": "clear flood", "target": group}
        with current_service().database.begin() as work:
            stopped = clear_flood(work.connection, group)
            note_action(work.connection, **told, reason=body["reason"])
        return {"partitions": stopped}


def _records(api: ApiBlueprint) -> None:
    @api.get("/v1/records/skips")
    @requires_viewer
    @api.arguments(SkipsPageSchema, location="query")
    @api.response(200, SkipsSchema)
    def list_record_skips(query: Mapping[str, Any]) -> Mapping[str, Any]:
        """List the records that operators had skipped."""
        page = (_own_group(), query["limit"], query.get("cursor"))
        with current_service().database.begin() as work:
            skips = list_skips(work.connection, *page)
        cursor = next_cursor(skips, query["limit"], "topic", "partition", "record_offset")
        return {"skips": skips, "next_cursor": cursor}

    @api.post("/v1/records/skips")
    @requires_operator
    @api.arguments(RecordSkipSchema)
    @api.response(204)
    @api.alt_response(409)
    def skip_record(body: Mapping[str, Any]) -> None:
        """Have the consumer make this record a dead letter, as it stops at it each time."""
        subscriptions = current_service().subscriptions
        if subscriptions is None or body["topic"] not in subscriptions.topics:
            raise Problem(422, "topic_not_read", "This service does not read that topic.")
        place = (body["topic"], body["partition"], body["offset"])
        told = {"actor": current_principal().name, "reason": body["reason"]}
        with refusals(), current_service().database.begin() as work:
            ask_to_skip(work.connection, subscriptions.group, place, **told)


def _chosen(body: Mapping[str, Any]) -> Filter:
    names = {"status", "topic", "code", "subject", "type", "limit"} & body.keys()
    return Filter(after=body.get("cursor"), **{name: body[name] for name in names})


def _own_settling() -> Settling:
    return Settling.of(current_service())


def _own_group() -> str:
    subscriptions = current_service().subscriptions
    if subscriptions is None:
        raise Problem(404, "not_found", "This service listens to nobody.")
    return subscriptions.group
