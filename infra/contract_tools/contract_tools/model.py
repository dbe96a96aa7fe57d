"""What the contracts say, as typed values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Event:
    """One version of one event: the schema of its data, and examples by case (the main one is ``""``)."""

    name: str
    version: int
    schema: Schema
    examples: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Name and version as topics and services write it: ``partner.applied.v1``."""
        return f"{self.name}.v{self.version}"


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One Kafka topic: ``owner`` alone sends to it, ``consumers`` says which service reads which events.

    ``source`` is the ``ce_source`` of all its records, as long as EVENT_SOURCE_PREFIX is not set.
    """

    name: str
    owner: str
    source: str
    description: str
    key: str
    partitions: int
    retention_days: int
    cleanup: str
    settings: Mapping[str, Any]
    consumers: Mapping[str, tuple[str, ...]]
    events: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Release:
    """What consumers rely on: the last released schema, names gone for good, all examples ever released.

    ``changes`` begins with the first release: of a later version, with what differs from the one before.
    """

    topic: str
    schema: Schema
    retired: tuple[str, ...]
    examples: tuple[Any, ...]
    changes: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Contracts:
    """All topics by name; all events and releases by ``name.vN``."""

    topics: Mapping[str, Topic]
    events: Mapping[str, Event]
    releases: Mapping[str, Release]

    @property
    def told_to_integrators(self) -> Mapping[str, Event]:
        """The events that webhooks bring: those about partners."""
        keys = [key for topic in self.topics.values() if topic.key == "partner_id" for key in topic.events]
        return {key: event for key, event in self.events.items() if key in keys}

    def topic_of(self, event_key: str) -> Topic | None:
        """The topic that carries the event, or None for an orphan."""
        return next((topic for topic in self.topics.values() if event_key in topic.events), None)

    def consumers_of(self, event_key: str) -> list[str]:
        """The services that read the event, sorted."""
        readers = {
            service
            for topic in self.topics.values()
            for service, keys in topic.consumers.items()
            if event_key in keys
        }
        return sorted(readers)
