"""YAML files that a service's owners edit: read, check, and name every wrong entry."""

from pathlib import Path
from typing import Any

import yaml
from marshmallow import Schema, ValidationError

from chassis.validation_messages import leaves


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
        problems = [f"{_place(way)}: {message}" for way, message in leaves(error.messages)]
        raise FileRefused(path, problems) from None
    except yaml.YAMLError as error:
        raise FileRefused(path, [f"not YAML: {error}"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise FileRefused(path, [f"cannot be read: {error}"]) from None


def _place(way: tuple[object, ...]) -> str:
    place = ""
    for key in way:
        place += _step(key, place)
    return place or "the file"


def _step(key: object, place: str) -> str:
    """One step down to the wrong entry; entries of a list are counted from 1, as people do."""
    if isinstance(key, int):
        return f"[{key + 1}]"
    return f".{key}" if place else str(key)
