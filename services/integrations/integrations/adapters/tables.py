"""The tables as queries see them; migrations create them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
)

from chassis.database.columns import TEXTS, OneOf
from integrations.domain import deliveries as delivery
from integrations.domain import endpoints as endpoint
from integrations.domain import replays as replay
from integrations.domain.integrator_log import Action
from integrations.domain.integrators import PartnerRule
from integrations.domain.kafka_users import KafkaState

metadata = MetaData()
_TIME = DateTime(timezone=True)

partners = Table(
    "partners",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("tier", Text),
    Column("products", TEXTS),
    Column("state", Text),
    Column("contact_since", _TIME),
    Column("erased_at", _TIME),
)

integrators = Table(
    "integrators",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text),
    Column("event_types", TEXTS),
    Column("partner_rule", OneOf(PartnerRule)),
    Column("partner_values", TEXTS),
    Column("sees_personal", Boolean),
    Column("uses_kafka", Boolean),
    Column("verifies_endpoints", Boolean),
    Column("purpose_version", Integer),
    Column("purpose_de", Text),
    Column("purpose_en", Text),
    Column("created_at", _TIME),
)

consents = Table(
    "consents",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("integrator_id", Uuid),
    Column("integrator_name", Text),
    Column("partner_id", Uuid),
    Column("event_types", TEXTS),
    Column("sees_personal", Boolean),
    Column("purpose_version", Integer),
    Column("purpose_de", Text),
    Column("purpose_en", Text),
    Column("given_at", _TIME),
    Column("given_by", Text),
    Column("withdrawn_at", _TIME),
    Column("withdrawn_by", Text),
)

kafka_users = Table(
    "kafka_users",
    metadata,
    Column("integrator_id", Uuid, primary_key=True),
    Column("generation", Integer),
    Column("state", OneOf(KafkaState)),
    Column("credential", LargeBinary),
    Column("changed_at", _TIME),
    Column("changed_by", Text),
)

integrator_log = Table(
    "integrator_log",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("integrator_id", Uuid),
    Column("at", _TIME),
    Column("by", Text),
    Column("action", OneOf(Action)),
    Column("subject_id", Uuid),
    Column("label", Text),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("integrator_id", Uuid),
    Column("hash", LargeBinary),
    Column("label", Text),
    Column("hint", Text),
    Column("created_at", _TIME),
    Column("revoked_at", _TIME),
    Column("made_by", Text),
)

people = Table(
    "people",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("integrator_id", Uuid),
    Column("name", Text),
    Column("email", Text),
    Column("mailbox", Text),
    Column("language", Text),
    Column("added_by", Text),
    Column("added_at", _TIME),
)

link_requests = Table(
    "link_requests",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("mailbox", Text),
    Column("requested_at", _TIME),
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid),
    Column("created_at", _TIME),
    Column("expires_at", _TIME),
    Column("used_at", _TIME),
    Column("used_by_visit", Uuid),
)

endpoints = Table(
    "endpoints",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("integrator_id", Uuid),
    Column("url", Text),
    Column("description", Text),
    Column("event_types", TEXTS),
    Column("partner_rule", OneOf(PartnerRule)),
    Column("partner_values", TEXTS),
    Column("filter", Text),
    Column("delivery_order", OneOf(endpoint.Order), key="order"),
    Column("body", OneOf(endpoint.BodyKind)),
    Column("secret_kind", OneOf(endpoint.SecretKind)),
    Column("concurrency", Integer),
    Column("rate_per_second", Integer),
    Column("state", OneOf(endpoint.State)),
    Column("state_reason", Text),
    Column("failing_since", _TIME),
    Column("held_until", _TIME),
    Column("warned_since", _TIME),
    Column("warnings", Integer),
    Column("is_told_disabled", Boolean),
    Column("created_at", _TIME),
    Column("made_by", Text),
    Column("verified_at", _TIME),
    Column("challenged_at", _TIME),
    Column("challenge_outcome", Text),
)

endpoint_secrets = Table(
    "endpoint_secrets",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("endpoint_id", Uuid),
    Column("kind", OneOf(endpoint.SecretKind)),
    Column("key", LargeBinary),
    Column("public_key", Text),
    Column("created_at", _TIME),
    Column("expires_at", _TIME),
    Column("made_by", Text),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("endpoint_id", Uuid, primary_key=True),
    Column("event_position", BigInteger, primary_key=True),
    Column("id", Uuid),
    Column("event_id", Uuid),
    Column("event_type", Text),
    Column("partner_id", Uuid),
    Column("is_test", Boolean),
    Column("state", OneOf(delivery.State)),
    Column("due_at", _TIME),
    Column("tries", Integer),
    Column("attempts", Integer),
    Column("last_outcome", Text),
    Column("last_status", Integer),
    Column("created_at", _TIME),
    Column("delivered_at", _TIME),
)

delivery_attempts = Table(
    "delivery_attempts",
    metadata,
    Column("event_position", BigInteger, primary_key=True),
    Column("endpoint_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", _TIME),
    Column("duration_ms", Integer),
    Column("outcome", Text),
    Column("status", Integer),
    Column("answer", Text),
)

replays = Table(
    "replays",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("integrator_id", Uuid),
    Column("endpoint_id", Uuid),
    Column("since", _TIME),
    Column("until", _TIME),
    Column("event_types", TEXTS),
    Column("partner_id", Uuid),
    Column("filter", Text),
    Column("only_undelivered", Boolean),
    Column("first", BigInteger),
    Column("last", BigInteger),
    Column("position", BigInteger),
    Column("events_total", BigInteger),
    Column("events_done", BigInteger),
    Column("deliveries", BigInteger),
    Column("under_way", BigInteger),
    Column("state", OneOf(replay.State)),
    Column("created_at", _TIME),
)
