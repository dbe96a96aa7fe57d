"""Apache Kafka gets the contracts' topics as they are described, says what differs, and compacts."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from kafka import KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from tests.integration.chassis.broker_readings import read_topic, until

from chassis.messaging.kafka_clients import make_admin
from chassis.messaging.topics import Topic, TopicKeeper, read_topics
from chassis.settings.kafka_address import KafkaAddress
from local_stack.kafka_cluster.cluster import KafkaAddress as RunningKafka

TOPICS = Path(__file__).parents[3] / "contracts" / "topics"
STATE = "partner.state.v1"
WANTED = {
    "cleanup.policy": "compact",
    "max.compaction.lag.ms": "86400000",
    "delete.retention.ms": "2592000000",
    "message.timestamp.type": "LogAppendTime",
}

pytestmark = pytest.mark.apache


@pytest.fixture
def admin(kafka: RunningKafka) -> Iterator[KafkaAdminClient]:
    address = KafkaAddress(bootstrap_servers=kafka.bootstrap_servers, api_version=kafka.api_version)
    admin = make_admin(address)
    yield admin
    admin.close()


def settings_of(admin: KafkaAdminClient, topic: str) -> dict[str, str]:
    resource = ConfigResource(ConfigResourceType.TOPIC, topic)
    found = next(iter(admin.describe_configs([resource], config_filter="all").values()))[topic]
    return {name: str(found[name]["value"]) for name in WANTED}


def change(admin: KafkaAdminClient, topic: str, **settings: str) -> None:
    configs = {name.replace("_", "."): value for name, value in settings.items()}
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=configs)])


def contract_of(folder: Path, topic: str, **changed: Any) -> list[Topic]:
    """The contract of the compacted topic under another name, read by nobody: others share the cluster."""
    contract = yaml.safe_load((TOPICS / f"{STATE}.yaml").read_text()) | {"topic": topic, "consumers": {}}
    contract["settings"] |= {name.replace("_", "."): value for name, value in changed.items()}
    (folder / f"{topic}.yaml").write_text(yaml.safe_dump(contract))
    return read_topics(folder)


def test_the_compacted_topic_is_made_as_its_contract_says_and_drift_is_told(
    admin: KafkaAdminClient, tmp_path: Path
) -> None:
    topic = "made.state.v1"
    wanted = contract_of(tmp_path, topic)
    keeper = TopicKeeper(admin)
    assert keeper.apply(wanted).created == [topic]
    assert settings_of(admin, topic) == WANTED
    assert keeper.apply(wanted).lines() == ["all topics are as they should be"]

    change(admin, topic, max_compaction_lag_ms="1000", delete_retention_ms="3000000000")
    # A broker learns of the change a moment after it was accepted.
    until(lambda: len(keeper.apply(wanted, change=False).drift) == 2)
    assert keeper.apply(wanted, change=False).changed == []
    report = keeper.apply(wanted)
    assert report.changed == [f"{topic}: max.compaction.lag.ms is 1000, the contract says 86400000"]
    assert report.drift == [f"{topic}: delete.retention.ms is 3000000000, the contract says 2592000000"]


def test_a_sender_whose_clock_is_hours_off_is_heard(
    admin: KafkaAdminClient, kafka: RunningKafka, tmp_path: Path
) -> None:
    """By itself Kafka refuses what is an hour ahead, and soon drops what is older than the topic keeps."""
    [wanted] = contract_of(tmp_path, "timed.state.v1")
    TopicKeeper(admin).apply([wanted])
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers, api_version=kafka.api_version)
    now = time.time()
    for away in (-400 * 86_400, 2 * 3_600):
        sent = producer.send("timed.state.v1", b"{}", b"key", timestamp_ms=int((now + away) * 1000)).get(20)
        assert abs(sent.timestamp / 1000 - now) < 60
    producer.close()


def test_old_pictures_go_and_the_newest_and_the_tombstone_stay(
    admin: KafkaAdminClient, kafka: RunningKafka, tmp_path: Path
) -> None:
    """With waits of a moment instead of a day, so that the cleaner's work is seen."""
    hasty = {"max_compaction_lag_ms": 100, "segment_ms": 100, "min_cleanable_dirty_ratio": 0}
    [wanted] = contract_of(tmp_path, "hasty.state.v1", **hasty)
    TopicKeeper(admin).apply([replace(wanted, partitions=1)])
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers, api_version=kafka.api_version)

    def send(key: bytes, value: bytes | None) -> None:
        producer.send("hasty.state.v1", value, key=key).get(20)

    def held() -> list[tuple[bytes, bytes | None]]:
        send(b"later", b"-")
        records = read_topic(kafka, "hasty.state.v1", 1)
        return [(record.key, record.value) for record in records if record.key != b"later"]

    for number in range(3):
        send(b"stays", b"%d" % number)
        send(b"erased", b"%d" % number)
    send(b"erased", None)
    until(lambda: held() == [(b"stays", b"2"), (b"erased", None)])
    producer.close()
