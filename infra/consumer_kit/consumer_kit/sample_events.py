"""Sample events: every example of every version of every event that the contracts hold or ever held."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml

# A link in the checkout, files in the wheel: the kit works where this repository is not.
CONTRACTS = Path(__file__).parent / "contracts"
PREFIX = "gangway"


@dataclass(frozen=True, kw_only=True)
class SampleEvent:
    """A CloudEvent; ``key`` is name and version (`partner.approved.v1`), ``case`` which example it is of."""

    key: str
    case: str
    topic: str
    source: str
    data: Any
    type_prefix: str = PREFIX
    sequence: int | None = 1
    id: str = field(default_factory=lambda: str(uuid4()))
    time: datetime = field(default_factory=lambda: datetime.now(UTC))
    extensions: Mapping[str, str] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """The partner that it is about."""
        return str(self.data["partner_id"])

    @property
    def attributes(self) -> dict[str, str]:
        """The context attributes, as webhooks carry them."""
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": f"{self.type_prefix}.{self.key}",
            "subject": self.subject,
            "time": self.time.isoformat(),
            "datacontenttype": "application/json",
            **({} if self.sequence is None else {"sequence": f"{self.sequence:019}"}),
            **self.extensions,
        }

    def about(self, partner_id: str, sequence: int) -> "SampleEvent":
        """The same happening to another partner, as a new event."""
        data = {**self.data, "partner_id": partner_id}
        return replace(self, data=data, sequence=sequence, id=str(uuid4()))


def sample_events(type_prefix: str = PREFIX) -> Iterator[SampleEvent]:
    """One of each example of the contracts, topic by topic; each an event of its own."""
    for topic in _topics():
        for key in topic["events"]:
            name, _, version = key.rpartition(".v")
            for file in sorted((CONTRACTS / "events" / name).glob(f"v{version}.*example.json")):
                case = file.name.removeprefix(f"v{version}.").removesuffix("example.json").rstrip(".")
                yield _sample(topic, key, case, _read(file), type_prefix)


def released_events() -> Iterator[SampleEvent]:
    """One of each example that was ever released, of every version: a replay may still bring them."""
    for topic in _topics():
        for file in sorted((CONTRACTS / "released").glob("*/v*.json")):
            key, released = f"{file.parent.name}.{file.stem}", _read(file)
            if released["topic"] == topic["topic"]:
                for place, example in enumerate(released["examples"], start=1):
                    yield _sample(topic, key, f"released {place}", example)


def sample_event(key: str) -> SampleEvent:
    """The typical one of this name and version."""
    return next(one for one in sample_events() if one.key == key and not one.case)


def schema_of(key: str) -> Mapping[str, Any]:
    """The JSON Schema of the data of this name and version."""
    name, _, version = key.rpartition(".v")
    schema: dict[str, Any] = _read(CONTRACTS / "events" / name / f"v{version}.schema.json")
    return schema


@cache
def _topics() -> list[dict[str, Any]]:
    """Those about partners: webhooks bring no others."""
    files = sorted((CONTRACTS / "topics").glob("*.yaml"))
    topics = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    return [topic for topic in topics if topic["key"] == "partner_id"]


@cache
def _read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def _sample(
    topic: Mapping[str, Any], key: str, case: str, data: Any, type_prefix: str = PREFIX
) -> SampleEvent:
    return SampleEvent(
        key=key, case=case, topic=topic["topic"], source=topic["source"], data=data, type_prefix=type_prefix
    )
