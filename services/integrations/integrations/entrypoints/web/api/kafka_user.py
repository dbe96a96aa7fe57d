"""API for integrators: their user of Kafka."""

from typing import Any

from marshmallow import Schema, fields

from chassis.http.current_service import current_service
from chassis.http.described import described
from chassis.http.openapi import ApiBlueprint
from chassis.http.strict_fields import Choice
from integrations.bootstrap import IntegrationsService
from integrations.domain.kafka_users import KafkaState
from integrations.domain.refusals import KafkaNotOffered
from integrations.entrypoints.web.api.fields import By
from integrations.entrypoints.web.api.own import current_actor, current_integrator, expect_found
from integrations.entrypoints.web.api.schemas import Move
from integrations.handlers.commands import NameKafkaUser
from integrations.handlers.kafka_users import SeenKafkaUser, end_user, give_password, show_user

api = ApiBlueprint("kafka user", __name__, description="Reading topics without webhooks")


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
    group_prefix = described(fields.String(required=True), "What your groups begin with")
    topics = fields.List(fields.String(), required=True)
    refused_topics = fields.List(fields.Nested(RefusedTopic), required=True)


class NewKafkaPassword(KafkaUserSeen):
    password = described(fields.String(required=True), "Shown this once")


@api.post("/v1/kafka-user")
@api.arguments(Move)
@api.response(201, NewKafkaPassword)
@api.alt_response(403, 409)
def give_kafka_password(_body: dict[str, Any]) -> dict[str, Any]:
    """Create your user, or replace its password, which is shown this once."""
    with current_service(IntegrationsService).open_work() as work:
        user, password = give_password(work, _own())
    return told(user) | {"password": password}


@api.get("/v1/kafka-user")
@api.response(200, KafkaUserSeen)
@api.alt_response(404, 409)
def show_kafka_user() -> dict[str, Any]:
    """Show your user: ready, once the cluster has it."""
    with current_service(IntegrationsService).open_work() as work:
        return told(expect_found(show_user(work, _own())))


@api.delete("/v1/kafka-user")
@api.response(202, KafkaUserSeen)
@api.alt_response(404, 409)
def end_kafka_user() -> dict[str, Any]:
    """Delete your user; it is 404 once the cluster has removed it."""
    with current_service(IntegrationsService).open_work() as work:
        return told(expect_found(end_user(work, _own())))


def _own() -> NameKafkaUser:
    return NameKafkaUser(integrator_id=current_integrator(), by=current_actor())


def told(user: SeenKafkaUser) -> dict[str, Any]:
    """How it stands, and all that a client needs to connect as it. Raises KafkaNotOffered."""
    offer = current_service(IntegrationsService).settings.kafka_users
    if offer is None:
        raise KafkaNotOffered
    return {
        "name": user.name,
        "state": user.state,
        "changed_at": user.changed_at,
        "changed_by": user.changed_by,
        "bootstrap_servers": offer.servers,
        "security_protocol": offer.protocol,
        "sasl_mechanism": "SCRAM-SHA-512",
        "group_prefix": f"{user.name}.",
        "topics": user.access.topics,
        "refused_topics": [
            {"topic": topic, "reason": reason} for topic, reason in user.access.refused.items()
        ],
    }
