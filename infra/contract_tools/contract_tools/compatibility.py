"""The gate: what is released may only change in ways that no reader notices.

Optional properties may come and go, and words for people may change. Required properties, types, bounds
and meanings stay within a version: an old consumer has to read the new event, and a new consumer the old
ones that are still in the topic. Anything else is a new version beside the old one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chassis.messaging.published_schemas import opened
from contract_tools.model import Contracts, Event, Release, Schema
from contract_tools.schema_fields import children, expanded, fields
from contract_tools.validation import validator

_WORDS_FOR_PEOPLE = {"title", "description"}
_COMPARED_APART = {"properties", "required", "items", "additionalProperties", "enum", "x-personal", "x-grows"}
_NEW_VERSION = "make it a new version"


@dataclass(frozen=True, kw_only=True, order=True)
class Break:
    """One change that a reader would notice: which event, where in its data, and why it may not be."""

    event: str
    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.event}: {self.path or '/'}: {self.reason}"


def breaks(contracts: Contracts) -> list[Break]:
    """Everything in ``contracts`` that breaks what was released; empty means that it may land."""
    return [
        Break(event=key, path=path, reason=reason)
        for key, release in sorted(contracts.releases.items())
        for path, reason in _release_breaks(contracts, key, release)
    ]


def _release_breaks(contracts: Contracts, key: str, release: Release) -> Iterator[tuple[str, str]]:
    event = contracts.events.get(key)
    if event is None:
        yield "", "is released, so its schema and examples stay, as long as its events can be read somewhere"
        return
    topic = contracts.topic_of(key)
    if topic is None or topic.name != release.topic:
        yield "", f"was released on {release.topic}, where its readers look for it"
    yield from schema_breaks(release.schema, event.schema)
    for field in fields(event.schema):
        if field.path in release.retired:
            yield field.path, "this name was in use once and was removed; a name is never used again"
    yield from _unreadable_examples(event, release)


def schema_breaks(old: Schema, new: Schema) -> Iterator[tuple[str, str]]:
    """Path and reason of every change from ``old`` to ``new`` that is not allowed within a version."""
    yield from _node_breaks(expanded(old), expanded(new), "")


def _node_breaks(old: Schema, new: Schema, path: str) -> Iterator[tuple[str, str]]:
    for word in sorted((old.keys() | new.keys()) - _WORDS_FOR_PEOPLE - _COMPARED_APART):
        if old.get(word) != new.get(word):
            yield path, f"{word} was {_shown(old, word)} and is {_shown(new, word)}; {_NEW_VERSION}"
    yield from _enum_breaks(old, new, path)
    if old.get("x-personal") and not new.get("x-personal"):
        yield path, "was marked as personal; readers protect it because of the mark"
    if _is_closed(old) != _is_closed(new):
        yield path, "an object stays closed, a map stays a map"
    before = {name: (child, required) for name, child, required in children(old)}
    after = {name: (child, required) for name, child, required in children(new)}
    for name in before.keys() | after.keys():
        yield from _child_breaks(before.get(name), after.get(name), f"{path}/{name}")


def _child_breaks(
    before: tuple[Schema, bool] | None, after: tuple[Schema, bool] | None, path: str
) -> Iterator[tuple[str, str]]:
    if before is None:
        if after and after[1]:
            yield path, "is new and required, but events without it are in the topic; make it optional"
        return
    old, was_required = before
    if after is None:
        if was_required:
            yield path, f"was required and is gone, but readers rely on it; {_NEW_VERSION}"
        return
    new, is_required = after
    if was_required and not is_required:
        yield path, f"was required and is optional, but readers rely on it; {_NEW_VERSION}"
    if is_required and not was_required:
        yield path, f"was optional and is required, but events without it are in the topic; {_NEW_VERSION}"
    yield from _node_breaks(old, new, path)


def _enum_breaks(old: Schema, new: Schema, path: str) -> Iterator[tuple[str, str]]:
    if new.get("x-grows") and not old.get("x-grows"):
        yield path, "readers were not told that values may join (x-grows is new)"
    before, after = old.get("enum"), new.get("enum")
    if before is None or after is None:
        if before != after:
            yield path, f"enum was {_shown(old, 'enum')} and is {_shown(new, 'enum')}; {_NEW_VERSION}"
        return
    if gone := [value for value in before if value not in after]:
        yield path, f"{gone} may not be sent any more, but is in the topic; {_NEW_VERSION}"
    added = [value for value in after if value not in before]
    if added and not old.get("x-grows"):
        yield path, f"{added} is unknown to readers, and the enum is not marked x-grows; {_NEW_VERSION}"


def _is_closed(node: Schema) -> bool:
    return node.get("additionalProperties") is False


def _shown(node: Schema, word: str) -> str:
    return repr(node[word]) if word in node else "not given"


def _unreadable_examples(event: Event, release: Release) -> Iterator[tuple[str, str]]:
    """Golden examples: whatever was ever sent within this version is still readable."""
    reader = validator(as_readers_see(event.schema))
    for example in release.examples:
        for error in reader.iter_errors(example):
            path = "/" + "/".join(str(step) for step in error.absolute_path)
            yield path, f"a released example cannot be read any more: {error.message}"


def as_readers_see(schema: Schema) -> dict[str, Any]:
    """The schema as a consumer applies it: further properties, and values that joined, are no fault."""
    return opened(expanded(schema))
