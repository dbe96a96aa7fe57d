"""`gangway sweeps …`: list what stands outside, and settle what no grant answers for."""

import click

from operator_cli.command_context import CommandContext, reason_option, with_context
from operator_cli.finding import find_id
from operator_cli.listing import all_option, show_list
from operator_cli.screen import Column, at
from operator_client.operator import Facts
from operator_client.sweeps import Sweeps


def _left_out(one: Facts) -> str:
    return f"{one['product'] or one['kind']}: {one['message']}"


_SWEEPS: tuple[Column, ...] = (
    ("id", "sweep_id"),
    ("began", at("started_at")),
    ("by", lambda sweep: sweep["started_by"] or "the schedule"),
    ("listed", lambda sweep: f"{sweep['done']} of {sweep['kinds']} kinds"),
    ("now", "kind"),
    ("things of ours", "things_seen"),
    ("left out", lambda sweep: "; ".join(map(_left_out, sweep["left_out"]))),
    ("ended", at("ended_at")),
)
_FINDINGS: tuple[Column, ...] = (
    ("id", "finding_id"),
    ("state", "state"),
    ("kind", "kind"),
    ("outside", lambda finding: finding["label"] or finding["outside_id"]),
    ("partner", "partner_id"),
    ("first seen", at("first_seen_at")),
    ("last seen", at("last_seen_at")),
    ("settled by", "settled_by"),
    ("because", "reason"),
    ("cause", "message"),
)


@click.group()
def sweeps() -> None:
    """What stands outside without a grant: list it all, see what was found, settle it.

    FINDING is an id or the beginning of one.
    """


@sweeps.command("run")
@reason_option
@with_context
def run(context: CommandContext, *, reason: str) -> None:
    """Have the worker list everything outside that bears our mark."""
    sweep = _asked(context).run(reason)
    context.screen.outcome(
        sweep, f"Sweep {sweep['sweep_id']} began; `gangway sweeps show` tells how far it is."
    )


@sweeps.command("show")
@with_context
def show(context: CommandContext) -> None:
    """Show the newest sweeps, and how far the one under way is."""
    context.screen.rows(_asked(context).newest(), _SWEEPS)


@sweeps.command("findings")
@click.option("--state", help="Only those in this state, such as open.")
@click.option("--kind", help="Only this kind of things, such as account.")
@all_option
@with_context
def list_findings(context: CommandContext, *, state: str | None, kind: str | None, everything: bool) -> None:
    """List what no grant answers for; suspected is what one sweep saw, open what two did."""
    show_list(context, _asked(context).findings(state, kind), _FINDINGS, everything=everything)


@sweeps.command("adopt")
@click.argument("finding")
@click.option("--grant", required=True, help="For which grant it stands there.")
@reason_option
@with_context
def adopt(context: CommandContext, *, finding: str, grant: str, reason: str) -> None:
    """Leave it as long as a grant lives; afterwards it is reported again."""
    grant_id = find_id(grant, context.operator.all_grants(), "grant_id")
    _tell(context, _asked(context).adopt(_find(context, finding), grant_id, reason))


@sweeps.command("ignore")
@click.argument("finding")
@reason_option
@with_context
def ignore(context: CommandContext, *, finding: str, reason: str) -> None:
    """Leave it, and report it no more."""
    _tell(context, _asked(context).ignore(_find(context, finding), reason))


@sweeps.command("reopen")
@click.argument("finding")
@reason_option
@with_context
def reopen(context: CommandContext, *, finding: str, reason: str) -> None:
    """Report again what was adopted or ignored."""
    _tell(context, _asked(context).reopen(_find(context, finding), reason))


@sweeps.command("remove")
@click.argument("finding")
@click.option(
    "--although-owner-unknown",
    is_flag=True,
    help="Also where nobody here is known as its owner: it may be another installation's.",
)
@reason_option
@with_context
def remove(context: CommandContext, *, finding: str, although_owner_unknown: bool, reason: str) -> None:
    """Take it away, after one more look; only what two sweeps saw."""
    finding_id = _find(context, finding)
    _tell(
        context,
        _asked(context).remove(finding_id, reason, although_owner_unknown=although_owner_unknown),
    )


def _tell(context: CommandContext, finding: Facts) -> None:
    name = finding["label"] or finding["outside_id"]
    context.screen.outcome(finding, f"{finding['kind']} {name} is {finding['state']} now.")


def _asked(context: CommandContext) -> Sweeps:
    return Sweeps(context.operator.http)


def _find(context: CommandContext, wanted: str) -> str:
    return find_id(wanted, _asked(context).findings(), "finding_id")
