"""The rules that all contracts keep; each rule yields what breaks it, as sentences that name the place."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Set
from pathlib import Path
from typing import Any

from contract_tools.dialect import dialect_problems
from contract_tools.model import Contracts
from contract_tools.schema_fields import fields
from contract_tools.validation import validator

PERSONAL_RETENTION_DAYS = 30
DAY_MS = 24 * 60 * 60 * 1000
# What a topic has that says nothing: a day.
_KAFKA_DELETE_RETENTION_MS = DAY_MS
_TOPIC_NAME = re.compile(r"[a-z]+\.[a-z_]+\.v[1-9]\d*")
_EVENT_NAME = re.compile(r"[a-z]+\.[a-z]+(_[a-z]+)*")
_FIELD_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

Rule = Callable[[Contracts], Iterator[str]]


def schemas_speak_our_dialect(contracts: Contracts) -> Iterator[str]:
    """Closed, described, bounded, with words that all tools here understand."""
    for event in contracts.events.values():
        for problem in dialect_problems(event.schema):
            yield f"{event.key}: {problem}"


def schema_ids_name_the_event(contracts: Contracts) -> Iterator[str]:
    """``$id`` is what travels as ``ce_dataschema``, so it has to be right and unique."""
    for event in contracts.events.values():
        due = f"urn:gangway:event:{event.name}:v{event.version}"
        if event.schema.get("$id") != due:
            yield f"{event.key}: /$id is {event.schema.get('$id')!r}, not {due!r}"


def every_event_has_an_example(contracts: Contracts) -> Iterator[str]:
    """One main example per version; it is what catalogue, docs and consumers' tests start from."""
    for event in contracts.events.values():
        if "" not in event.examples:
            yield f"{event.key}: v{event.version}.example.json is missing"


def examples_match_their_schema(contracts: Contracts) -> Iterator[str]:
    """Formats are checked too."""
    for event in contracts.events.values():
        for case, example in event.examples.items():
            for error in validator(event.schema).iter_errors(example):
                name = f"example {case}" if case else "example"
                yield f"{event.key}: {name}: {error.json_path}: {error.message}"


def every_event_has_one_topic(contracts: Contracts) -> Iterator[str]:
    """No orphan event, no event on two topics, no topic that lists an unknown event."""
    listed = Counter(key for topic in contracts.topics.values() for key in topic.events)
    for key in contracts.events:
        if listed[key] != 1:
            yield f"{key}: stands in {listed[key]} topics, not in one"
    for topic in contracts.topics.values():
        for key in topic.events:
            if key not in contracts.events:
                yield f"{topic.name}: lists {key}, which has no schema"


def consumers_read_what_is_sent(contracts: Contracts) -> Iterator[str]:
    """A consumer is named only for events of that topic, and never is the owner itself."""
    for topic in contracts.topics.values():
        for service, keys in topic.consumers.items():
            if service == topic.owner:
                yield f"{topic.name}: the owner {service} is named as a consumer"
            for key in keys:
                if key not in topic.events:
                    yield f"{topic.name}: {service} reads {key}, which this topic does not carry"


def sources_name_the_owner(contracts: Contracts) -> Iterator[str]:
    """A reader tells the owner's events from others by ``ce_source``: EVENT_SOURCE_PREFIX and the service."""
    for topic in contracts.topics.values():
        due = f"/gangway/{topic.owner}"
        if topic.source != due:
            yield f"{topic.name}: source is {topic.source!r}, not {due!r}"


def keys_are_required_fields(contracts: Contracts) -> Iterator[str]:
    """The record key stands in the data of each event, so that data alone tells whose it is."""
    for topic in contracts.topics.values():
        for key in topic.events:
            event = contracts.events.get(key)
            if event and topic.key not in event.schema.get("required", []):
                yield f"{key}: the topic's key {topic.key} is not a required property"


def personal_fields_are_forgotten(contracts: Contracts) -> Iterator[str]:
    """A topic with a field marked ``x-personal`` keeps at most 30 days; a compacted one keeps the newest."""
    for topic in contracts.topics.values():
        if topic.cleanup == "delete" and topic.retention_days <= PERSONAL_RETENTION_DAYS:
            continue
        for key in topic.events:
            event = contracts.events.get(key)
            for field in fields(event.schema) if event else ():
                if field.is_personal:
                    days = f"within {PERSONAL_RETENTION_DAYS} days"
                    yield f"{topic.name}: does not forget {days}, but {key} has the personal {field.path}"


def compacted_topics_forget_in_time(contracts: Contracts) -> Iterator[str]:
    """What was replaced or erased goes within 30 days; a tombstone outlives its owner's other topics.

    Who rebuilds a key from those topics too meets the tombstone after their oldest event of the key.
    """
    for topic in contracts.topics.values():
        if topic.cleanup != "compact":
            continue
        lag = topic.settings.get("max.compaction.lag.ms")
        if not isinstance(lag, int) or not 0 < lag <= PERSONAL_RETENTION_DAYS * DAY_MS:
            yield f"{topic.name}: max.compaction.lag.ms is {lag}, not at most {PERSONAL_RETENTION_DAYS} days"
        others = [
            other.retention_days
            for other in contracts.topics.values()
            if other.owner == topic.owner and other.cleanup == "delete"
        ]
        least = max(others, default=0) * DAY_MS
        kept = topic.settings.get("delete.retention.ms", _KAFKA_DELETE_RETENTION_MS)
        if not isinstance(kept, int) or kept < least:
            yield f"{topic.name}: delete.retention.ms is {kept}, below the {least} of its owner's topics"


def names_follow_the_rules(contracts: Contracts) -> Iterator[str]:
    """Topics ``noun.noun.vN``, events ``noun.what_happened``, fields in snake case, times end in ``_at``."""
    for name in contracts.topics:
        if not _TOPIC_NAME.fullmatch(name):
            yield f"{name}: a topic is named <noun>.<noun>.vN"
    for event in contracts.events.values():
        if not _EVENT_NAME.fullmatch(event.name):
            yield f"{event.key}: an event is named <noun>.<what_happened>"
        for field in fields(event.schema):
            name = field.path.rsplit("/", 1)[1]
            if name == "*":
                continue
            if not _FIELD_NAME.fullmatch(name):
                yield f"{event.key}: {field.path} is not in snake case"
            if (field.schema.get("format") == "date-time") != name.endswith("_at"):
                yield f"{event.key}: {field.path}: a time is named *_at, and nothing else is"


def one_name_one_shape(contracts: Contracts) -> Iterator[str]:
    """A shape in ``$defs`` is the same in every event, so that it is learnt once."""
    seen: dict[str, tuple[str, Any]] = {}
    for event in contracts.events.values():
        for name, shape in event.schema.get("$defs", {}).items():
            first, other = seen.setdefault(name, (event.key, shape))
            if other != shape:
                yield f"{event.key}: $defs/{name} differs from the one in {first}"


RULES: tuple[Rule, ...] = (
    schemas_speak_our_dialect,
    schema_ids_name_the_event,
    every_event_has_an_example,
    examples_match_their_schema,
    every_event_has_one_topic,
    consumers_read_what_is_sent,
    sources_name_the_owner,
    keys_are_required_fields,
    personal_fields_are_forgotten,
    compacted_topics_forget_in_time,
    names_follow_the_rules,
    one_name_one_shape,
)


def services_beside(contracts_folder: Path) -> set[str]:
    """The services in the same repository; empty for contracts that live alone.

    A service is a package with a bootstrap. A folder alone may be what is left of a package that was moved.
    """
    return _packages_beside(contracts_folder) - fronts_beside(contracts_folder)


def fronts_beside(contracts_folder: Path) -> set[str]:
    """The fronts in the same repository: packages with pages, and neither a database nor events."""
    services = contracts_folder.resolve().parent / "services"
    return {
        name
        for name in _packages_beside(contracts_folder)
        if (services / name / name / "entrypoints/web/pages").is_dir()
        and not (services / name / name / "migrations").is_dir()
    }


def _packages_beside(contracts_folder: Path) -> set[str]:
    return {file.parent.name for file in contracts_folder.resolve().parent.glob("services/*/*/bootstrap.py")}


def unknown_services(contracts: Contracts, services: Set[str]) -> Iterator[str]:
    """Owners and consumers that are none of ``services``."""
    for topic in contracts.topics.values():
        for service in sorted({topic.owner, *topic.consumers} - services):
            yield f"{topic.name}: names {service}, which is no service here"


def broken_rules(contracts: Contracts) -> list[str]:
    """What all rules have to say."""
    return [problem for rule in RULES for problem in rule(contracts)]
