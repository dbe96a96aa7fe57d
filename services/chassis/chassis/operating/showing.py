"""How operators' commands show rows: a line of JSON each, so that people and programs can read them."""

import getpass
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from chassis.text.printable import in_json

Command = TypeVar("Command", bound=Callable[..., Any])


def show(rows: Iterable[Any]) -> None:
    """One JSON object a line; takes named tuples and mappings."""
    for row in rows:
        facts = row._asdict() if hasattr(row, "_asdict") else dict(row)
        click.echo(in_json(facts))


def by_option(command: Command) -> Command:
    """``--by NAME``: who does it, for the operators' log; the system's user name by default."""
    option = click.option("--by", "actor", default=getpass.getuser, show_default="system user")
    return option(command)


def reason_option(command: Command) -> Command:
    """``--reason TEXT``: why, for the operators' log."""
    return click.option("--reason", required=True, help="Why; it is kept.")(command)


def bytes_shown(value: bytes | None) -> str | None:
    """Bytes as text where they are UTF-8, else as hexadecimal digits."""
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return f"0x{value.hex()}"
