"""Change one thing in a copy of the contracts."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

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


def schema_file(folder: Path, name: str) -> Path:
    """Where version 1 of an event's schema is."""
    return folder / "events" / name / "v1.schema.json"


def topic_file(folder: Path, name: str) -> Path:
    """Where a topic is described."""
    return folder / "topics" / f"{name}.yaml"
