"""Topics as data: what is made, what is changed, and what is only reported."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from chassis.messaging.topics import Topic, TopicKeeper, read_topics

DAY_MS = 86_400_000


class FakeAdmin:
    """A cluster in memory; answers in the shape of kafka-python's admin client."""

    def __init__(self, cluster_id: str = "real", brokers: int = 1) -> None:
        self.cluster_id = cluster_id
        self.brokers = brokers
        self.topics: dict[str, dict[str, Any]] = {}

    def describe_cluster(self) -> Mapping[str, Any]:
        return {"cluster_id": self.cluster_id, "brokers": [{}] * self.brokers}

    def describe_topics(self) -> Sequence[Mapping[str, Any]]:
        return [
            {
                "name": name,
                "partitions": [{"replica_nodes": range(topic["replication_factor"])}]
                * topic["num_partitions"],
            }
            for name, topic in self.topics.items()
        ]

    def create_topics(self, topics: Mapping[str, Any], wait_for_metadata: bool) -> None:
        self.topics |= topics

    def describe_configs(self, resources: Sequence[Any], config_filter: str) -> Mapping[str, Any]:
        name = resources[0].name
        configs = self.topics[name]["configs"]
        return {"topic": {name: {key: {"value": value} for key, value in configs.items()}}}

    def alter_configs(self, resources: Sequence[Any]) -> Mapping[str, Any]:
        self.topics[resources[0].name]["configs"] |= resources[0].configs
        return {}


def topic(partitions: int = 3, **settings: str) -> Topic:
    return Topic("t", partitions, {name.replace("_", "."): value for name, value in settings.items()})


def test_a_missing_topic_is_made_with_as_many_copies_as_fit() -> None:
    admin = FakeAdmin(brokers=2)
    assert TopicKeeper(admin).apply([topic(retention_ms="5")]).created == ["t"]
    assert admin.topics["t"] == {
        "num_partitions": 3,
        "replication_factor": 2,
        "configs": {"retention.ms": "5", "unclean.leader.election.enable": "false"},
    }
    again = TopicKeeper(admin).apply([topic(retention_ms="5")])
    assert again.lines() == ["all topics are as they should be"]


@pytest.mark.parametrize(
    ("present", "wanted", "is_changed"),
    [("5", "6", True), ("6", "5", False), ("-1", "5", False), ("5", "-1", True)],
)
def test_retention_grows_but_never_shrinks(present: str, wanted: str, is_changed: bool) -> None:
    admin = FakeAdmin()
    TopicKeeper(admin).apply([topic(retention_ms=present)])
    report = TopicKeeper(admin).apply([topic(retention_ms=wanted)])
    assert bool(report.changed) is is_changed
    assert bool(report.drift) is not is_changed
    assert admin.topics["t"]["configs"]["retention.ms"] == (wanted if is_changed else present)


@pytest.mark.parametrize(("present", "kept"), [("1", "2"), ("2", "2"), ("3", "3")])
def test_what_is_acknowledged_has_two_copies_of_three(present: str, kept: str) -> None:
    """A broker by itself is content with one, which may be lost with its disk."""
    admin = FakeAdmin(brokers=3)
    TopicKeeper(admin).apply([topic()])
    configs = admin.topics["t"]["configs"]
    assert configs == {"unclean.leader.election.enable": "false", "min.insync.replicas": "2"}
    configs |= {"unclean.leader.election.enable": "true", "min.insync.replicas": present}
    report = TopicKeeper(admin).apply([topic()])
    assert "t: unclean.leader.election.enable is true, the contract says false" in report.changed
    assert report.drift == []
    assert configs == {"unclean.leader.election.enable": "false", "min.insync.replicas": kept}


@pytest.mark.parametrize("wanted", [2, 4])
def test_another_number_of_partitions_is_only_reported(wanted: int) -> None:
    admin = FakeAdmin()
    TopicKeeper(admin).apply([topic(3)])
    report = TopicKeeper(admin).apply([topic(wanted)])
    assert report.drift == [f"t: 3 partitions, the contract says {wanted}"]
    assert admin.topics["t"]["num_partitions"] == 3


def test_a_check_changes_nothing() -> None:
    admin = FakeAdmin()
    assert TopicKeeper(admin).apply([topic()], change=False).drift == ["t: missing"]
    assert admin.topics == {}


def test_the_built_in_cluster_is_left_alone_and_said_so() -> None:
    report = TopicKeeper(FakeAdmin("mockCluster1")).apply([topic()])
    assert report.note is not None
    assert (report.created, report.drift) == ([], [])


def test_contracts_become_topics_and_dead_letter_topics(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(
        "topic: t\nowner: a\npartitions: 6\nretention_days: 2\ncleanup: delete\n"
        "consumers: {b: [x.v1], c: [x.v1]}\nevents: [x.v1]\n"
    )
    (tmp_path / "s.yaml").write_text(
        "topic: s\nowner: a\npartitions: 1\nretention_days: 30\ncleanup: compact\n"
        "settings: {max.compaction.lag.ms: 9}\nevents: [x.v1]\n"
    )
    found = {topic.name: topic for topic in read_topics(tmp_path)}
    assert sorted(found) == ["s", "t", "t.b.dlq", "t.c.dlq"]
    by_the_broker = {"message.timestamp.type": "LogAppendTime"}
    compacted = {"cleanup.policy": "compact", "max.compaction.lag.ms": "9"}
    deleted = {"cleanup.policy": "delete", "retention.ms": str(2 * DAY_MS)}
    assert found["s"].settings == compacted | by_the_broker
    assert found["t"] == Topic("t", 6, deleted | by_the_broker)
    assert found["t.b.dlq"] == Topic("t.b.dlq", 1, deleted | by_the_broker)
