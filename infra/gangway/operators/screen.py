"""What operators read: tables on a terminal, aligned lines without frames elsewhere, or JSON."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from chassis.text.printable import in_json, printable

Facts = Mapping[str, Any]
Column = tuple[str, str | Callable[[Facts], Any]]

_WIDE_ENOUGH = 10_000
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
        self._is_terminal = sys.stdout.isatty()
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
            self._print(self._table(found, columns))
        else:
            click.echo(nothing)

    def facts(self, facts: Facts) -> None:
        """Names and values below each other; those without a value are left out."""
        grid = Table.grid(padding=(0, 2))
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

    def _table(self, rows: Sequence[Facts], columns: Sequence[Column]) -> Table:
        table = Table(box=SIMPLE_HEAD if self._is_terminal else None, pad_edge=False, expand=False)
        for heading, _ in columns:
            is_id = heading == "id"
            table.add_column(heading, overflow="fold", no_wrap=is_id, min_width=36 if is_id else None)
        for row in rows:
            values = [row.get(what) if isinstance(what, str) else what(row) for _, what in columns]
            table.add_row(*(self._cell(value) for value in values))
        return table

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
