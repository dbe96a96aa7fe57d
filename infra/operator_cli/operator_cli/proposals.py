"""`gangway proposals list|confirm|decline`: what one operator wants done, and a second one decides."""

import click

from operator_cli.command_context import CommandContext, any_service_option, reason_option, with_context
from operator_cli.finding import Unclear, find_id
from operator_cli.screen import Column, Facts, at
from operator_client.proposals import Proposals

_COLUMNS: tuple[Column, ...] = (
    ("id", "proposal_id"),
    ("where", "service"),
    ("act", "action"),
    ("to", "target"),
    ("with", "body"),
    ("because", "reason"),
    ("by", "proposed_by"),
    ("needs", "role"),
    ("state", "state"),
    ("until", at("expires_at")),
    ("settled by", "settled_by"),
)


@click.group()
def proposals() -> None:
    """Acts that wait for a second person, as the setting FOUR_EYES_ACTS asks.

    PROPOSAL is an id or the beginning of one.
    """


@proposals.command("list")
@any_service_option
@click.option("--state", help="waiting (as usual), confirmed, declined, withdrawn, expired or outdated.")
@with_context
def list_proposals(context: CommandContext, *, service: str | None, state: str | None) -> None:
    """List them, the oldest first."""
    context.screen.rows(_found(context, service, state), _COLUMNS, "Nothing waits for a second person.")


@proposals.command("confirm")
@click.argument("proposal")
@reason_option
@with_context
def confirm(context: CommandContext, *, proposal: str, reason: str) -> None:
    """Have it done; nobody confirms what they proposed themselves."""
    service, proposal_id = _waiting(context, proposal)
    _tell(context, Proposals(context.operator.http, service).confirm(proposal_id, reason))


@proposals.command("decline")
@click.argument("proposal")
@reason_option
@with_context
def decline(context: CommandContext, *, proposal: str, reason: str) -> None:
    """Have it not done; the proposer takes it back so."""
    service, proposal_id = _waiting(context, proposal)
    _tell(context, Proposals(context.operator.http, service).decline(proposal_id, reason))


def _found(context: CommandContext, service: str | None, state: str | None = None) -> list[Facts]:
    return [
        {"service": name, **found}
        for name in ([service] if service else context.services)
        for found in Proposals(context.operator.http, name).all(state)
    ]


def _waiting(context: CommandContext, wanted: str) -> tuple[str, str]:
    """The service and the id of the one that is meant. Raises Unclear."""
    found = _found(context, None)
    proposal_id = find_id(wanted, (dict(one) for one in found), "proposal_id")
    for one in found:
        if one["proposal_id"] == proposal_id:
            return one["service"], proposal_id
    raise Unclear(f"No proposal {proposal_id} waits for a second person.")


def _tell(context: CommandContext, settled: Facts) -> None:
    context.screen.outcome(settled, f"{settled['action']}: {settled['state']}.")
