"""`gangway grants list|show|retry|waive|release-credentials`."""

from collections.abc import Callable

import click

from operator_cli.desk import Desk, at_desk, reason_option
from operator_cli.finding import find_id
from operator_cli.grant_view import GRANT_LINE, STEP_COLUMNS, cause_of, named_steps
from operator_cli.listing import all_option, show_list
from operator_cli.screen import moment
from operator_cli.services import Facts, Operator


@click.group()
def grants() -> None:
    """What partners get: see steps and causes, retry, waive.

    GRANT is an id or the beginning of one.
    """


@grants.command("list")
@click.option("--state", help="Only those in this state, such as failed.")
@all_option
@at_desk
def list_grants(desk: Desk, *, state: str | None, everything: bool) -> None:
    """List everybody's grants, in the order they were planned."""
    show_list(desk, desk.operator.all_grants(state), GRANT_LINE, everything=everything)


@grants.command("show")
@click.argument("grant")
@at_desk
def show_grant(desk: Desk, *, grant: str) -> None:
    """Show one with its steps, attempts and causes."""
    found = desk.operator.grant(_find(desk, grant))
    if desk.screen.is_json:
        desk.screen.json(found)
        return
    desk.screen.facts(
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
    desk.screen.heading("Steps")
    desk.screen.rows(named_steps([found]), STEP_COLUMNS)


def _act(name: str, act: Callable[..., Facts], text: str, *, follows: str = "") -> None:
    """Add a command that does something to one grant."""

    @grants.command(name, help=text)
    @click.argument("grant")
    @reason_option
    @at_desk
    def command(desk: Desk, *, grant: str, reason: str) -> None:
        after = act(desk.operator, _find(desk, grant), reason)
        sentence = f"{after['product']} of {after['partner_id']} is {after['state']} now. {follows}"
        desk.screen.outcome(after, sentence.strip())


_act("retry", Operator.retry_grant, "Try the step that failed once more, now.")
_act("waive", Operator.waive_grant, "Let the partner go on without it, for good.")
_act(
    "release-credentials",
    Operator.release_credentials,
    "Replace the key and certificate of a device, and let the partner collect the new ones, once.",
    follows="A new key is being made.",
)


def _find(desk: Desk, wanted: str) -> str:
    return find_id(wanted, desk.operator.all_grants(), "grant_id")
