"""Untrusted text made safe to show: it cannot control a terminal, and its length is limited.

Control characters are escaped as in JSON, so that JSON stays JSON. Bidirectional overrides, lone surrogates
and unassigned characters count as such.
"""

import json
import unicodedata
from typing import Any

LONGEST = 20_000
_JOINERS = frozenset("\u200c\u200d")  # part of some scripts and of emoji


def printable(text: str, longest: int = LONGEST) -> str:
    """The text, with its line breaks, cut if it is longer."""
    return _harmless(_cut(text, longest))


def one_line(text: str, longest: int = LONGEST) -> str:
    """The text on one line."""
    return printable(text, longest).replace("\n", "\\n")


def in_json(value: Any, *, indent: int | None = None) -> str:
    """JSON for people and programs; long texts are cut, and values unknown to JSON become text."""
    return _harmless(json.dumps(_bounded(value), default=str, ensure_ascii=False, indent=indent))


def _bounded(value: Any) -> Any:
    if isinstance(value, str):
        return _cut(value, LONGEST)
    if isinstance(value, dict):
        return {_cut(str(name), LONGEST): _bounded(part) for name, part in value.items()}
    return [_bounded(part) for part in value] if isinstance(value, (list, tuple)) else value


def _cut(text: str, longest: int) -> str:
    left_out = len(text) - longest
    return f"{text[:longest]}… [{left_out} more characters]" if left_out > 0 else text


def _harmless(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character if _is_harmless(character) else json.dumps(character)[1:-1] for character in text
    )


def _is_harmless(character: str) -> bool:
    is_space = unicodedata.category(character) == "Zs"  # of all widths, as dates in English have them
    return character.isprintable() or is_space or character == "\n" or character in _JOINERS
