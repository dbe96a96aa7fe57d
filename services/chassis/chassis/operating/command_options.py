"""Who acts, and why: options of the commands on a service's host."""

import getpass
import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

from chassis.text.characters import cleaned

Command = TypeVar("Command", bound=Callable[..., Any])


def system_user() -> str:
    """Who runs this: a name, or the number of a user whom the system knows by no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def _told(_: click.Context, __: click.Parameter, value: str) -> str:
    """As the services keep what operators tell them."""
    try:
        words = cleaned(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    if not words:
        raise click.BadParameter("Say something.")
    return words


def by_option(command: Command) -> Command:
    """``--by NAME``: who does it; the system's user name by default."""
    option = click.option(
        "--by",
        "actor",
        default=system_user,
        show_default="system user",
        callback=_told,
        help="Who acts.",
    )
    return option(command)


def reason_option(command: Command) -> Command:
    """``--reason TEXT``: why, for the operators' log."""
    return click.option("--reason", required=True, callback=_told, help="Why; it is kept.")(command)
