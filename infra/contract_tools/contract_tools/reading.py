"""Read the contracts folder; name every wrong entry at once."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from contract_tools.model import Contracts, Event, Release, Topic
from contract_tools.schema_fields import reference_problems
from contract_tools.validation import unchecked_formats

_HERE = Path(__file__).parent
_EVENT_FILE = re.compile(
    r"v(?P<version>[1-9]\d*)(\.(?P<case>[a-z][a-z0-9_]*))?\.(?P<kind>schema|example)\.json"
)
_RELEASE_FILE = re.compile(r"v(?P<version>[1-9]\d*)\.json")


class ContractsInvalid(Exception):
    """The folder cannot be read as contracts; ``problems`` names each wrong entry with its file."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load_contracts(folder: Path) -> Contracts:
    """Read topics, events and releases.

    Raises ContractsInvalid with every problem found, not just the first. Whether what was read also
    makes sense together is told by `contract_tools.rules`.
    """
    reading = _Reading(folder)
    contracts = Contracts(topics=reading.topics(), events=reading.events(), releases=reading.releases())
    if reading.problems:
        raise ContractsInvalid(reading.problems)
    return contracts


class _Reading:
    """One pass over the folder, collecting problems instead of stopping at the first."""

    def __init__(self, folder: Path) -> None:
        self.problems: list[str] = []
        self._folder = folder
        self._topic_shape = _shape("topic.schema.json")
        self._release_shape = _shape("release.schema.json")
        for room in ("topics", "events"):
            if not (folder / room).is_dir():
                self.problems.append(f"{folder / room}: no such folder")

    def topics(self) -> dict[str, Topic]:
        topics = {}
        for path in sorted(self._folder.glob("topics/*")):
            if path.suffix != ".yaml":
                self._say(path, "only .yaml files are read here")
            elif (raw := self._document(path, self._topic_shape)) is not None:
                if raw["topic"] != path.stem:
                    self._say(path, f"/topic: is {raw['topic']!r}, but the file is named {path.stem!r}")
                topics[raw["topic"]] = _topic(raw)
        return topics

    def events(self) -> dict[str, Event]:
        events = {}
        for folder in sorted(self._folder.glob("events/*")):
            for event in self._versions(folder):
                events[event.key] = event
        return events

    def releases(self) -> dict[str, Release]:
        releases = {}
        for path in sorted(self._folder.glob("released/*/*")):
            match = _RELEASE_FILE.fullmatch(path.name)
            if match is None:
                self._say(path, "is not named vN.json")
            elif (raw := self._document(path, self._release_shape)) is not None:
                key = f"{path.parent.name}.v{match['version']}"
                releases[key] = Release(
                    topic=raw["topic"],
                    schema=raw["schema"],
                    retired=tuple(raw["retired"]),
                    examples=tuple(raw["examples"]),
                    changes=tuple(raw["changes"]),
                )
        return releases

    def _versions(self, folder: Path) -> Iterator[Event]:
        schemas: dict[int, Any] = {}
        examples: dict[int, dict[str, Any]] = {}
        for path in sorted(folder.iterdir()) if folder.is_dir() else [folder]:
            match = _EVENT_FILE.fullmatch(path.name)
            if match is None or (match["kind"] == "schema" and match["case"]):
                self._say(path, "is not named vN.schema.json, vN.example.json or vN.<case>.example.json")
            elif match["kind"] == "example":
                examples.setdefault(int(match["version"]), {})[match["case"] or ""] = self._document(path)
            elif (schema := self._schema(path)) is not None:
                schemas[int(match["version"])] = schema
        for version in sorted(examples.keys() - schemas.keys()):
            self._say(folder, f"v{version} has examples but no usable schema")
        for version, schema in sorted(schemas.items()):
            yield Event(name=folder.name, version=version, schema=schema, examples=examples.get(version, {}))

    def _schema(self, path: Path) -> Mapping[str, Any] | None:
        schema = self._document(path)
        if schema is None:
            return None
        if wrong := _wrong_in_schema(json.dumps(schema)):
            self._say(path, wrong)
            return None
        if not isinstance(schema, dict):
            self._say(path, "is not a JSON object")
            return None
        problems = [*reference_problems(schema), *unchecked_formats(schema)]
        for problem in problems:
            self._say(path, problem)
        return None if problems else schema

    def _document(self, path: Path, shape: Draft202012Validator | None = None) -> Any:
        """The parsed file, or None after a problem was noted."""
        try:
            text = path.read_text(encoding="utf-8")
            document = yaml.safe_load(text) if path.suffix == ".yaml" else _json(text)
        except (OSError, ValueError, yaml.YAMLError) as error:
            self._say(path, " ".join(str(error).split()))
            return None
        misfits = list(shape.iter_errors(document)) if shape else []
        for misfit in misfits:
            self._say(path, f"{_pointer(misfit.absolute_path)}: {misfit.message}")
        return None if misfits else document

    def _say(self, path: Path, what: str) -> None:
        self.problems.append(f"{path.relative_to(self._folder)}: {what}")


def _topic(raw: Mapping[str, Any]) -> Topic:
    told = {"settings": {}, **raw, "name": raw["topic"], "events": tuple(raw["events"])}
    del told["topic"]
    told["consumers"] = {service: tuple(keys) for service, keys in raw["consumers"].items()}
    return Topic(**told)


def _shape(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((_HERE / name).read_text(encoding="utf-8")))


@cache
def _wrong_in_schema(text: str) -> str | None:
    """What the meta-schema says; kept, as most of what is read once more has not changed."""
    try:
        Draft202012Validator.check_schema(json.loads(text))
    except SchemaError as error:
        return f"{_pointer(error.absolute_path)}: {error.message}"
    return None


def _pointer(path: Any) -> str:
    return "/" + "/".join(str(step) for step in path)


def _json(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_without_doubles)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that stands twice in one JSON object hides the first value; refuse it."""
    names = [name for name, _ in pairs]
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise ValueError(f"written twice in one object: {', '.join(doubles)}")
    return dict(pairs)
