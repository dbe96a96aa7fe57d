"""Long lists: a screenful unless all is asked for."""

from collections.abc import Iterator, Sequence
from itertools import islice

import click

from operator_cli.command_context import CommandContext
from operator_cli.screen import Column
from operator_client.operator import Facts

SHOWN_AT_MOST = 50

all_option = click.option(
    "--all", "everything", is_flag=True, help=f"All, not only the first {SHOWN_AT_MOST}."
)


def show_list(
    context: CommandContext,
    found: Iterator[Facts],
    columns: Sequence[Column],
    *,
    everything: bool,
    nothing: str = "none",
) -> None:
    """Show the list; omissions are reported on standard error, so that they never mix with rows."""
    rows = list(found if everything else islice(found, SHOWN_AT_MOST))
    context.screen.rows(rows, columns, nothing)
    if not everything and next(found, None) is not None:
        click.echo(f"Only the first {SHOWN_AT_MOST} are shown; --all shows the rest too.", err=True)
