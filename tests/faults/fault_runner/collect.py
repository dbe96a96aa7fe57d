"""Collects what a run left behind: the clients' evidence, databases, topics, mails, the outside."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
import psycopg
import yaml
from kafka import KafkaConsumer, TopicPartition

from chassis.messaging.envelope import read_envelope
from fault_runner.collect_outside import collect_outside
from fault_runner.evidence import Evidence
from fault_runner.facts import (
    Answer,
    Application,
    Facts,
    Grant,
    Invitation,
    LaneRow,
    LearningOffer,
    Mail,
    Message,
    OutboxRow,
    Person,
    TopicRecord,
)
from fault_runner.witness import read_effects
from local_stack.port_plan import EVERY_SERVICE, INTEGRATIONS
from local_stack.settings import REPOSITORY

_OFFERS = REPOSITORY / "services/notifications/notifications/config/learning_paths.yaml"
_OUTBOX = """
SELECT topic, subject, sequence, event_id::text, published_at IS NOT NULL FROM outbox
WHERE record_headers IS NULL ORDER BY position
"""
_LANES = "SELECT consumer_group, topic, subject, last_sequence, hole_count, is_parked FROM lanes"
_DEAD = "SELECT topic, event_type, code, message FROM dead_letters WHERE status = 'waiting'"
# Housekeeping, whose lock is its own name, comes again by itself: a run of it that failed is no loss.
_FAILED = """
SELECT task_name, args::text FROM procrastinate_jobs
WHERE status = 'failed'
  AND (queueing_lock IS DISTINCT FROM task_name OR task_name = 'onboarding.publish_states')
"""
_GRANTS = """
SELECT grant_id::text, partner_id::text, product, state, collected_at IS NOT NULL,
    (SELECT string_agg(name || ' ' || cause_code || ': ' || cause_message, '; ') FROM grant_steps AS step
     WHERE step.grant_id = grants.grant_id)
FROM grants
"""
_MESSAGES = """
SELECT id::text, partner_id::text, member_id::text, kind, occasion, state, doubts, attempts FROM messages
"""
_INVITATIONS = """
SELECT id::text, partner_id::text, member_id::text, path, state, message_id::text FROM invitations
"""
_UNDELIVERED = """
SELECT endpoint.url, delivery.event_type, delivery.event_id::text, delivery.state, delivery.last_outcome
FROM deliveries AS delivery JOIN endpoints AS endpoint ON endpoint.id = delivery.endpoint_id
WHERE delivery.state <> 'delivered'
"""


def collect(
    addresses: Mapping[str, str],
    evidence: Evidence,
    consumed: dict[str, dict[str, frozenset[str]]],
    topics: list[str],
) -> Facts:
    """Read everything; the services may go on running, since nothing moves any more."""
    facts = Facts(consumed=consumed)
    for entry in evidence.read("accepted"):
        if entry["path"] == "/v1/applications":
            values = (entry["partner_id"], entry["registration_number"], entry["outcome"])
            facts.applications.append(Application._make(values))
        elif "answered_for" in entry:
            values = (entry["answered_for"], entry["email"], entry["is_right"])
            facts.answers.append(Answer._make(values))
        elif "erased" in entry:
            facts.erased[entry["erased"]] = entry["mail_domain"]
        elif "accepted_for" in entry:
            facts.acceptances.append(entry["accepted_for"])
    for service in EVERY_SERVICE:
        with psycopg.connect(addresses[f"{service}_database"]) as connection:
            _read_backbone(connection, service, facts)
            _OWN[service](connection, facts)
    facts.offers = _read_offers()
    facts.records = _read_topics(addresses["kafka"], topics)
    facts.mails = _read_mails(addresses["mailbox"])
    facts.things = collect_outside(addresses)
    return facts


def _read_backbone(connection: psycopg.Connection[Any], service: str, facts: Facts) -> None:
    facts.outbox += [OutboxRow(service, *row) for row in connection.execute(_OUTBOX)]
    facts.lanes += [LaneRow._make(row) for row in connection.execute(_LANES)]
    facts.effects += read_effects(connection)
    facts.dead_letters += [f"{service} has a dead letter: {row}" for row in connection.execute(_DEAD)]
    facts.failed_jobs += [f"{service} has a failed job: {row}" for row in connection.execute(_FAILED)]


def _read_onboarding(connection: psycopg.Connection[Any], facts: Facts) -> None:
    for partner_id, state, number in connection.execute(
        "SELECT id::text, state, registration_number FROM partners"
    ):
        facts.partners[partner_id] = state
        facts.registrations.append(number)
    people = connection.execute(
        "SELECT partner_id::text, id::text, email, is_contact, is_contact OR confirmed_at IS NOT NULL"
        " FROM members"
    )
    facts.people = [Person._make(row) for row in people]
    facts.timeline = list(connection.execute("SELECT partner_id::text, event_id FROM timeline"))


def _read_provisioning(connection: psycopg.Connection[Any], facts: Facts) -> None:
    facts.grants = [Grant._make(row) for row in connection.execute(_GRANTS)]


def _read_notifications(connection: psycopg.Connection[Any], facts: Facts) -> None:
    facts.messages = [Message._make(row) for row in connection.execute(_MESSAGES)]
    facts.invitations = [Invitation._make(row) for row in connection.execute(_INVITATIONS)]


def _read_integrations(connection: psycopg.Connection[Any], facts: Facts) -> None:
    facts.undelivered = [f"an endpoint lacks a delivery: {row}" for row in connection.execute(_UNDELIVERED)]


_OWN = {
    "onboarding": _read_onboarding,
    "provisioning": _read_provisioning,
    "notifications": _read_notifications,
    INTEGRATIONS: _read_integrations,
}


def _read_topics(kafka: str, topics: list[str]) -> list[TopicRecord]:
    """All records from the beginning of each topic to its present end, partition by partition."""
    consumer = KafkaConsumer(bootstrap_servers=kafka.split(","), enable_auto_commit=False)
    found: list[TopicRecord] = []
    try:
        for topic in topics:
            for number in sorted(consumer.partitions_for_topic(topic) or ()):
                found += _read_partition(consumer, TopicPartition(topic, number))
    finally:
        consumer.close()
    return found


def _read_partition(consumer: KafkaConsumer, partition: TopicPartition) -> list[TopicRecord]:
    consumer.assign([partition])
    end = consumer.end_offsets([partition])[partition]
    consumer.seek_to_beginning(partition)
    found: list[TopicRecord] = []
    while consumer.position(partition) < end:
        for batch in consumer.poll(timeout_ms=1_000).values():
            found += [_record(record) for record in batch]
    return found


def _record(record: Any) -> TopicRecord:
    envelope = read_envelope(record)
    return TopicRecord(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        subject=envelope.subject,
        sequence=envelope.sequence or 0,
        event_id=envelope.id,
        name=envelope.type.partition(".")[2],
        data=json.loads(record.value or b"{}"),
    )


def _read_offers() -> list[LearningOffer]:
    entries = yaml.safe_load(_OFFERS.read_text(encoding="utf-8"))["paths"]
    return [
        LearningOffer(
            path=entry["path"],
            product=entry.get("product"),
            partner_types=frozenset(entry.get("partner_types", ())),
            tiers=frozenset(entry.get("tiers", ())),
            is_for_contact_only=entry.get("audience") == "contact",
        )
        for entry in entries
    ]


def _read_mails(mailbox: str) -> list[Mail]:
    listed = httpx.get(f"{mailbox}/messages", timeout=60).raise_for_status().json()
    return [Mail(line["message_id"] or "", line["to"][0] if line["to"] else "") for line in listed]
