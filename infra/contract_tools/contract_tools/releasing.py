"""Write down what consumers may rely on from now on, in ``contracts/released/``."""

import json
from pathlib import Path
from typing import Any

from contract_tools.model import Contracts, Event
from contract_tools.schema_fields import fields


def release_all(contracts: Contracts, folder: Path) -> list[str]:
    """Record every event as it is now; return the keys whose record changed.

    Call it only when the rules and the gate are content. Running it again changes nothing.
    """
    return [key for key, event in sorted(contracts.events.items()) if _release(contracts, event, folder)]


def _release(contracts: Contracts, event: Event, folder: Path) -> bool:
    path = folder / "released" / event.name / f"v{event.version}.json"
    text = json.dumps(release_record(contracts, event), indent=2, ensure_ascii=False) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True


def release_record(contracts: Contracts, event: Event) -> dict[str, Any]:
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
    return {"topic": topic.name, "schema": event.schema, "retired": sorted(retired), "examples": examples}
