"""`gangway up|down|status|logs|stop|start|restart`."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from chassis.settings import SettingsRefused
from local_stack.kafka_cluster.cluster import KafkaUnavailable
from local_stack.machine.following import follow
from local_stack.machine.log_files import last_lines
from local_stack.machine.unprivileged import CannotStepDown
from local_stack.postgres import CannotRunThere, DidNotStart
from local_stack.settings import StackSettings, read_stack_settings
from local_stack.supervisor.operating import CannotOperate, start_process, stop_process
from local_stack.supervisor.starting import CannotStart, start_stack
from local_stack.supervisor.state_file import RunFolder
from local_stack.supervisor.status import status_table
from local_stack.supervisor.stopping import stop_stack
from operator_cli.printable import printable
from operator_cli.private_files import keep_to_ourselves

RUNS_ALREADY = "Gangway is already running. Other settings count after `make down` only."
SHOWN_ADDRESSES = (
    "site",
    "console",
    "onboarding",
    "provisioning",
    "notifications",
    "integrations",
    "issuer",
    "mailbox",
    "aws",
    "scim",
    "smtp",
    "kafka",
)


def _settings() -> StackSettings:
    try:
        return read_stack_settings(os.environ)
    except SettingsRefused as refused:
        raise click.ClickException(str(refused)) from refused


@click.command()
def up() -> None:
    """Start everything, wait until it serves, print the addresses."""
    settings = _settings()
    keep_to_ourselves()
    try:
        fresh = start_stack(settings, click.echo)
    except (CannotStart, DidNotStart, KafkaUnavailable, CannotStepDown, CannotRunThere) as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        sys.exit(130)
    click.echo("Gangway is up." if fresh else RUNS_ALREADY)
    _show_addresses(settings)


@click.command()
def down() -> None:
    """Stop everything; the data stays."""
    stopped = stop_stack(_settings(), click.echo)
    click.echo("Gangway is down." if stopped else "Gangway was not running.")


@click.command()
def status() -> None:
    """Show every process: state, pid, ports, restarts, memory. Exits with 1 unless all is well."""
    state = RunFolder(_settings().home).read()
    if state is None or state.supervisor.process() is None:
        click.echo("Gangway is not running.")
        sys.exit(1)
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(status_table(state))
    sys.exit(0 if state.is_healthy else 1)


@click.command()
@click.argument("name")
@click.option("-f", "--follow", "following", is_flag=True, help="Go on as the log grows.")
@click.option("-n", "--lines", default=50, show_default=True, help="How many lines to begin with.")
def logs(name: str, following: bool, lines: int) -> None:
    """Show the log of one process (names: gangway status; also: supervisor)."""
    folder = _settings().folder("logs")
    if not (folder / f"{name}.log").exists():
        known = ", ".join(sorted(path.stem for path in folder.glob("*.log")))
        raise click.ClickException(f"there is no log of {name}; there are: {known or 'none'}")
    for line in last_lines(folder, name, lines):
        click.echo(printable(line))
    if following:
        for added in follow(folder / f"{name}.log"):
            click.echo(printable(added, len(added)), nl=False)


def _operate(*steps: Callable[[StackSettings, str], None]) -> Callable[[str], None]:
    def run(name: str) -> None:
        try:
            for step in steps:
                step(_settings(), name)
        except CannotOperate as error:
            raise click.ClickException(str(error)) from error

    return run


_name = click.argument("name")
stop = click.command("stop", help="Stop one process until it is started again.")(
    _name(_operate(stop_process))
)
start = click.command("start", help="Start a stopped process.")(_name(_operate(start_process)))
restart = click.command("restart", help="Stop and start one process.")(
    _name(_operate(stop_process, start_process))
)


def who_signs_in(addresses: Mapping[str, Any], path: Path) -> str:
    """How operators of this stack sign in; empty if the provider is external."""
    people = ", ".join(f"{one['user']} ({role})" for role, one in addresses.get("sign_in", {}).items())
    if not people:
        return ""
    where = f"at {addresses['console']} or " if "console" in addresses else ""
    return f"Sign in {where}by `.venv/bin/gangway login` as {people}; passwords: sign_in in {path}"


def _show_addresses(settings: StackSettings) -> None:
    path = settings.home / "addresses.json"
    addresses = json.loads(path.read_text())
    for name in SHOWN_ADDRESSES:
        if addresses.get(name):
            click.echo(f"  {name:<14} {addresses[name]}")
    click.echo(f"  all of them, with tokens and database addresses: {path}")
