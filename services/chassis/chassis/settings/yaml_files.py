"""YAML files that a service's owners edit: read, check, and name every wrong entry."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from marshmallow import Schema, ValidationError


class FileRefused(ValueError):
    """A file that cannot be used; the message has one line for each wrong entry."""

    def __init__(self, path: Path, problems: list[str]) -> None:
        super().__init__("\n    ".join([f"{path} cannot be used:", *problems]))
        self.problems = problems


def read_yaml(path: Path, schema: Schema) -> Any:
    """What ``schema`` loads from the file; raises FileRefused."""
    try:
        return schema.load(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except ValidationError as error:
        raise FileRefused(path, list(_problems(error.messages, ""))) from None
    except yaml.YAMLError as error:
        raise FileRefused(path, [f"not YAML: {error}"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise FileRefused(path, [f"cannot be read: {error}"]) from None


def _problems(messages: Any, place: str) -> Iterator[str]:
    if isinstance(messages, Mapping):
        for key, below in messages.items():
            yield from _problems(below, place if key == "_schema" else f"{place}{_step(key, place)}")
    else:
        yield from (f"{place or 'the file'}: {message}" for message in messages)


def _step(key: object, place: str) -> str:
    """One step down to the wrong entry; entries of a list are counted from 1, as people do."""
    if isinstance(key, int):
        return f"[{key + 1}]"
    return f".{key}" if place else str(key)
