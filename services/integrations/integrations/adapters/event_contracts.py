"""The existing events, read from the contracts."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from chassis.messaging.published_schemas import DEFINITIONS, file_name, without_duty_to_tell
from chassis.messaging.topic_contracts import topic_contracts
from integrations.domain.event_types import Change, EventCatalogue, EventType
from integrations.domain.integrators import PartnerRule, PartnerValues

# Events that are not about a partner are not sent to integrators, but mailed, if anything.
_SUBJECT = "partner_id"
# Read for this service's own use: sessions are not reported to anybody outside.
_NOT_OFFERED = {"partner.sessions.v1"}


def read_catalogue(contracts: Path) -> EventCatalogue:
    """Raises OSError, ValueError and KeyError if the folder has no usable contracts."""
    found: dict[str, EventType] = {}
    for described in topic_contracts(contracts / "topics"):
        # A topic is offered as a whole or not at all: Kafka cannot split it, and its numbers have no gap.
        is_read = "integrations" in (described.get("consumers") or {})
        if described["key"] != _SUBJECT or not is_read or described["topic"] in _NOT_OFFERED:
            continue
        for key in described["events"]:
            found[key] = replace(
                _event_type(contracts, key, described["topic"]), used_by=_readers(described, key)
            )
    if not found:
        raise ValueError(f"no topic is described in {contracts}")
    return found


def read_partner_values(contracts: Path) -> PartnerValues:
    """The existing tiers and products, as whoever approves a partner may write them.

    Raises OSError, ValueError and KeyError if the folder has no usable contracts.
    """
    path = contracts / "events" / file_name("partner.approved", 1, for_readers=False)
    properties = _expanded(json.loads(path.read_text(encoding="utf-8")))["properties"]
    return {
        PartnerRule.TIERS: tuple(properties["tier"]["enum"]),
        PartnerRule.PRODUCTS: tuple(properties["products_wanted"]["items"]["enum"]),
    }


def _readers(described: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """The services that handle it; ours passes on all of them."""
    readers = described.get("consumers") or {}
    return tuple(sorted(name for name, keys in readers.items() if key in keys and name != "integrations"))


def _event_type(contracts: Path, key: str, topic: str) -> EventType:
    name, _, version = key.rpartition(".v")
    path = contracts / "events" / file_name(name, int(version), for_readers=False)
    schema = without_duty_to_tell(_expanded(json.loads(path.read_text(encoding="utf-8"))))
    example = path.with_name(f"v{version}.example.json").read_text(encoding="utf-8")
    return EventType(
        key=key,
        topic=topic,
        title=schema["title"],
        description=schema["description"],
        schema=schema,
        example=json.loads(example),
        changes=_changes(contracts / "released" / name / f"v{version}.json"),
    )


def _changes(record: Path) -> tuple[Change, ...]:
    """The newest first; without unreleased ones."""
    if not record.exists():
        return ()
    changes = json.loads(record.read_text(encoding="utf-8"))["changes"]
    return tuple(
        Change(on=one["on"], **{name: tuple(one[name]) for name in ("added", "removed", "altered")})
        for one in reversed(changes)
    )


def _expanded(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Every reference replaced by its definition; keywords beside it take precedence."""
    definitions = schema.get("$defs", {})

    def expand(node: Any) -> Any:
        if isinstance(node, list):
            return [expand(item) for item in node]
        if not isinstance(node, Mapping):
            return node
        rest = {word: expand(value) for word, value in node.items() if word not in {"$ref", "$defs"}}
        reference = node.get("$ref")
        named = expand(definitions[reference.removeprefix(DEFINITIONS)]) if reference else {}
        return {**named, **rest}

    found: dict[str, Any] = expand(schema)
    return found
