"""What the API takes and gives."""

from uuid import UUID

from marshmallow import Schema, fields

from chassis.http.paging import PageSchema, list_of, page_of
from chassis.http.strict_fields import (
    Choice,
    EmailAddress,
    Flag,
    Name,
    ProperName,
    StrictSchema,
    Whole,
)
from chassis.operating.cursors import Cursor, number, text
from chassis.operating.http_schemas import StatedReason
from chassis.translations import DEFAULT_LANGUAGE, LANGUAGES
from integrations.domain import deliveries, endpoints, replays
from integrations.domain.endpoints import BodyKind, Order, SecretKind
from integrations.domain.integrator_log import Action
from integrations.domain.integrators import PartnerScope
from integrations.domain.kafka_users import KafkaState
from integrations.domain.quotas import Act
from integrations.entrypoints.web.api.fields import (
    By,
    EndpointPartners,
    EventTypeName,
    EventTypes,
    Filter,
    Moment,
    PartnerScopeSchema,
    PurposeSchema,
    TimeRange,
    WebhookUrl,
)

MOST_CONCURRENT = 100
MOST_PER_SECOND = 1_000
MOST_HOURS_KEPT = 7 * 24


class IntegratorRequest(StatedReason):
    """A vendor or team, and what it may see. Without types it sees all of them."""

    name = ProperName(required=True)
    event_types = EventTypes(data_key="types", allow_none=True, load_default=None)
    partners = fields.Nested(PartnerScopeSchema, load_default=PartnerScope())
    sees_personal = Flag(load_default=False)
    uses_kafka = Flag(load_default=False)
    verifies_endpoints = Flag(load_default=False)
    purpose = fields.Nested(PurposeSchema, load_default=None)


class ScopeChange(StatedReason):
    """What an integrator may see from now on; what is left out stays, no types at all shut it off."""

    event_types = EventTypes(data_key="types", allow_none=True, least=0)
    partners = fields.Nested(PartnerScopeSchema)
    sees_personal = Flag()
    uses_kafka = Flag()
    verifies_endpoints = Flag()
    purpose = fields.Nested(PurposeSchema)


class PersonRequest(StatedReason):
    """Somebody who may sign in to the portal for an integrator."""

    name = ProperName(required=True)
    email = EmailAddress(required=True)
    language = Choice(LANGUAGES, load_default=DEFAULT_LANGUAGE)


class PersonSeen(Schema):
    person_id = fields.UUID(required=True, attribute="id")
    name = fields.String(required=True)
    email = fields.String(required=True)
    language = fields.String(required=True)
    added_by = fields.String(required=True)
    added_at = fields.AwareDateTime(required=True)


class PersonNoted(Schema):
    """A person by the id alone, as answers to acts are kept for repetitions."""

    person_id = fields.UUID(required=True, attribute="id")
    added_at = fields.AwareDateTime(required=True)


PeopleSeen = list_of("PeopleSeen", people=PersonSeen)


class TokenRequest(StatedReason):
    """A token for an integrator's programs."""

    label = Name(least=0, most=100, load_default="")


class IntegratorsPage(PageSchema):
    cursor = Cursor(text)


class PartnerScopeSeen(Schema):
    rule = fields.String(required=True)
    values = fields.List(fields.String(), required=True)


class PurposeSeen(Schema):
    """What partners are told, in their language."""

    de = fields.String(required=True)
    en = fields.String(required=True)
    version = fields.Integer(required=True, metadata={"description": "Grows with each other text"})


class IntegratorSeen(Schema):
    """A vendor or team."""

    integrator_id = fields.UUID(required=True, attribute="id")
    name = fields.String(required=True)
    event_types = fields.List(fields.String(), required=True, allow_none=True, data_key="types")
    partners = fields.Nested(PartnerScopeSeen, required=True)
    sees_personal = fields.Boolean(required=True)
    uses_kafka = fields.Boolean(
        required=True, metadata={"description": "Whether it may have a user of Kafka"}
    )
    verifies_endpoints = fields.Boolean(
        required=True, metadata={"description": "Whether its endpoints have to say that they want events"}
    )
    purpose = fields.Nested(
        PurposeSeen, required=True, allow_none=True, metadata={"description": "What partners are told"}
    )
    created_at = fields.AwareDateTime(required=True)


IntegratorsSeen = page_of("IntegratorsSeen", integrators=IntegratorSeen)


class TokenSeen(Schema):
    """A token, as far as it is known."""

    token_id = fields.UUID(required=True, attribute="id")
    label = fields.String(required=True)
    hint = fields.String(required=True, metadata={"description": "Its last characters"})
    created_at = fields.AwareDateTime(required=True)
    made_by = By()
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)


TokensSeen = list_of("TokensSeen", tokens=TokenSeen)


class NewToken(TokenSeen):
    token = fields.String(required=True, metadata={"description": "Shown this once"})


class EndpointRequest(StrictSchema):
    """Where events are to be sent, and which. Without types it gets all that its integrator may see."""

    url = WebhookUrl(required=True)
    description = Name(least=0, most=200, load_default="")
    event_types = EventTypes(data_key="types", allow_none=True, load_default=None)
    partners = fields.Nested(EndpointPartners, load_default=PartnerScope())
    filter = Filter(load_default=None)
    order = Choice(Order, load_default=str(Order.NONE))
    body = Choice(BodyKind, load_default=str(BodyKind.STRUCTURED))
    secret_kind = Choice(SecretKind, load_default=str(SecretKind.HMAC))
    concurrency = Whole(least=1, most=MOST_CONCURRENT, load_default=10)
    rate_per_second = Whole(least=1, most=MOST_PER_SECOND, allow_none=True, load_default=None)


class EndpointChange(StrictSchema):
    """What is to change; what is left out stays."""

    url = WebhookUrl()
    description = Name(least=0, most=200)
    event_types = EventTypes(data_key="types", allow_none=True)
    partners = fields.Nested(EndpointPartners)
    filter = Filter()
    order = Choice(Order)
    body = Choice(BodyKind)
    concurrency = Whole(least=1, most=MOST_CONCURRENT)
    rate_per_second = Whole(least=1, most=MOST_PER_SECOND, allow_none=True)


class EndpointSeen(Schema):
    """An endpoint and how it stands."""

    id = fields.UUID(required=True)
    url = fields.String(required=True)
    description = fields.String(required=True)
    event_types = fields.List(fields.String(), required=True, allow_none=True, data_key="types")
    partners = fields.Nested(PartnerScopeSeen, required=True)
    filter = fields.String(required=True, allow_none=True)
    order = fields.String(required=True)
    body = fields.String(required=True)
    secret_kind = fields.String(required=True)
    concurrency = fields.Integer(required=True)
    rate_per_second = fields.Integer(required=True, allow_none=True)
    state = Choice(endpoints.State, required=True)
    state_reason = fields.String(
        required=True, allow_none=True, metadata={"description": "Why it is disabled: gone (410) or failing"}
    )
    failing_since = fields.AwareDateTime(required=True, allow_none=True)
    verified_at = fields.AwareDateTime(required=True, allow_none=True)
    challenged_at = fields.AwareDateTime(required=True, allow_none=True)
    challenge_outcome = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "ok, or why it is not verified; null while it is asked"},
    )
    created_at = fields.AwareDateTime(required=True)
    made_by = By()


class SilentEndpointSeen(Schema):
    """An endpoint that takes nothing, or is sent nothing any more; of its address the host alone."""

    endpoint_id = fields.UUID(required=True, attribute="id")
    integrator_id = fields.UUID(required=True)
    integrator_name = fields.String(required=True)
    host = fields.String(required=True)
    state = Choice(endpoints.State, required=True)
    state_reason = fields.String(required=True, allow_none=True)
    since = fields.AwareDateTime(required=True)


SilentEndpointsSeen = list_of("SilentEndpointsSeen", endpoints=SilentEndpointSeen)


EndpointsSeen = list_of("EndpointsSeen", endpoints=EndpointSeen)


class NewEndpoint(EndpointSeen):
    secret = fields.String(
        required=True,
        metadata={
            "description": "Shown this once: whsec_… to check v1 signatures, or the public key whpk_… for v1a"
        },
    )


class UseSeen(Schema):
    """How much of a quota is used."""

    used = fields.Integer(required=True)
    most = fields.Integer(required=True)


class HourlyUseSeen(UseSeen):
    until = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When it is counted anew; null if unused"}
    )


class FilterCostSeen(Schema):
    """What the filter of an endpoint takes."""

    endpoint_id = fields.UUID(required=True)
    steps = fields.Integer(required=True)


class QuotasSchema(Schema):
    """What is used of each quota."""

    endpoints = fields.Nested(UseSeen, required=True)
    replays_running = fields.Nested(UseSeen, required=True)
    filter_steps = fields.Nested(
        UseSeen,
        required=True,
        metadata={"description": "Of all filters, for an event of the type that takes most of them"},
    )
    filter_costs = fields.List(
        fields.Nested(FilterCostSeen), required=True, metadata={"description": "Of which that is the sum"}
    )
    by_hour = fields.Dict(
        keys=Choice(Act),
        values=fields.Nested(HourlyUseSeen),
        required=True,
    )


class SecretRequest(StrictSchema):
    """A new secret; those before are signed with as well for a while."""

    secret_kind = Choice(SecretKind)
    keep_hours = Whole(least=0, most=MOST_HOURS_KEPT, load_default=24)


class Move(StrictSchema):
    """Nothing to say."""


class ExampleRequest(StrictSchema):
    """Which example to send."""

    event_type = EventTypeName(required=True, data_key="type")


class ExampleStarted(Schema):
    delivery_id = fields.UUID(required=True)


class DeliveriesPage(PageSchema, TimeRange):
    endpoint_id = fields.UUID()
    state = Choice(deliveries.State)
    event_type = EventTypeName(data_key="type")
    partner_id = fields.UUID()
    event_id = fields.UUID(data_key="webhook_id")
    before = Cursor(number, UUID, data_key="cursor")


class DeliverySeen(Schema):
    """One event on its way to one endpoint."""

    id = fields.UUID(required=True)
    endpoint_id = fields.UUID(required=True)
    webhook_id = fields.UUID(required=True, attribute="event_id")
    event_type = fields.String(required=True, data_key="type")
    partner_id = fields.UUID(required=True)
    is_test = fields.Boolean(required=True)
    state = Choice(deliveries.State, required=True)
    attempts = fields.Integer(required=True)
    last_outcome = fields.String(required=True, allow_none=True)
    last_status = fields.Integer(required=True, allow_none=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    delivered_at = fields.AwareDateTime(required=True, allow_none=True)


DeliveriesSeen = page_of("DeliveriesSeen", deliveries=DeliverySeen)


class AttemptSeen(Schema):
    """One attempt and the beginning of its answer."""

    number = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    duration_ms = fields.Integer(required=True)
    outcome = fields.String(required=True)
    status = fields.Integer(required=True, allow_none=True)
    answer = fields.String(required=True, metadata={"description": "At most 1 KiB"})


class DeliveryInFull(DeliverySeen):
    """A delivery with the log of its attempts, and the event as its endpoint gets it."""

    log = fields.List(fields.Nested(AttemptSeen), required=True)
    event = fields.Dict(required=True, allow_none=True, metadata={"description": "A CloudEvent"})


class ReplayRequest(TimeRange):
    """Which events to send once more; ``only_undelivered`` leaves out what was taken."""

    endpoint_id = fields.UUID(required=True)
    since = Moment(required=True, data_key="from")
    until = Moment(data_key="to", load_default=None)
    event_types = EventTypes(data_key="types", allow_none=True, load_default=None)
    partner_id = fields.UUID(load_default=None)
    filter = Filter(load_default=None)
    only_undelivered = Flag(load_default=False)


class ReplaySeen(Schema):
    """How far a replay is."""

    id = fields.UUID(required=True)
    endpoint_id = fields.UUID(required=True)
    since = fields.AwareDateTime(required=True, data_key="from")
    until = fields.AwareDateTime(required=True, data_key="to")
    state = Choice(replays.State, required=True)
    progress = fields.Float(required=True, metadata={"description": "From 0 to 1"})
    events_total = fields.Integer(required=True, metadata={"description": "Events of that time"})
    events_done = fields.Integer(required=True, metadata={"description": "Of them looked at so far"})
    deliveries = fields.Integer(required=True, metadata={"description": "Started so far"})
    under_way = fields.Integer(
        required=True, metadata={"description": "Left alone so far, as they were to be sent anyway"}
    )
    created_at = fields.AwareDateTime(required=True)


class ChangeSeen(Schema):
    """What a release brought; the first one of a later version, against the version before."""

    on = fields.String(required=True, metadata={"format": "date"})
    added = fields.List(fields.String(), required=True, metadata={"description": "Fields, by path"})
    removed = fields.List(fields.String(), required=True, metadata={"description": "Fields, by path"})
    altered = fields.List(fields.String(), required=True, metadata={"description": "A sentence for each"})


class EventTypeSeen(Schema):
    """One version of one event, as readers may take it."""

    type = fields.String(required=True, metadata={"description": "The CloudEvents type"})
    key = fields.String(required=True, metadata={"description": "What filters are given"})
    topic = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    schema = fields.Dict(required=True)
    example = fields.Dict(required=True)
    changes = fields.List(
        fields.Nested(ChangeSeen), required=True, metadata={"description": "The newest first"}
    )


EventTypesSeen = list_of("EventTypesSeen", event_types=EventTypeSeen)


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


class RefusedTopic(Schema):
    """A topic that holds what one may not see."""

    topic = fields.String(required=True)
    reason = fields.String(required=True)


class KafkaUserSeen(Schema):
    """A user of Kafka, and how to connect as it."""

    username = fields.String(required=True, attribute="name")
    state = Choice(KafkaState, required=True)
    bootstrap_servers = fields.String(required=True)
    security_protocol = fields.String(required=True)
    sasl_mechanism = fields.String(required=True)
    changed_at = fields.AwareDateTime(required=True)
    changed_by = By()
    group_prefix = fields.String(required=True, metadata={"description": "What your groups begin with"})
    topics = fields.List(fields.String(), required=True)
    refused_topics = fields.List(fields.Nested(RefusedTopic), required=True)


class NewKafkaPassword(KafkaUserSeen):
    password = fields.String(required=True, metadata={"description": "Shown this once"})
