"""Topics as data: bring a cluster to what ``contracts/topics/*.yaml`` says, report drift, never shrink.

    report = TopicKeeper(admin).apply(read_topics(Path("contracts/topics")))

Created: topics that are missing. Changed: settings, where nothing is lost by it. Only reported: fewer
partitions wanted, more partitions wanted (keys would move to other partitions), shorter retention.

What a topic acknowledges has to stay: of three copies two have it by then, and none that lacks it may lead.
Brokers by themselves are content with one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import ClusterAuthorizationFailedError, KafkaError, TopicAlreadyExistsError

from chassis.messaging.topic_contracts import topic_contracts

DAY_MS = 24 * 60 * 60 * 1000
DEAD_LETTER_PARTITIONS = 1
# How librdkafka's built-in cluster names itself.
BUILT_IN_CLUSTER = "mockCluster"
# Brokers refuse records of a clock that is an hour ahead, and soon drop those of one that is far behind.
_TIME = {"message.timestamp.type": "LogAppendTime"}
# Settings that lose records when they get smaller.
_LOSES_WHEN_SMALLER = {"retention.ms", "retention.bytes", "delete.retention.ms"}
_IN_SYNC = "min.insync.replicas"


@dataclass(frozen=True)
class Topic:
    """How a topic should be."""

    name: str
    partitions: int
    settings: Mapping[str, str]


@dataclass
class Report:
    """What was done, and what differs still; ``note`` where the cluster cannot be asked."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    drift: list[str] = field(default_factory=list)
    note: str | None = None
    is_administered: bool = True

    def add_rights(self, rights: Self) -> None:
        """Tell them after the topics."""
        self.changed += rights.changed
        self.drift += rights.drift
        self.note = rights.note

    def lines(self) -> list[str]:
        lines = [f"created {name}" for name in self.created]
        lines += [f"changed {text}" for text in self.changed]
        lines += [f"differs {text}" for text in self.drift]
        if not lines and self.is_administered:
            lines.append("all topics are as they should be")
        return lines + ([self.note] if self.note else [])


def read_topics(folder: Path) -> list[Topic]:
    """The topics of the contracts and, for each consumer, its dead letter topic."""
    topics: list[Topic] = []
    for data in topic_contracts(folder):
        topic = _topic(data)
        topics.append(topic)
        kept = str(int(data["retention_days"]) * DAY_MS)
        retention = {"retention.ms": kept, "cleanup.policy": "delete", **_TIME}
        topics += [
            Topic(f"{topic.name}.{consumer}.dlq", DEAD_LETTER_PARTITIONS, retention)
            for consumer in sorted(data.get("consumers") or {})
        ]
    return topics


def _topic(data: Mapping[str, Any]) -> Topic:
    settings = {"cleanup.policy": str(data["cleanup"]), **_TIME}
    if data.get("retention_days") and data["cleanup"] != "compact":
        settings["retention.ms"] = str(int(data["retention_days"]) * DAY_MS)
    settings |= {str(name): str(value) for name, value in (data.get("settings") or {}).items()}
    return Topic(str(data["topic"]), int(data["partitions"]), settings)


class TopicKeeper:
    """Compares and applies; `apply` may run as often and in as many places as it likes."""

    def __init__(self, admin: KafkaAdminClient, *, replicas: int | None = None) -> None:
        self._admin = admin
        self._replicas = replicas

    def apply(self, topics: Iterable[Topic], *, change: bool = True) -> Report:
        """Bring the cluster there; with ``change=False`` only report. Raises KafkaError."""
        report = Report()
        if str(self._admin.describe_cluster()["cluster_id"]).startswith(BUILT_IN_CLUSTER):
            report.is_administered = False
            report.note = "the built-in cluster has no topic administration: topics make themselves"
            return report
        wanted = list(topics)
        found = {topic["name"]: topic for topic in self._admin.describe_topics()}
        for topic in wanted:
            if topic.name not in found:
                self._create(topic, report, change=change)
            else:
                self._compare(topic, found[topic.name]["partitions"], report, change=change)
        return report

    def _create(self, topic: Topic, report: Report, *, change: bool) -> None:
        if not change:
            report.drift.append(f"{topic.name}: missing")
            return
        copies = self._replicas or min(3, len(self._admin.describe_cluster()["brokers"]))
        options = {
            "num_partitions": topic.partitions,
            "replication_factor": copies,
            "configs": {**topic.settings, **_safe(copies)},
        }
        try:
            self._admin.create_topics({topic.name: options}, wait_for_metadata=True)
        except TopicAlreadyExistsError:
            return
        report.created.append(topic.name)

    def _compare(
        self, topic: Topic, partitions: Sequence[Mapping[str, Any]], report: Report, *, change: bool
    ) -> None:
        if len(partitions) != topic.partitions:
            report.drift.append(
                f"{topic.name}: {len(partitions)} partitions, the contract says {topic.partitions}"
            )
        copies = min((len(one["replica_nodes"]) for one in partitions), default=1)
        settings = {**topic.settings, **_safe(copies)}
        present = self._settings(topic.name, settings)
        for name, wanted in settings.items():
            if present.get(name) == wanted or (name == _IN_SYNC and int(present.get(name, 0)) > int(wanted)):
                continue
            text = f"{topic.name}: {name} is {present.get(name)}, the contract says {wanted}"
            if not change or _loses(name, present.get(name), wanted):
                report.drift.append(text)
            else:
                self._set(topic.name, name, wanted)
                report.changed.append(text)

    def _settings(self, topic: str, names: Mapping[str, str]) -> dict[str, str]:
        resource = ConfigResource(ConfigResourceType.TOPIC, topic, configs=dict(names))
        answer = self._admin.describe_configs([resource], config_filter="all")
        settings = next(iter(answer.values()))[topic]
        if not settings:  # kafka-python passes over the error
            raise ClusterAuthorizationFailedError(f"The settings of {topic} are not told.")
        return {name: str(value["value"]) for name, value in settings.items()}

    def _set(self, topic: str, name: str, value: str) -> None:
        answer = self._admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, topic, configs={name: value})]
        )
        for results in answer.values():
            for result in results.values():
                if isinstance(result, KafkaError):
                    raise result


def _safe(copies: int) -> dict[str, str]:
    """What keeps acknowledged records, with so many copies; one of two that may be missing keeps nothing."""
    election = {"unclean.leader.election.enable": "false"}
    return {**election, _IN_SYNC: "2"} if copies > 2 else election


def _loses(name: str, present: str | None, wanted: str) -> bool:
    """Whether the change would drop records that are kept today; -1 means without limit."""
    if name == "cleanup.policy":
        return True
    if name not in _LOSES_WHEN_SMALLER or present is None:
        return False
    if int(present) == -1:
        return True
    return int(wanted) != -1 and int(wanted) < int(present)
