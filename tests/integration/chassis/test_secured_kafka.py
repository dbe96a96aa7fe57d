"""On a secured Kafka every service works with its own credentials, and is refused outside its contracts."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import (
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    KafkaAdminClient,
    ResourcePatternFilter,
    ResourceType,
)
from kafka.errors import (
    GroupAuthorizationFailedError,
    KafkaError,
    TopicAuthorizationFailedError,
)
from tests.integration.chassis.broker_readings import until
from tests.integration.chassis.secured_kafka import SecuredKafka, secured_kafka

from chassis.messaging.kafka_check import KafkaCheck
from chassis.messaging.kafka_clients import make_admin, make_producer
from chassis.messaging.kafka_refusals import KafkaRefused
from chassis.messaging.relay.relay import Relay
from chassis.messaging.topic_rights import Principals, RightsKeeper, read_rights
from chassis.messaging.topics import TopicKeeper, read_topics
from chassis.messaging.watched_client import as_refusal, opened
from chassis.service import Service
from chassis.settings import settings_from
from chassis.settings.kafka import read_kafka_address
from chassis.settings.kafka_address import KafkaAddress
from chassis.telemetry.logs import configure_logging

pytestmark = [pytest.mark.apache, pytest.mark.xdist_group("secured-kafka")]

CONTRACTS = Path(__file__).parents[3] / "contracts" / "topics"
PRINCIPALS = Principals(readers=["User:observer"])
MODES = ("scram", "mtls")
OWN = "partner.lifecycle.v1"


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredKafka]:
    """With the topics and ACLs of this repository's contracts."""
    with secured_kafka(tmp_path_factory.mktemp("secured")) as running:
        with closing(make_admin(address(running.environ("scram", "admin")))) as admin:
            TopicKeeper(admin).apply(read_topics(CONTRACTS))
            RightsKeeper(admin).apply(read_rights(CONTRACTS), PRINCIPALS)
        yield running


@pytest.fixture
def admin(kafka: SecuredKafka) -> Iterator[KafkaAdminClient]:
    with closing(make_admin(address(kafka.environ("mtls", "admin")))) as client:
        yield client


def address(environ: dict[str, str]) -> KafkaAddress:
    with settings_from(environ) as reader:
        return read_kafka_address(reader)


def write(environ: dict[str, str], topic: str, value: bytes) -> None:
    """Raises KafkaError when it is not taken."""
    producer = make_producer(address(environ), name="tests")
    try:
        producer.send(topic, value, key=b"partner").get(20)
    finally:
        producer.close(timeout=1)


def read(environ: dict[str, str], topic: str, *, group: str | None = None) -> list[bytes]:
    """All that the topic holds, and commit it for the group if there is one. Raises KafkaError."""
    options = {"group_id": group, "enable_auto_commit": False, "auto_offset_reset": "earliest"}
    consumer = opened(KafkaConsumer, address(environ), **options)
    try:
        consumer.assign([TopicPartition(topic, number) for number in known(consumer, topic)])
        ends = consumer.end_offsets(consumer.assignment())
        found: list[bytes] = []
        while any(consumer.position(partition) < end for partition, end in ends.items()):
            found += [record.value for batch in consumer.poll(500).values() for record in batch]
        if group is not None:
            consumer.commit()
        return found
    finally:
        consumer.close(autocommit=False)


def known(consumer: KafkaConsumer, topic: str) -> set[int]:
    found = consumer.partitions_for_topic(topic)
    if not found:
        raise TopicAuthorizationFailedError([topic])
    return set(found)


@pytest.mark.parametrize("mode", MODES)
def test_owner_writes_and_named_consumer_reads_in_its_own_group(kafka: SecuredKafka, mode: str) -> None:
    value = uuid4().bytes
    write(kafka.environ(mode, "onboarding"), "partner.lifecycle.v1", value)
    assert value in read(kafka.environ(mode, "provisioning"), "partner.lifecycle.v1", group="provisioning")
    write(kafka.environ(mode, "provisioning"), "partner.lifecycle.v1.provisioning.dlq", b"ill")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("user", "topic"),
    [
        ("onboarding", "access.lifecycle.v1"),
        ("provisioning", "partner.lifecycle.v1"),
        ("provisioning", "partner.lifecycle.v1.notifications.dlq"),
        ("observer", "partner.lifecycle.v1"),
        ("stranger", "partner.lifecycle.v1"),
        ("stranger", "a-topic-of-my-own"),
    ],
)
def test_who_is_not_the_owner_writes_nothing(kafka: SecuredKafka, mode: str, user: str, topic: str) -> None:
    with pytest.raises(KafkaError):
        write(kafka.environ(mode, user), topic, b"forged")
    with suppress(KafkaError):
        assert b"forged" not in read(kafka.environ(mode, "admin"), topic)


@pytest.mark.parametrize("mode", MODES)
def test_who_is_not_named_reads_nothing(kafka: SecuredKafka, mode: str) -> None:
    write(kafka.environ(mode, "notifications"), "learning.progress.v1", b"progress")
    for user in ("provisioning", "stranger"):
        with pytest.raises(TopicAuthorizationFailedError):
            read(kafka.environ(mode, user), "learning.progress.v1")
    assert b"progress" in read(kafka.environ(mode, "observer"), "learning.progress.v1")


@pytest.mark.parametrize(("user", "group"), [("notifications", "provisioning"), ("observer", "any")])
def test_a_foreign_group_is_refused(kafka: SecuredKafka, user: str, group: str) -> None:
    write(kafka.environ("scram", "onboarding"), "partner.lifecycle.v1", b"there")
    with pytest.raises(GroupAuthorizationFailedError):
        read(kafka.environ("scram", user), "partner.lifecycle.v1", group=group)


def test_without_any_proof_nothing_is_told(kafka: SecuredKafka) -> None:
    with pytest.raises(KafkaError):
        write(kafka.environ("open", "nobody"), "partner.lifecycle.v1", b"forged")
    with pytest.raises(TopicAuthorizationFailedError):
        read(kafka.environ("open", "nobody"), "partner.lifecycle.v1")


def test_plain_passwords_and_tokens_work_too(kafka: SecuredKafka, monkeypatch: pytest.MonkeyPatch) -> None:
    write(kafka.environ("plain", "onboarding"), "partner.lifecycle.v1", b"by password")
    monkeypatch.setattr(f"{__name__}.token", lambda: unsecured_token("onboarding"))
    provider = f"{__name__}:token_of_this_test"
    write(kafka.environ("oauth", "", KAFKA_SASL_TOKEN_PROVIDER=provider), "partner.lifecycle.v1", b"by token")


def token_of_this_test() -> tuple[str, float]:
    """As AWS's signer answers: a token, and its end in milliseconds."""
    return token(), (time.time() + 900) * 1000


def token() -> str:
    raise NotImplementedError


def unsecured_token(subject: str) -> str:
    """A JSON Web Token without signature, which Kafka takes where it was told nothing else (RFC 7519, 6)."""
    now = time.time()
    parts = ({"alg": "none"}, {"sub": subject, "iat": now, "exp": now + 900})
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{'.'.join(encoded)}."


WRONG_PASSWORD = {"KAFKA_SASL_PASSWORD": "wr0ng-secret", "KAFKA_SASL_PASSWORD_FILE": ""}


@pytest.mark.parametrize(
    ("mode", "changes", "told"),
    [
        ("scram", WRONG_PASSWORD, r"user 'onboarding'.*KAFKA_SASL_PASSWORD"),
        ("scram", {"KAFKA_SASL_USERNAME": "nobody"}, r"user 'nobody'.*KAFKA_SASL_USERNAME"),
        ("plain", WRONG_PASSWORD, r"user 'onboarding'.*KAFKA_SASL_PASSWORD"),
        ("scram", {"KAFKA_SASL_MECHANISM": "PLAIN"}, r"does not offer PLAIN: KAFKA_SASL_MECHANISM"),
        ("scram", {"KAFKA_SSL_CAFILE": ""}, r"signed by nobody whom we trust.*KAFKA_SSL_CAFILE"),
        ("mtls", {"KAFKA_SSL_CERTFILE": "", "KAFKA_SSL_KEYFILE": ""}, r"certificate.*KAFKA_SSL_CERTFILE"),
        ("oauth", {"KAFKA_SASL_TOKEN_PROVIDER": f"{__name__}:rubbish"}, r"KAFKA_SASL_TOKEN_PROVIDER"),
    ],
)
def test_a_refusal_is_one_sentence_that_names_the_variable(
    kafka: SecuredKafka, mode: str, changes: dict[str, str], told: str
) -> None:
    threads = threading.active_count()
    started = time.monotonic()
    where = address(kafka.environ(mode, "onboarding", **changes))
    for make in (lambda: make_producer(where, name="tests"), lambda: make_admin(where), KafkaCheck(where)):
        with pytest.raises(KafkaRefused, match=told) as caught:
            make()
        assert "\n" not in str(caught.value)
        assert "wr0ng-secret" not in str(caught.value)
    assert time.monotonic() - started < 5
    assert threading.active_count() <= threads


def rubbish() -> str:
    return "rubbish"


def test_plaintext_to_a_secured_listener_hints_at_the_protocol(kafka: SecuredKafka) -> None:
    environ = {"KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{kafka.ports['scram']}"}
    with pytest.raises(KafkaError, match="KAFKA_SECURITY_PROTOCOL"):
        make_producer(address(environ), name="tests")


def test_tls_to_an_open_listener_is_told(kafka: SecuredKafka) -> None:
    environ = kafka.environ("scram", "onboarding") | kafka.environ("open", "")
    with pytest.raises(KafkaError, match="KAFKA_SECURITY_PROTOCOL"):
        opened(KafkaAdminClient, address(environ), bootstrap_timeout_ms=1_000)


def test_acls_too_many_are_named_and_pruned(kafka: SecuredKafka, admin: KafkaAdminClient) -> None:
    rights, keeper = read_rights(CONTRACTS), RightsKeeper(admin)
    assert keeper.apply(rights, PRINCIPALS).changed == []
    without_reader = Principals()
    report = keeper.apply(rights, without_reader, change=False)
    assert "ACL that no contract asks for: User:observer may read topic partner.state.v1" in report.drift
    assert keeper.apply(rights, without_reader).drift == report.drift
    removed = keeper.apply(rights, without_reader, prune=True).changed
    assert "ACL removed: User:observer may read topic partner.state.v1" in removed
    made = keeper.apply(rights, PRINCIPALS)
    assert made.drift == []
    assert "ACL made: User:observer may read topic partner.state.v1" in made.changed


def test_only_an_administrator_gives_rights(kafka: SecuredKafka) -> None:
    with (
        closing(make_admin(address(kafka.environ("scram", "onboarding")))) as client,
        pytest.raises(KafkaError, match="ClusterAuthorizationFailed"),
    ):
        RightsKeeper(client).apply(read_rights(CONTRACTS), Principals())


def test_only_an_administrator_applies_topics(kafka: SecuredKafka) -> None:
    where = address(kafka.environ("scram", "onboarding"))
    with closing(make_admin(where)) as client, pytest.raises(KafkaError) as caught:
        TopicKeeper(client).apply([topic for topic in read_topics(CONTRACTS) if topic.name == OWN])
    assert "must be an administrator's" in str(as_refusal(caught.value, where))


def test_a_consumer_that_lost_the_right_to_a_topic_is_not_ready(
    kafka: SecuredKafka, admin: KafkaAdminClient
) -> None:
    where = address(kafka.environ("scram", "provisioning"))
    check_once(where, [OWN])
    rights = ACLFilter(
        "User:provisioning",
        "*",
        ACLOperation.ANY,
        ACLPermissionType.ALLOW,
        ResourcePatternFilter(ResourceType.TOPIC, OWN, ACLResourcePatternType.LITERAL),
    )
    admin.delete_acls([rights])
    try:
        check_once(where, [])
        with pytest.raises(KafkaRefused, match=rf"user 'provisioning' no right to topic {OWN}"):
            check_once(where, [OWN])
    finally:
        RightsKeeper(admin).apply(read_rights(CONTRACTS), PRINCIPALS)
    check_once(where, [OWN])


def check_once(where: KafkaAddress, topics: list[str]) -> None:
    """Raises KafkaRefused."""
    check = KafkaCheck(where, topics)
    try:
        check()
    finally:
        if check._client is not None:
            check._client.close()


@pytest.mark.usefixtures("restored_logging")
def test_a_refused_relay_tells_it_once_in_a_while_and_recovers(
    kafka: SecuredKafka, service: Service, capfd: pytest.CaptureFixture[str]
) -> None:
    configure_logging(service="tests", process="relay")
    password = Path(kafka.environ("scram", "stranger")["KAFKA_SASL_PASSWORD_FILE"])
    right = address(kafka.environ("scram", "stranger"))
    relay = Relay(service.settings.database_url, _with_password(right, "wr0ng-secret"), name="refused")
    stop = threading.Event()
    running = threading.Thread(target=relay.run, args=(stop,))
    running.start()
    lines: list[str] = []

    def told() -> list[str]:
        lines.extend(capfd.readouterr().err.splitlines())
        return [
            line
            for line in lines
            if "KAFKA_SASL_PASSWORD is wrong" in line and "relay refused by kafka" in line
        ]

    until(told)
    time.sleep(6)  # a client left to itself would fill pages meanwhile
    assert len(told()) <= 4
    assert len(lines) <= 20
    assert password.read_text() not in "".join(lines)
    relay._kafka = right
    assert relay.is_connected.wait(30)
    stop.set()
    running.join(20)


def _with_password(where: KafkaAddress, password: str) -> KafkaAddress:
    return replace(where, security=replace(where.security, password=password))
