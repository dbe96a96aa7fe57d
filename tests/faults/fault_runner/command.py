"""`gangway faults`."""

import os
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

import click

from chassis.settings import SettingsRefused
from fault_runner.checks.difference import Difference
from fault_runner.ended import Ended, ended_by_signals
from fault_runner.plan import Plan
from fault_runner.run import run
from local_stack.kafka_cluster.cluster import KafkaUnavailable
from local_stack.kafka_cluster.security import PLAIN
from local_stack.machine.unprivileged import CannotStepDown
from local_stack.postgres import CannotRunThere
from local_stack.settings import REPOSITORY, read_stack_settings
from local_stack.supervisor.starting import CannotStart
from operator_cli.private_files import keep_to_ourselves

MOST_SHOWN = 40
DEFAULT_PORT_BASE = "18600"


@click.command()
@click.option("--seed", envvar="SEED", default=None, help="Repeats the draws of an earlier run.")
@click.option("--kills", envvar="KILLS", default=300, show_default=True, help="Processes to kill, at least.")
@click.option("--partners", envvar="PARTNERS", default=100, show_default=True, help="Partners to onboard.")
@click.option("--kills-per-second", default=1.2, show_default=True)
@click.option("--deadline", default=1800.0, show_default=True, help="Seconds that the stories may take.")
@click.option(
    "--evidence", type=click.Path(path_type=Path, file_okay=False), default=None, help="Where it is kept."
)
def faults(
    *,
    seed: str | None,
    kills: int,
    partners: int,
    kills_per_second: float,
    deadline: float,
    evidence: Path | None,
) -> None:
    """Kill, stop and cut everything while partners come; then compare everything sent with what is there."""
    keep_to_ourselves()
    seed = seed or secrets.token_hex(4)
    folder = evidence or _fresh_folder(seed)
    folder.mkdir(parents=True, exist_ok=True)
    plan = Plan(
        seed=seed,
        partners=partners,
        kills=kills,
        folder=folder,
        kills_per_second=kills_per_second,
        deadline_seconds=deadline,
    )
    environ = {
        "KAFKA_NODES": "3",
        "PORT_BASE": DEFAULT_PORT_BASE,
        **os.environ,
        "GANGWAY_CONSOLE": "no",
        "GANGWAY_SITE": "no",
    }
    try:
        settings = read_stack_settings(environ)
        if settings.kafka_security != PLAIN:
            raise click.ClickException("KAFKA_SECURITY must be plain here: the proxies know no other")
        with ended_by_signals():
            result = run(plan, settings, click.echo)
    except Ended as ended:
        # Half a run proves nothing: what it was told to keep is kept, all else goes.
        shutil.rmtree(folder / "stack" if evidence else folder, ignore_errors=True)
        click.echo(f"ended by {ended.name}: the stack is stopped, and its data are gone", err=True)
        sys.exit(ended.exit_code)
    except (SettingsRefused, CannotStart, KafkaUnavailable, CannotStepDown, CannotRunThere) as error:
        raise click.ClickException(str(error)) from error
    _show(result.verdict.differences)
    click.echo(
        f"{result.repeated_records} records, {result.repeated_mails} mails and "
        f"{result.repeated_webhooks} webhooks were sent again"
    )
    click.echo(result.figure)
    click.echo(f"seed {seed}; evidence in {folder}")
    sys.exit(0 if result.verdict.is_clean else 1)


def _fresh_folder(seed: str) -> Path:
    parent = REPOSITORY / ".local" / "faults"
    parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=f"{seed}-", dir=parent))


def _show(differences: tuple[Difference, ...]) -> None:
    for difference in differences[:MOST_SHOWN]:
        click.echo(f"{difference.kind.upper()}  {difference.words}")
    if len(differences) > MOST_SHOWN:
        click.echo(f"… and {len(differences) - MOST_SHOWN} more, all in the evidence")
