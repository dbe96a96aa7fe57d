"""The `gangway` command: the subcommands of every installed package of Gangway.

A package offers a subcommand by an entry point of the group `gangway.commands`: its name, and where the click
command is. It is imported only when it is used, so that all start quickly.
"""

import errno
import io
import os
import sys
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from itertools import groupby
from typing import Any

import click

GROUP = "gangway.commands"
OURS = "gangway-operator-cli"


class InstalledCommands(click.Group):
    """A group that knows its commands by name only."""

    @cached_property
    def _offered(self) -> dict[str, EntryPoint]:
        """By name; if two packages offer the same one, ours wins, otherwise the first."""
        found = sorted(entry_points(group=GROUP), key=_ours_first, reverse=True)
        return {point.name: point for point in found}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands."""
        return sorted(self._offered)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        point = self._offered.get(cmd_name)
        return None if point is None else point.load()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands below the package that offers them."""
        points = sorted(self._offered.values(), key=_ours_first)
        width = formatter.width - max(len(point.name) for point in points) - 6
        for package, offered in groupby(points, _package):
            names = sorted(point.name for point in offered)
            with formatter.section(package):
                formatter.write_dl([(name, self._in_short(ctx, name, width)) for name in names])

    def _in_short(self, ctx: click.Context, name: str, width: int) -> str:
        command = self.get_command(ctx, name)
        return command.get_short_help_str(width) if command else ""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error of the system (a full disk, a closed folder) becomes one sentence."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # click handles a closed pipe
            raise click.ClickException(str(error)) from error


@click.group(cls=InstalledCommands, name="gangway")
@click.version_option(package_name=OURS)
def main() -> None:
    """Operate Gangway's services; other packages of Gangway add their commands."""
    _show_what_the_terminal_can()
    _reach_this_machine_directly()


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist else ""


def _ours_first(point: EntryPoint) -> tuple[bool, str]:
    return _package(point) != OURS, _package(point)


def _show_what_the_terminal_can() -> None:
    """A character that the locale lacks becomes a question mark instead of an error."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _reach_this_machine_directly() -> None:
    """A proxy from the environment cannot reach our ports; our child processes inherit this."""
    without = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    if "127.0.0.1" not in without.split(","):
        os.environ["no_proxy"] = os.environ["NO_PROXY"] = f"{without},127.0.0.1,localhost".lstrip(",")
