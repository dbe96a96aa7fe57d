"""Change one thing in the contracts: in memory, or in a copy of their folder."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from contract_tools import Contracts

Change = Callable[[Any], None]


@contextmanager
def changed(path: Path) -> Iterator[Any]:
    """The parsed JSON or YAML file, written back after the block."""
    is_yaml = path.suffix == ".yaml"
    text = path.read_text(encoding="utf-8")
    document = yaml.safe_load(text) if is_yaml else json.loads(text)
    yield document
    written = yaml.safe_dump(document) if is_yaml else json.dumps(document, ensure_ascii=False)
    path.write_text(written, encoding="utf-8")


def with_schema(contracts: Contracts, key: str, change: Change) -> Contracts:
    """The contracts with one event's schema changed."""
    event = contracts.events[key]
    schema = deepcopy(dict(event.schema))
    change(schema)
    return replace(contracts, events={**contracts.events, key: replace(event, schema=schema)})


def with_topic(contracts: Contracts, name: str, **changes: Any) -> Contracts:
    """The contracts with one topic changed."""
    topic = replace(contracts.topics[name], **changes)
    return replace(contracts, topics={**contracts.topics, name: topic})


def schema_file(folder: Path, name: str) -> Path:
    """Where version 1 of an event's schema is."""
    return folder / "events" / name / "v1.schema.json"


def topic_file(folder: Path, name: str) -> Path:
    """Where a topic is described."""
    return folder / "topics" / f"{name}.yaml"
