"""Shapes of the operators' requests and answers about events."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from chassis.http.paging import LONGEST_PAGE, PageSchema, list_of, page_of
from chassis.http.strict_fields import LONGEST_REASON, Choice, Name, StrictSchema, Text, Whole
from chassis.operating.cursors import Cursor, moment, number, text

# As long as the attributes of an event may be.
Subject = partial(Name, most=512)
Reason = partial(Name, required=True, most=LONGEST_REASON)


class ParkedPageSchema(PageSchema):
    cursor = Cursor(moment, text, text)


class LanesOfSubjectPageSchema(PageSchema):
    subject = Subject(required=True)
    cursor = Cursor(text)


class HolesPageSchema(PageSchema):
    cursor = Cursor(text, text, number)


class SkipsPageSchema(PageSchema):
    cursor = Cursor(text, number, number)


class FilterSchema(PageSchema):
    status = Choice(("waiting", "replayed", "discarded"), load_default="waiting")
    topic = Name()
    code = Name()
    subject = Subject()
    type = Subject()
    cursor = fields.UUID()


class ChoiceSchema(StrictSchema):
    """Which of the dead letters that wait; nothing chosen is not everything."""

    all = fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=False,
        metadata={"description": "All that wait, narrowed by the others if any is given"},
    )
    topic = Name()
    code = Name()
    subject = Subject()
    type = Subject()
    reason = Reason()

    @validates_schema
    def something_is_chosen(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data.get("all") and not {"topic", "code", "subject", "type"} & data.keys():
            raise ValidationError("Choose by topic, code, subject or type, or say true for all.", "all")


class ReplaySchema(ChoiceSchema):
    limit = Whole(least=1, most=LONGEST_PAGE, load_default=100)
    cursor = fields.UUID()


class ReasonSchema(StrictSchema):
    reason = Reason()


class StatedReason(StrictSchema):
    """Why an operator does it; kept in the operators' log."""

    reason = Text(required=True)


class LaneSchema(StrictSchema):
    topic = Name(required=True)
    subject = Subject(required=True)


class LaneActSchema(LaneSchema):
    reason = Reason()


class HoleClosureSchema(LaneActSchema):
    first_missing = fields.Integer(required=True, strict=True, validate=validate.Range(1, 2**63 - 1))
    last_missing = fields.Integer(required=True, strict=True, validate=validate.Range(1, 2**63 - 1))


class RecordSkipSchema(StrictSchema):
    topic = Name(required=True)
    partition = fields.Integer(required=True, strict=True, validate=validate.Range(0, 2**31 - 1))
    offset = fields.Integer(required=True, strict=True, validate=validate.Range(0, 2**63 - 1))
    reason = Reason()


class RepublishSchema(StrictSchema):
    since = fields.AwareDateTime(default_timezone=None)
    until = fields.AwareDateTime(default_timezone=None)
    subject = Subject()
    topic = Name()
    reason = Reason()


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
    next_cursor = fields.UUID(allow_none=True, metadata={"description": "For the same call once more"})


class DiscardedSchema(Schema):
    discarded = fields.Integer(metadata={"description": "How many were given up"})


class ParkedLaneSchema(Schema):
    topic = fields.String()
    subject = fields.String()
    last_sequence = fields.Integer()
    parked_at = fields.AwareDateTime()
    attempts = fields.Integer()
    next_attempt_at = fields.AwareDateTime(allow_none=True)
    cause_code = fields.String(allow_none=True)
    cause_message = fields.String(allow_none=True)
    waiting_events = fields.Integer()


ParkedLanesSchema = page_of("ParkedLanesSchema", lanes=ParkedLaneSchema)


class LaneViewSchema(ParkedLaneSchema):
    is_parked = fields.Boolean()
    parked_at = fields.AwareDateTime(allow_none=True)
    hole_count = fields.Integer(metadata={"description": "How many runs of numbers never came"})


LanesSchema = page_of("LanesSchema", lanes=LaneViewSchema)


class HoleSchema(Schema):
    topic = fields.String()
    subject = fields.String()
    first_missing = fields.Integer()
    last_missing = fields.Integer()
    found_at = fields.AwareDateTime()


HolesSchema = page_of("HolesSchema", holes=HoleSchema)


class SkipSchema(Schema):
    topic = fields.String()
    partition = fields.Integer()
    record_offset = fields.Integer(data_key="offset")
    asked_at = fields.AwareDateTime()
    actor = fields.String()
    reason = fields.String()


SkipsSchema = page_of("SkipsSchema", skips=SkipSchema)


class PositionSchema(Schema):
    topic = fields.String(required=True)
    partition = fields.Integer(required=True)
    next_offset = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The record that comes next; null where all is read"},
    )
    unread = fields.Integer(required=True)
    stopped_because = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "A flood of dead letters that stopped the consumer here"},
    )


PositionsSchema = list_of("PositionsSchema", positions=PositionSchema)


class RepublishedSchema(Schema):
    events = fields.Integer()
    left_out = fields.List(
        fields.String(), metadata={"description": "Compacted topics, whose old events are never sent again"}
    )


class FloodClearedSchema(Schema):
    partitions = fields.Integer(metadata={"description": "How many were stopped"})


class MovedPositionSchema(Schema):
    topic = fields.String()
    partition = fields.Integer()
    from_offset = fields.Integer(metadata={"description": "What came next, and is gone"})
    to_offset = fields.Integer(metadata={"description": "Where the log begins"})


class LossAcceptedSchema(Schema):
    moved = fields.List(
        fields.Nested(MovedPositionSchema), metadata={"description": "Empty where nothing was dropped unread"}
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
    role = fields.String(
        allow_none=True, metadata={"description": "operator, subject, or database: a process's own command"}
    )
    action = fields.String()
    target = fields.String()
    reason = fields.String(allow_none=True)
    outcome = fields.String()
    trace_id = fields.String(allow_none=True)
    confirmed_by = fields.String(
        allow_none=True, metadata={"description": "The second person, where one was asked for"}
    )


class WaitingKindSchema(Schema):
    kind = fields.String(required=True)
    count = fields.Integer(required=True)
    has_more = fields.Boolean(
        required=True, metadata={"description": "True where there are more than were counted"}
    )
    oldest_at = fields.AwareDateTime(required=True, allow_none=True)


WaitingSchema = list_of("WaitingSchema", waiting=WaitingKindSchema)


class OperatorActionsSchema(Schema):
    actions = fields.List(fields.Nested(OperatorActionSchema))
    next_cursor = fields.UUID(allow_none=True)
