"""Write down what consumers may rely on from now on, in ``contracts/released/``."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from contract_tools.changes import change_on, is_noticed
from contract_tools.model import Contracts, Event, Release
from contract_tools.schema_fields import fields


def release_all(contracts: Contracts, folder: Path, on: date | None = None) -> list[str]:
    """Record every event as it is now; return the keys whose record changed.

    Call it only when the rules and the gate are content. Running it again changes nothing.
    """
    day = on or datetime.now(UTC).date()
    return [key for key, event in sorted(contracts.events.items()) if _release(contracts, event, folder, day)]


def _release(contracts: Contracts, event: Event, folder: Path, day: date) -> bool:
    path = folder / "released" / event.name / f"v{event.version}.json"
    text = json.dumps(release_record(contracts, event, day), indent=2, ensure_ascii=False) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True


def release_record(contracts: Contracts, event: Event, day: date) -> dict[str, Any]:
    """The new record: the schema of today, and what must never be forgotten of the releases before."""
    topic = contracts.topic_of(event.key)
    if topic is None:
        raise ValueError(f"{event.key} stands in no topic")
    before = contracts.releases.get(event.key)
    now = {field.path for field in fields(event.schema)}
    retired = set(before.retired) if before else set()
    examples = list(before.examples) if before else []
    if before:
        retired |= {field.path for field in fields(before.schema)} - now
    examples += [example for _, example in sorted(event.examples.items()) if example not in examples]
    return {
        "topic": topic.name,
        "schema": event.schema,
        "retired": sorted(retired),
        "examples": examples,
        "changes": _changes(contracts, event, before, day),
    }


def _changes(contracts: Contracts, event: Event, before: Release | None, day: date) -> list[Any]:
    if before:
        change = change_on(day, before.schema, event.schema)
        return [*before.changes, change] if is_noticed(change) else list(before.changes)
    older = contracts.events.get(f"{event.name}.v{event.version - 1}")
    return [change_on(day, older.schema if older else event.schema, event.schema)]
