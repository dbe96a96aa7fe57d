"""The documents name commands that there are, with options that they take."""

import re
import shlex
from pathlib import Path

import click

from operator_cli.command import main

ROOT = Path(__file__).parents[3]
PAGES = (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
_LINE_OF_CODE = re.compile(r"^(?: {4}|\$ )(?:\S+=\S+ )*(?:\.venv/bin/)?gangway (.*)$", re.M)
_IN_A_SENTENCE = re.compile(r"`(?:\.venv/bin/)?gangway ([a-z][^`]*)`")


def commands_of(page: Path) -> list[list[str]]:
    """The words of each, without what it is said to do."""
    text = page.read_text(encoding="utf-8")
    found = [*_LINE_OF_CODE.findall(text), *_IN_A_SENTENCE.findall(text)]
    return [shlex.split(re.split(r"\s#|; gangway ", one)[0]) for one in found]


def unknown_in(words: list[str]) -> list[str]:
    """What no command of ours is called; ``a|b`` are several."""
    command: click.Command = main
    context = click.Context(main)
    for place, word in enumerate(words):
        if not isinstance(command, click.Group):
            break
        named = [command.get_command(context, name) for name in word.split("|") if name]
        if not all(named):
            return words[: place + 1]
        command = next((one for one in named if one), command)
    options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | {"--help"}
    return [word for word in words if word.startswith("--") and word.partition("=")[0] not in options]


def test_every_command_is_one() -> None:
    found = [words for page in PAGES for words in commands_of(page)]
    assert [words for words in found if unknown_in(words)] == []
    assert len(found) > 150


def test_what_is_none_is_found_out() -> None:
    assert unknown_in(["partners", "erase", "ID", "--why", "x"]) == ["--why"]
    assert unknown_in(["partners", "forget", "ID"]) == ["partners", "forget"]
