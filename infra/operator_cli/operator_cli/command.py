"""The `gangway` command. Each subcommand is imported only when it is asked for, so that all start quickly."""

import errno
import io
import os
import sys
from pkgutil import resolve_name
from typing import Any

import click

# name: where the click command is found
COMMANDS = {
    "up": "local_stack.commands:up",
    "down": "local_stack.commands:down",
    "status": "local_stack.commands:status",
    "logs": "local_stack.commands:logs",
    "stop": "local_stack.commands:stop",
    "start": "local_stack.commands:start",
    "restart": "local_stack.commands:restart",
    "partners": "operator_cli.partners:partners",
    "reviews": "operator_cli.reviews:reviews",
    "grants": "operator_cli.grants:grants",
    "messages": "operator_cli.messages:messages",
    "invitations": "operator_cli.messages:invitations",
    "dead-letters": "operator_cli.dead_letters:dead_letters",
    "lanes": "operator_cli.lanes:lanes",
    "records": "operator_cli.records:records",
    "republish": "operator_cli.sending_again:republish",
    "clear-flood": "operator_cli.sending_again:clear_flood",
    "audit": "operator_cli.audit:audit",
    "tokens": "local_stack.tokens:tokens",
    "events": "contract_tools.commands:events",
    "demo": "local_stack.demo.command:demo",
    "faults": "fault_runner.command:faults",
    "keys": "local_stack.handing_out:keys",
    "databases": "local_stack.databases_command:databases",
    "run": "local_stack.stand_ins.commands:run",
}


class LazyGroup(click.Group):
    """A group that knows its commands by name only."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        path = COMMANDS.get(cmd_name)
        return None if path is None else resolve_name(path)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what the system refuses (a full disk, a closed folder) is told in one sentence."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # click knows what to do when nobody reads on
            raise click.ClickException(str(error)) from error


@click.group(cls=LazyGroup)
@click.version_option(package_name="gangway-operator-cli")
def main() -> None:
    """Gangway's local stack and tools."""
    _show_what_the_terminal_can()
    _reach_this_machine_directly()


def _show_what_the_terminal_can() -> None:
    """A letter that the locale lacks becomes a question mark, not the end."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _reach_this_machine_directly() -> None:
    """A proxy that the environment names knows nothing of our ports; our processes inherit this."""
    without = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    if "127.0.0.1" not in without.split(","):
        os.environ["no_proxy"] = os.environ["NO_PROXY"] = f"{without},127.0.0.1,localhost".lstrip(",")
