"""The lines of the timeline in words for people."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from onboarding.domain.timeline import KEPT, Entry

Translate = Callable[..., str]

_NOTHING = "–"  # noqa: RUF001
# Facts that a sentence tells as a date.
_MOMENTS = {"ends_at", "removal_at", "deadline_at"}
# What stands in for a fact that older events do not have.
_INSTEAD_OF = {"path_title": "path"}


def text_of(entry: Entry, translate: Translate) -> str:
    """A sentence in the language of ``translate``, from the facts that the reader may know."""
    facts = {**entry.facts, **entry.internal_facts}
    kept = KEPT[entry.code]
    arguments = {}
    for name in (*kept.facts, *kept.internal):
        value = facts.get(name, facts.get(_INSTEAD_OF.get(name, ""), ""))
        if name not in _MOMENTS:
            arguments[name] = _words(value, translate)
        elif value:
            arguments[name] = translate("moment", at=datetime.fromisoformat(value))
        else:
            arguments[name] = _NOTHING
    return translate(entry.code.replace(".", "-"), **arguments)


def service_of(entry: Entry) -> str:
    """Which service told it."""
    return entry.source.rpartition("/")[2]


def _words(value: Any, translate: Translate) -> str:
    """A fact as it stands in a sentence."""
    if isinstance(value, Mapping):
        return _words(value.get("product") or value.get("message") or value.get("name", ""), translate)
    if isinstance(value, list):
        return ", ".join(_words(item, translate) for item in value) or _NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    try:
        return translate(f"word-{text}")
    except LookupError:
        return text
