"""`--include-personal --reason WHY`: shows hidden data to people who give a reason, and records that."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

Command = Callable[..., Any]


def disclosure_options(shows: str) -> Callable[[Command], Command]:
    """Give the command ``reason``: why personal data is to be shown, or None to leave it hidden."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(*, include_personal: bool, reason: str | None, **options: Any) -> None:
            if include_personal != (reason is not None):
                raise click.UsageError("--include-personal and --reason go together.")
            command(reason=reason, **options)

        run = click.option("--reason", help="Why you look; the operators' log keeps it.")(run)
        return click.option("--include-personal", is_flag=True, help=shows)(run)

    return decorate
