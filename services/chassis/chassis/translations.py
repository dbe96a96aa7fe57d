"""Words in several languages, from Fluent files ``<folder>/<language>.ftl``.

    words = Translations(Path(__file__).parent / "translations")
    words.text("de", "welcome", name="Ada")         # attributes: "email.subject"

All languages must have the same messages; the chassis's own (error pages) are always included.
"""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from fluent.runtime import FluentBundle
from fluent.syntax import FluentParser
from fluent.syntax.ast import Junk, Message, Resource

# Code and own name of each language, in the order to offer them.
LANGUAGES = {"en": "English", "de": "Deutsch"}
DEFAULT_LANGUAGE = "en"
_OWN_FOLDER = Path(__file__).parent / "words"


class TranslationsWrong(Exception):
    """The files do not fit together; ``problems`` names each message and language."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(["The translations cannot be used:", *problems]))
        self.problems = problems


class Translations:
    """All messages of a service; later folders win. Raises `TranslationsWrong` when made."""

    def __init__(self, *folders: Path) -> None:
        self._bundles: dict[str, FluentBundle] = {}
        found: dict[str, set[str]] = {}
        problems: list[str] = []
        for language in LANGUAGES:
            # Isolation marks around arguments would end up in mail subjects and attributes.
            bundle = self._bundles[language] = FluentBundle([language], use_isolating=False)
            found[language] = set()
            for folder in (_OWN_FOLDER, *folders):
                resource = _parsed((folder / f"{language}.ftl").read_text(encoding="utf-8"))
                bundle.add_resource(resource, allow_overrides=True)
                ids, junk = _read(resource)
                found[language] |= ids
                problems += [f"  {folder.name}/{language}.ftl cannot be read at: {part}" for part in junk]
        everything = set().union(*found.values())
        problems += [
            f"  {language}: {name} is missing"
            for language, names in sorted(found.items())
            for name in sorted(everything - names)
        ]
        if problems:
            raise TranslationsWrong(problems)

    def text(self, language: str, name: str, /, **arguments: Any) -> str:
        """The message in the language (else the default one); times are told in UTC. Raises KeyError.

        Raises ValueError when an argument is missing: half a sentence must not reach a person.
        """
        bundle = self._bundles.get(language) or self._bundles[DEFAULT_LANGUAGE]
        message_id, _, attribute = name.partition(".")
        message = bundle.get_message(message_id)
        pattern = message.attributes[attribute] if attribute else message.value
        if pattern is None:
            raise KeyError(f"{name} has no text of its own")
        told = {
            key: value.astimezone(UTC) if isinstance(value, datetime) else value
            for key, value in arguments.items()
        }
        text, errors = bundle.format_pattern(pattern, told)
        if errors:
            raise ValueError(f"{name} ({language}): {errors[0]}")
        return _ended_once(str(text), told)


def _ended_once(text: str, told: dict[str, Any]) -> str:
    """The full stop of a name ("Acme Inc.") at the end of a sentence is that of the sentence, too."""
    for value in told.values():
        if isinstance(value, str) and value.endswith("."):
            text = text.replace(f"{value}.", value)
    return text


@cache
def _parsed(text: str) -> Resource:
    """Every app of a process has the chassis's own words."""
    return FluentParser().parse(text)


def _read(resource: Resource) -> tuple[set[str], list[str]]:
    """The names of all messages and their attributes, and the parts that are no Fluent."""
    names: set[str] = set()
    junk: list[str] = []
    for entry in resource.body:
        if isinstance(entry, Message):
            names.add(entry.id.name)
            names |= {f"{entry.id.name}.{attribute.id.name}" for attribute in entry.attributes}
        elif isinstance(entry, Junk):
            junk.append((entry.content or "").strip().partition("\n")[0])
    return names, junk
