"""What operators read: tables on a terminal, aligned lines without frames elsewhere, or JSON."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column as TableColumn
from rich.table import Table
from rich.text import Text

from operator_cli.printable import in_json, printable

Facts = Mapping[str, Any]
Column = tuple[str, str | Callable[[Facts], Any]]

_WIDE_ENOUGH = 10_000
# Narrower, a column of words is one of letters.
_READABLE = 12
_ID = 36
_STYLES = {
    "active": "green",
    "granted": "green",
    "sent": "green",
    "accepted": "green",
    "failed": "red",
    "rejected": "red",
    "in_review": "yellow",
    "action_required": "yellow",
    "suspended": "yellow",
}


class Screen:
    """Shows facts in the form that was asked for."""

    def __init__(self, is_json: bool) -> None:
        self.is_json = is_json
        # Closed by the caller, there is none at all.
        self._is_terminal = sys.stdout is not None and sys.stdout.isatty()
        self._console = Console(
            width=None if self._is_terminal else _WIDE_ENOUGH, highlight=False, markup=False, emoji=False
        )

    def json(self, value: Any) -> None:
        """One JSON value, as the services told it."""
        click.echo(in_json(value, indent=2))

    def rows(self, rows: Iterable[Facts], columns: Sequence[Column], nothing: str = "none") -> None:
        """A list: a table, or all facts as JSON."""
        found = list(rows)
        if self.is_json:
            self.json(found)
        elif found:
            lines = [
                {name: row.get(what) if isinstance(what, str) else what(row) for name, what in columns}
                for row in found
            ]
            self._lines(lines)
        else:
            click.echo(nothing)

    def facts(self, facts: Facts) -> None:
        """Names and values below each other; those without a value are left out."""
        grid = Table.grid("", TableColumn(overflow="fold"), padding=(0, 2))
        for name, value in facts.items():
            if value not in (None, "", [], ()):
                grid.add_row(Text(printable(name), style="bold"), self._cell(value))
        self._print(grid)

    def heading(self, text: str) -> None:
        """Begin a part of a page."""
        self._print(Text(f"\n{printable(text)}", style="bold underline"))

    def outcome(self, facts: Any, sentence: str) -> None:
        """What an act led to: one sentence, or the answer as JSON."""
        if self.is_json:
            self.json(facts)
        else:
            click.echo(printable(sentence))

    def _lines(self, lines: Sequence[Facts]) -> None:
        """A table; each line as a block of its own on a terminal that is too narrow for it."""
        table = Table(box=SIMPLE_HEAD if self._is_terminal else None, pad_edge=False, expand=False)
        for heading in lines[0]:
            is_id = heading == "id"
            table.add_column(heading, overflow="fold", no_wrap=is_id, min_width=_ID if is_id else None)
        for line in lines:
            table.add_row(*map(self._cell, line.values()))
        if not self._is_terminal or _readable_width(lines) <= self._console.width:
            self._print(table)
            return
        for line in lines:
            self.facts(line)
            self._print(Text())

    def _cell(self, value: Any) -> Text:
        shown = printable(_in_words(value))
        if not self._is_terminal:
            shown = " ".join(shown.splitlines())
        return Text(shown, style=_STYLES.get(shown, ""))

    def _print(self, what: Table | Text) -> None:
        if self._is_terminal:
            self._console.print(what)
            return
        with self._console.capture() as captured:
            self._console.print(what)
        click.echo("\n".join(line.rstrip() for line in captured.get().rstrip("\n").split("\n")))


def _readable_width(lines: Sequence[Facts]) -> int:
    """Of a table of them whose columns hold their longest word, or as much of it as can be read."""

    def width(heading: str) -> int:
        if heading == "id":
            return _ID
        texts = [heading, *(_in_words(line[heading]) for line in lines)]
        return min(_READABLE, max(len(word) for text in texts for word in (text.split() or [""])))

    return sum(width(heading) + 3 for heading in lines[0])


def moment(text: str | None) -> str:
    """A time of the API in UTC, to the second; empty for none."""
    if text is None:
        return ""
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def at(name: str) -> Callable[[Facts], str]:
    """A column with a time."""
    return lambda facts: moment(facts.get(name))


def _in_words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_in_words, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={_in_words(part)}" for name, part in value.items())
    return str(value)
