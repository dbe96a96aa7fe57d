"""Users of Kafka for integrators, on Apache Kafka as the local stack runs it."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError
from tests.integration.integrations.conftest import Vendor, World
from tests.integration.integrations.receivers import wait_until
from tests.integration.integrations.test_portal import added, browser, shown

from chassis.failures import NotNow
from chassis.messaging.envelope import write_headers
from chassis.messaging.kafka_clients import make_admin
from chassis.messaging.kafka_refusals import KafkaRefused
from chassis.messaging.topic_rights import Principals, RightsKeeper, read_rights
from chassis.messaging.topics import TopicKeeper, read_topics
from chassis.messaging.watched_client import opened
from chassis.settings.kafka_address import KafkaAddress, KafkaSecurity
from integrations.adapters.kafka_users import ClusterKafkaUsers, kafka_users
from integrations.bootstrap import build_service
from integrations.domain.kafka_users import ScramCredential
from integrations.handlers.ports import KafkaUsersFailed, WantedKafkaUser
from local_stack.kafka_cluster.apache import ApacheKafka
from local_stack.kafka_cluster.choice import JAR_CACHE
from local_stack.machine.ports import find_free_port
from local_stack.settings import REPOSITORY

pytestmark = [pytest.mark.apache, pytest.mark.xdist_group("kafka-users")]

TOPICS = REPOSITORY / "contracts" / "topics"
STATE, LIFECYCLE = "partner.state.v1", "partner.lifecycle.v1"
PREFIX = "integrator-"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApacheKafka]:
    """With the topics of the contracts, and a listener for users."""
    kafka = ApacheKafka(
        tmp_path_factory.mktemp("kafka"),
        [find_free_port()],
        [find_free_port()],
        jar_cache=JAR_CACHE,
        environ=os.environ,
        users_ports=[find_free_port()],
    )
    kafka.start()
    try:
        with closing(make_admin(KafkaAddress(bootstrap_servers=kafka.address.bootstrap_servers))) as admin:
            TopicKeeper(admin).apply(read_topics(TOPICS))
        yield kafka
    finally:
        kafka.stop()


@pytest.fixture(scope="module")
def offering(built: World, cluster: ApacheKafka) -> Iterator[World]:
    environ = {
        **built.environ,
        "KAFKA_BOOTSTRAP_SERVERS": cluster.address.bootstrap_servers,
        "KAFKA_USERS_SERVERS": cluster.address.users_servers,
        "KAFKA_USERS_PROTOCOL": "SASL_PLAINTEXT",
    }
    service = build_service(environ)
    yield replace(built, service=service, environ=environ, client=service.create_web_app().test_client())
    service.database.dispose()


@pytest.fixture
def kafka(world: World, offering: World) -> Iterator[World]:
    yield offering
    world.change("DELETE FROM kafka_users")
    offering.service.reconcile_kafka_users()


def operator_allows(world: World, vendor: Vendor, **scope: Any) -> None:
    world.operate(f"/v1/integrators/{vendor.id}/scope", 200, **scope)


def ready(world: World, vendor: Vendor) -> dict[str, Any]:
    """A user whom the cluster knows, with its password."""
    made: dict[str, Any] = vendor.call("POST", "/v1/kafka-user", 201)
    assert made["state"] == "pending"
    world.service.reconcile_kafka_users()
    assert vendor.call("GET", "/v1/kafka-user")["state"] == "ready"
    return made


def as_user(user: dict[str, Any]) -> KafkaAddress:
    security = KafkaSecurity(
        protocol=user["security_protocol"],
        mechanism=user["sasl_mechanism"],
        username=user["username"],
        password=user["password"],
    )
    return KafkaAddress(bootstrap_servers=user["bootstrap_servers"], security=security)


def read(user: dict[str, Any], topic: str, *, group: str | None = None) -> list[bytes]:
    """All that the topic holds. Raises KafkaError."""
    options = {"group_id": group, "auto_offset_reset": "earliest", "enable_auto_commit": False}
    consumer = opened(KafkaConsumer, as_user(user), **options)
    try:
        known = consumer.partitions_for_topic(topic)
        if not known:
            raise KafkaRefused(f"{topic} is not shown")
        consumer.assign([TopicPartition(topic, number) for number in known])
        ends = consumer.end_offsets(consumer.assignment())
        found: list[bytes] = []
        while any(consumer.position(partition) < end for partition, end in ends.items()):
            found += [one.value for batch in consumer.poll(500).values() for one in batch]
        if group is not None:
            consumer.commit()
        return found
    finally:
        consumer.close(autocommit=False)


def write(servers: str, topic: str) -> bytes:
    value = uuid4().bytes
    producer = KafkaProducer(bootstrap_servers=servers)
    producer.send(topic, value, key=b"partner").get(20)
    producer.close()
    return value


def there(world: World) -> set[str]:
    with kafka_users(world.service.settings.kafka, PREFIX) as users:
        return users.names()


def test_a_user_reads_its_topics_in_its_groups_and_nothing_else(kafka: World, cluster: ApacheKafka) -> None:
    vendor = kafka.vendor(uses_kafka=True)
    user = ready(kafka, vendor)
    assert user["topics"] == ["learning.progress.v1", "message.delivery.v1", STATE]
    value = write(cluster.address.bootstrap_servers, STATE)
    assert value in read(user, STATE)
    assert value in read(user, STATE, group=f"{user['group_prefix']}warehouse")
    for topic, group in ((LIFECYCLE, None), (STATE, "onboarding"), (STATE, f"{PREFIX}other.group")):
        with pytest.raises(KafkaError):
            read(user, topic, group=group)
    producer = opened(KafkaProducer, as_user(user), enable_idempotence=False, acks=1)
    with pytest.raises(KafkaError):
        producer.send(STATE, b"forged").get(10)
    producer.close(timeout=1)
    with pytest.raises(KafkaRefused):
        read(user | {"password": "another"}, STATE)


def test_a_new_password_ends_the_one_before(kafka: World) -> None:
    vendor = kafka.vendor(uses_kafka=True)
    before, after = ready(kafka, vendor), ready(kafka, vendor)
    assert read(after, STATE) is not None
    with pytest.raises(KafkaRefused):
        read(before, STATE)


def test_the_portal_makes_a_user_and_ends_it(kafka: World) -> None:
    vendor = kafka.vendor()
    added(kafka, vendor.id)
    client = browser(kafka)
    assert "Ask the operations team" in shown(client.post("/kafka"), 403)
    operator_allows(kafka, vendor, uses_kafka=True)
    page = shown(client.post("/kafka"), 201)
    [password] = re.findall(r'<pre class="secret">([\w-]+)</pre>', page)
    kafka.service.reconcile_kafka_users()
    page = shown(client.get("/kafka"))
    assert "with your latest password" in page
    assert password not in page
    user = vendor.call("GET", "/v1/kafka-user")
    assert isinstance(read({**user, "password": password}, STATE), list)
    assert client.post("/kafka/end").status_code == 303
    kafka.service.reconcile_kafka_users()
    assert "You have no user yet" in shown(client.get("/kafka"))


def test_what_ends_a_user(kafka: World) -> None:
    ending: dict[str, dict[str, Any]] = {
        "shut off": {"types": []},
        "not allowed": {"uses_kafka": False},
        "some partners": {"partners": {"rule": "tiers", "values": ["premier"]}},
    }
    for change in ending.values():
        vendor = kafka.vendor(uses_kafka=True)
        user = ready(kafka, vendor)
        operator_allows(kafka, vendor, **change)
        kafka.service.reconcile_kafka_users()
        assert there(kafka) == set()
        assert vendor.call("GET", "/v1/kafka-user")["state"] == "revoked"
        with pytest.raises(KafkaRefused):
            read(user, STATE)
        # Who is let in again asks for a new password; the old one does not come back.
        operator_allows(kafka, vendor, types=None, uses_kafka=True, partners={"rule": "all"})
        kafka.service.reconcile_kafka_users()
        assert there(kafka) == set()
        assert vendor.call("POST", "/v1/kafka-user", 201)["state"] == "pending"
        assert vendor.call("DELETE", "/v1/kafka-user", 202)["state"] == "ending"
    vendor = kafka.vendor(uses_kafka=True)
    ready(kafka, vendor)
    assert vendor.call("DELETE", "/v1/kafka-user", 202)["state"] == "ending"
    kafka.service.reconcile_kafka_users()
    assert there(kafka) == set()
    vendor.call("GET", "/v1/kafka-user", 404)


def test_topics_follow_the_scope(kafka: World) -> None:
    vendor = kafka.vendor(uses_kafka=True, sees_personal=True)
    user = ready(kafka, vendor)
    assert LIFECYCLE in user["topics"]
    assert user["refused_topics"] == []
    read(user, LIFECYCLE)
    operator_allows(kafka, vendor, sees_personal=False)
    kafka.service.reconcile_kafka_users()
    with pytest.raises(KafkaError):
        read(user, LIFECYCLE)
    read(user, STATE)
    told = {one["topic"]: one["reason"] for one in vendor.call("GET", "/v1/kafka-user")["refused_topics"]}
    assert "personal fields" in told[LIFECYCLE]
    assert "partner.approved.v1" in told[LIFECYCLE]


def test_who_may_not_have_one_is_told_why(kafka: World) -> None:
    not_allowed = kafka.vendor()
    assert not_allowed.call("POST", "/v1/kafka-user", 403)["code"] == "kafka_not_permitted"
    not_allowed.call("GET", "/v1/kafka-user", 404)
    not_allowed.call("DELETE", "/v1/kafka-user", 404)
    no_topic = kafka.vendor(uses_kafka=True, types=["partner.approved.v1"])
    told = no_topic.call("POST", "/v1/kafka-user", 403)
    assert (
        "partner.lifecycle.v1: It holds types that you may not see: partner.action_required.v1"
        in told["detail"]
    )
    some_partners = kafka.vendor(
        uses_kafka=True, sees_personal=True, partners={"rule": "tiers", "values": ["premier"]}
    )
    assert "events of all partners" in some_partners.call("POST", "/v1/kafka-user", 403)["detail"]


@pytest.mark.parametrize(("method"), ["POST", "GET", "DELETE"])
def test_where_none_are_offered(world: World, method: str) -> None:
    told = world.vendor(uses_kafka=True).call(method, "/v1/kafka-user", 409)
    assert told["code"] == "kafka_users_not_offered"
    world.service.reconcile_kafka_users()


def test_a_crash_leaves_no_user_that_nobody_knows(kafka: World) -> None:
    vendor = kafka.vendor(uses_kafka=True)
    user = ready(kafka, vendor)
    stray = WantedKafkaUser(name=f"{PREFIX}{uuid4()}", topics=(STATE,), credential=ScramCredential.of("x"))
    with kafka_users(kafka.service.settings.kafka, PREFIX) as users:
        users.make(stray)
        users.make(replace(stray, name="somebody-else"))
        assert users.names() == {user["username"], stray.name}
        kafka.service.reconcile_kafka_users()
        assert users.names() == {user["username"]}
        # A stranger's stays, whatever it is.
        assert ClusterKafkaUsers(users._admin, "somebody-").names() == {"somebody-else"}
        users.remove("somebody-else")
    read(user, STATE)


def test_a_cluster_that_forgot_a_user_is_told(kafka: World) -> None:
    vendor = kafka.vendor(uses_kafka=True)
    user = ready(kafka, vendor)
    with kafka_users(kafka.service.settings.kafka, PREFIX) as users:
        users.remove(user["username"])
    kafka.service.reconcile_kafka_users()
    assert vendor.call("GET", "/v1/kafka-user")["state"] == "lost"
    ready(kafka, vendor)


def test_an_intent_of_meanwhile_is_not_taken_for_done(kafka: World, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = kafka.vendor(uses_kafka=True)
    user = vendor.call("POST", "/v1/kafka-user", 201)
    newer: dict[str, Any] = {}
    names = ClusterKafkaUsers.names

    def rotate_meanwhile(self: ClusterKafkaUsers) -> set[str]:
        newer.update(vendor.call("POST", "/v1/kafka-user", 201))
        return names(self)

    monkeypatch.setattr(ClusterKafkaUsers, "names", rotate_meanwhile)
    kafka.service.reconcile_kafka_users()
    monkeypatch.undo()
    assert vendor.call("GET", "/v1/kafka-user")["state"] == "pending"
    kafka.service.reconcile_kafka_users()
    assert vendor.call("GET", "/v1/kafka-user")["state"] == "ready"
    read(newer, STATE)
    with pytest.raises(KafkaRefused):
        read(user, STATE)


def test_two_workers_do_not_compare_at_a_time(kafka: World, monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[NotNow] = []
    names = ClusterKafkaUsers.names

    def another_worker(self: ClusterKafkaUsers) -> set[str]:
        with pytest.raises(NotNow) as caught:
            kafka.service.reconcile_kafka_users()
        refused.append(caught.value)
        return names(self)

    monkeypatch.setattr(ClusterKafkaUsers, "names", another_worker)
    kafka.service.reconcile_kafka_users()
    assert len(refused) == 1


def test_a_refusal_is_told_and_nothing_is_taken_for_seen(kafka: World) -> None:
    vendor = kafka.vendor(uses_kafka=True)
    vendor.call("POST", "/v1/kafka-user", 201)
    wrong = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka.environ["KAFKA_USERS_SERVERS"],
        "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
        "KAFKA_SASL_USERNAME": "nobody",
        "KAFKA_SASL_PASSWORD": "wrong",
    }
    service = build_service({**kafka.environ, **wrong})
    with pytest.raises(KafkaUsersFailed, match="refuses the credentials of user 'nobody'"):
        service.reconcile_kafka_users()
    service.database.dispose()
    assert vendor.call("GET", "/v1/kafka-user")["state"] == "pending"


def test_secrets_are_kept_no_longer_than_needed_and_never_in_the_clear(kafka: World) -> None:
    vendor = kafka.vendor(uses_kafka=True)
    made = vendor.call("POST", "/v1/kafka-user", 201)
    [row] = kafka.rows("SELECT credential FROM kafka_users")
    assert made["password"].encode() not in row["credential"]
    kafka.service.reconcile_kafka_users()
    assert [row["credential"] for row in kafka.rows("SELECT credential FROM kafka_users")] == [None]
    assert "password" not in vendor.call("GET", "/v1/kafka-user")


def test_whoever_applies_the_contracts_leaves_their_rights_alone(kafka: World) -> None:
    user = ready(kafka, kafka.vendor(uses_kafka=True))
    with closing(make_admin(kafka.service.settings.kafka)) as admin:
        keeper, rights = RightsKeeper(admin), read_rights(TOPICS)
        told = keeper.apply(rights, Principals(left_alone=f"User:{PREFIX}"), prune=True)
        assert not any(user["username"] in line for line in (*told.changed, *told.drift))
        assert any(user["username"] in line for line in keeper.apply(rights, Principals()).drift)
    assert read(user, STATE) is not None


class Follower:
    """The example that reads all partners and then follows, in its file."""

    def __init__(self, user: dict[str, Any], file: Path) -> None:
        self._file = file
        self._environ = {
            **os.environ,
            "KAFKA_SERVERS": user["bootstrap_servers"],
            "KAFKA_PROTOCOL": user["security_protocol"],
            "KAFKA_USERNAME": user["username"],
            "KAFKA_PASSWORD": user["password"],
        }

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[str]]:
        command = [sys.executable, str(REPOSITORY / "examples" / "kafka" / "partners.py"), str(self._file)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(command, env=self._environ, text=True, **pipes) as process:
            try:
                yield process
                assert process.poll() is None, process.communicate()
            finally:
                process.kill()

    def rows(self, query: str) -> list[Any]:
        try:
            with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)) as database:
                return database.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []

    def states(self) -> dict[str, str]:
        rows = self.rows("SELECT partner_id, state FROM partners WHERE state IS NOT NULL")
        return {partner: json.loads(state)["state"] for partner, state in rows}


def test_the_newest_of_all_and_then_every_change(kafka: World, cluster: ApacheKafka, tmp_path: Path) -> None:
    partners = [str(uuid4()) for _ in range(20)]
    numbers: Counter[str] = Counter()
    producer = KafkaProducer(bootstrap_servers=cluster.address.bootstrap_servers)

    def tell(partner: str, state: str | None, source: str = "/gangway/onboarding", number: int = 0) -> None:
        numbers[partner] += not number
        headers = write_headers(
            event_id=str(uuid4()),
            type=f"gangway.{STATE}",
            source=source,
            subject=partner,
            sequence=number or numbers[partner],
            occurred_at=datetime.now(UTC),
            dataschema=None,
            traceparent=None,
        )
        value = None if state is None else json.dumps({"partner_id": partner, "state": state}).encode()
        producer.send(STATE, value, key=partner.encode(), headers=list(headers)).get(20)

    follower = Follower(ready(kafka, kafka.vendor(uses_kafka=True)), tmp_path / "partners.sqlite")
    for partner in partners:
        tell(partner, "applied")
    with follower.running() as process:
        # While it reads what is there, things go on.
        for partner in partners:
            tell(partner, "active")
        tell(partners[0], None)
        tell(partners[1], "applied", number=1)
        tell(partners[2], "hijacked", source="/somebody/else")
        wait_until(lambda: follower.states() == dict.fromkeys(partners[1:], "active"), 60)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("caught up: ")
    for partner in partners[1:]:
        tell(partner, "suspended")
    before = follower.rows("SELECT sum(next) FROM places")
    with follower.running():
        wait_until(lambda: follower.states() == dict.fromkeys(partners[1:], "suspended"), 60)
    assert follower.rows("SELECT sum(next) FROM places")[0][0] == before[0][0] + len(partners) - 1
    producer.close()
