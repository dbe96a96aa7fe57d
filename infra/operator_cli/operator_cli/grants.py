"""`gangway grants list|show|retry|waive|release-credentials`."""

from collections.abc import Callable

import click

from operator_cli.command_context import CommandContext, reason_option, with_context
from operator_cli.finding import find_id
from operator_cli.grant_view import GRANT_LINE, STEP_COLUMNS, cause_of, named_steps
from operator_cli.listing import all_option, show_list
from operator_cli.screen import moment
from operator_client.operator import Facts, Operator


@click.group()
def grants() -> None:
    """What partners get: see steps and causes, retry, waive.

    GRANT is an id or the beginning of one.
    """


@grants.command("list")
@click.option("--state", help="Only those in this state, such as failed.")
@all_option
@with_context
def list_grants(context: CommandContext, *, state: str | None, everything: bool) -> None:
    """List everybody's grants, in the order they were planned."""
    show_list(context, context.operator.all_grants(state), GRANT_LINE, everything=everything)


@grants.command("show")
@click.argument("grant")
@with_context
def show_grant(context: CommandContext, *, grant: str) -> None:
    """Show one with its steps, attempts and causes."""
    found = context.operator.grant(_find(context, grant))
    if context.screen.is_json:
        context.screen.json(found)
        return
    context.screen.facts(
        {
            "product": found["product"],
            "id": found["grant_id"],
            "partner": found["partner_id"],
            "state": found["state"],
            "wanted": found["intent"],
            "required": found["required"],
            "cause": cause_of(found),
            "parameters": found["parameters"],
            "identifiers": found["identifiers"],
            "key waits for the partner": found["collectable"],
            "key collected": moment(found["collected_at"]),
        }
    )
    context.screen.heading("Steps")
    context.screen.rows(named_steps([found]), STEP_COLUMNS)


def _act(name: str, act: Callable[..., Facts], text: str, *, follows: str = "") -> None:
    """Add a command that does something to one grant."""

    @grants.command(name, help=text)
    @click.argument("grant")
    @reason_option
    @with_context
    def command(context: CommandContext, *, grant: str, reason: str) -> None:
        after = act(context.operator, _find(context, grant), reason)
        sentence = f"{after['product']} of {after['partner_id']} is {after['state']} now. {follows}"
        context.screen.outcome(after, sentence.strip())


_act("retry", Operator.retry_grant, "Try the step that failed once more, now.")
_act("waive", Operator.waive_grant, "Let the partner go on without it, for good.")
_act(
    "release-credentials",
    Operator.release_credentials,
    "Replace the key and certificate of a device, and let the partner collect the new ones, once.",
    follows="A new key is being made.",
)


def _find(context: CommandContext, wanted: str) -> str:
    return find_id(wanted, context.operator.all_grants(), "grant_id")
