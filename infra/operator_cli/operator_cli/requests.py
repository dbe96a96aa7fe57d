"""`gangway requests list|show|approve|refuse`: what partners ask for."""

import click

from operator_cli.command_context import CommandContext, reason_option, with_context
from operator_cli.finding import find_id
from operator_cli.listing import all_option, show_list
from operator_cli.screen import Column, Facts, at
from operator_client.requests import Requests


def _what(line: Facts) -> str:
    """What exactly: the product with the days, the competence, or the fields of the company."""
    if line["kind"] == "company":
        return "; ".join(f"{name}: {line['before'][name]} -> {line['after'][name]}" for name in line["after"])
    days = f" {line['days']} days more" if line["days"] else ""
    return f"{line['product'] or line['competence']}{days}"


_COLUMNS: tuple[Column, ...] = (
    ("id", "request_id"),
    ("company", "legal_name"),
    ("kind", "kind"),
    ("what", _what),
    ("standing", "standing"),
    ("asked", at("asked_at")),
    ("why", "reason"),
    ("findings", lambda line: "; ".join(finding["message"] for finding in line["findings"])),
)


@click.group()
def requests() -> None:
    """What partners ask for: more time, another product or competence, other facts of the company.

    REQUEST is an id or the beginning of one.
    """


@requests.command("list")
@click.option("--standing", help="asked, waiting (as usual), approved, done, refused or withdrawn.")
@all_option
@with_context
def list_requests(context: CommandContext, *, standing: str | None, everything: bool) -> None:
    """List them, the longest waiting first."""
    found = _asked(context).all(standing)
    show_list(context, found, _COLUMNS, everything=everything, nothing="Nobody waits.")


@requests.command("show")
@click.argument("request")
@with_context
def show_request(context: CommandContext, *, request: str) -> None:
    """Show one with its findings and what was decided."""
    found = _asked(context).one(_find(context, request))
    if context.screen.is_json:
        context.screen.json(found)
        return
    context.screen.rows([found], _COLUMNS)
    decision = found["decision"]
    if decision:
        told = {"decided by": decision.get("by_name") or decision["by"], "because": decision["reason"]}
        context.screen.facts(told)


@requests.command("approve")
@click.argument("request")
@reason_option
@with_context
def approve(context: CommandContext, *, request: str, reason: str) -> None:
    """Let the partner have it; the partner reads the reason."""
    _tell(context, _asked(context).approve(_find(context, request), reason))


@requests.command("refuse")
@click.argument("request")
@reason_option
@with_context
def refuse(context: CommandContext, *, request: str, reason: str) -> None:
    """Do not; the partner reads the reason."""
    _tell(context, _asked(context).refuse(_find(context, request), reason))


def _tell(context: CommandContext, moved: Facts) -> None:
    context.screen.outcome(moved, f"{moved['request_id']} is {moved['standing']} now.")


def _asked(context: CommandContext) -> Requests:
    return Requests(context.operator.http)


def _find(context: CommandContext, wanted: str) -> str:
    return find_id(wanted, _asked(context).all(), "request_id")
