"""Dead letters, for operators over HTTP: look at them, handle them once more, give them up."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, validates_schema
from sqlalchemy import Connection

from chassis.database.operators_log import note_action
from chassis.failures import Failure
from chassis.http.current_service import current_service
from chassis.http.described import described
from chassis.http.paging import LONGEST_PAGE, PageSchema, page_of
from chassis.http.strict_fields import Choice, Name, StrictSchema, Whole
from chassis.messaging.dead_letters.listing import (
    DeadLetter,
    Filter,
    get_dead_letter,
    list_dead_letters,
    record_of,
)
from chassis.operating.api import api
from chassis.operating.group_requests import actor_and_reason
from chassis.operating.http_schemas import Reason, ReasonSchema, Subject
from chassis.operating.settling import Settling


class FilterSchema(PageSchema):
    status = Choice(("waiting", "replayed", "discarded"), load_default="waiting")
    topic = Name()
    code = Name()
    subject = Subject()
    type = Subject()
    cursor = fields.UUID()


class ChoiceSchema(StrictSchema):
    """Which of the dead letters that wait; nothing chosen is not everything."""

    all = described(
        fields.Boolean(truthy={True}, falsy={False}, load_default=False),
        "All that wait, narrowed by the others if any is given",
    )
    topic = Name()
    code = Name()
    subject = Subject()
    type = Subject()
    reason = Reason()

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def something_is_chosen(self, _data: Mapping[str, Any], original: object, **_: Any) -> None:
        if not isinstance(original, Mapping):
            return  # It is refused as a whole.
        if not original.get("all") and not {"topic", "code", "subject", "type"} & original.keys():
            raise ValidationError("Choose by topic, code, subject or type, or say true for all.", "all")


class ReplaySchema(ChoiceSchema):
    limit = Whole(least=1, most=LONGEST_PAGE, load_default=100)
    cursor = fields.UUID()


class DeadLetterSchema(Schema):
    id = fields.UUID()
    topic = fields.String()
    partition = fields.Integer()
    record_offset = fields.Integer(data_key="offset")
    event_id = fields.String(allow_none=True)
    event_type = fields.String(allow_none=True)
    subject = fields.String(allow_none=True)
    sequence = fields.Integer(allow_none=True)
    code = fields.String()
    message = fields.String()
    status = fields.String()
    dead_at = fields.AwareDateTime()
    replay_attempts = fields.Integer()
    last_replay_failure = fields.String(allow_none=True)
    settled_at = fields.AwareDateTime(allow_none=True)
    settled_by = fields.String(allow_none=True)
    settled_reason = fields.String(allow_none=True)


class DeadLetterInFullSchema(DeadLetterSchema):
    key = fields.String(allow_none=True)
    value = fields.String(allow_none=True)
    headers = fields.List(fields.List(fields.String(allow_none=True)))


DeadLettersSchema = page_of("DeadLettersSchema", dead_letters=DeadLetterSchema)


class OutcomeSchema(Schema):
    id = fields.UUID()
    outcome = fields.String()


class OutcomesSchema(Schema):
    outcomes = fields.List(fields.Nested(OutcomeSchema))
    next_cursor = described(fields.UUID(allow_none=True), "For the same call once more")


class DiscardedSchema(Schema):
    discarded = described(fields.Integer(), "How many were given up")


@api.get("/v1/dead-letters")
@api.arguments(FilterSchema, location="query")
@api.response(200, DeadLettersSchema)
def list_letters(query: Mapping[str, Any]) -> Mapping[str, Any]:
    """List dead letters, the oldest first."""
    with current_service().database.begin() as work:
        letters = list_dead_letters(work.connection, _chosen(query))
    last = str(letters[-1].id) if len(letters) == query["limit"] else None
    return {"dead_letters": letters, "next_cursor": last}


@api.get("/v1/dead-letters/<uuid:letter_id>")
@api.response(200, DeadLetterSchema)
@api.alt_response(404)
def show_letter(letter_id: UUID) -> DeadLetter:
    """Show one dead letter without its bytes, which may contain personal data."""
    with current_service().database.begin() as work:
        return get_dead_letter(work.connection, letter_id)


@api.post("/v1/dead-letters/<uuid:letter_id>/disclosure")
@api.arguments(ReasonSchema)
@api.response(200, DeadLetterInFullSchema)
@api.alt_response(404)
def disclose_letter(body: Mapping[str, Any], letter_id: UUID) -> Mapping[str, Any]:
    """Show one dead letter with its bytes; the disclosure is logged with its reason."""
    with current_service().database.begin() as work:
        return _disclosed(work.connection, letter_id, **actor_and_reason(body))


@api.post("/v1/dead-letters/<uuid:letter_id>/replay")
@api.arguments(ReasonSchema)
@api.response(200, OutcomeSchema)
@api.alt_response(404, 409)
def replay_letter(body: Mapping[str, Any], letter_id: UUID) -> Mapping[str, Any]:
    """Replay one dead letter."""
    failure = _own_settling().replay(letter_id, **actor_and_reason(body))
    return {"id": letter_id, "outcome": _told(failure)}


@api.post("/v1/dead-letters/replay")
@api.arguments(ReplaySchema)
@api.response(200, OutcomesSchema)
@api.alt_response(404)
def replay_letters(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Replay the chosen dead letters that wait, the oldest first, at most ``limit``."""
    page = _own_settling().replay_page(_chosen(body), **actor_and_reason(body))
    outcomes = [{"id": letter.id, "outcome": _told(failure)} for letter, failure in page.outcomes]
    return {"outcomes": outcomes, "next_cursor": page.after and str(page.after)}


@api.post("/v1/dead-letters/discard")
@api.arguments(ChoiceSchema)
@api.response(200, DiscardedSchema)
@api.alt_response(404)
def discard_letters(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Discard the chosen dead letters that wait."""
    count = _own_settling().discard_all(_chosen(body), **actor_and_reason(body))
    return {"discarded": count}


@api.post("/v1/dead-letters/<uuid:letter_id>/discard")
@api.arguments(ReasonSchema)
@api.response(200, OutcomeSchema)
@api.alt_response(404, 409)
def discard_letter(body: Mapping[str, Any], letter_id: UUID) -> Mapping[str, Any]:
    """Discard one dead letter, with the reason."""
    _own_settling().discard(letter_id, **actor_and_reason(body))
    return {"id": letter_id, "outcome": "discarded"}


def _told(failure: Failure | None) -> str:
    return "replayed" if failure is None else str(failure)


def _chosen(body: Mapping[str, Any]) -> Filter:
    names = {"status", "topic", "code", "subject", "type", "limit"} & body.keys()
    return Filter(after=body.get("cursor"), **{name: body[name] for name in names})


def _own_settling() -> Settling:
    return Settling.of(current_service())


def _disclosed(connection: Connection, letter_id: UUID, actor: str, reason: str) -> dict[str, Any]:
    """Key, value and headers beside what is known of it. Raises NoSuchDeadLetter."""
    letter, record = get_dead_letter(connection, letter_id), record_of(connection, letter_id)
    note_action(connection, actor=actor, action="see dead letter", target=str(letter_id), reason=reason)
    headers = [[name, _shown(value)] for name, value in record.headers]
    return letter._asdict() | {
        "key": _shown(record.key),
        "value": _shown(record.value),
        "headers": headers,
    }


def _shown(value: bytes | None) -> str | None:
    """Bytes as text where they are UTF-8, else as hexadecimal digits."""
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return f"0x{value.hex()}"
