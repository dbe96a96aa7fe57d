"""`gangway proposals list|confirm|decline`: what one operator proposes and a second one decides."""

import click

from operator_cli.command_context import CommandContext, reason_option, with_context
from operator_cli.described import DescribedGroup, Given
from operator_cli.finding import Unclear, find_id, whole_id
from operator_cli.screen import Column, at

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

proposals = DescribedGroup(
    "proposals",
    help="""Acts that wait for a second person, as the setting FOUR_EYES_ACTS asks.

    PROPOSAL is an id or the beginning of one.
    """,
)
proposals.listing(
    "list",
    "GET /v1/proposals",
    "List them, the oldest first.",
    _COLUMNS,
    Given("state", "waiting (as usual), confirmed, declined, withdrawn, expired or outdated."),
    nothing="No proposals.",
)


def _settle(name: str, path: str, text: str) -> None:
    """Add a command for any service in which the proposal waits."""

    @proposals.command(name, help=text)
    @click.argument("proposal")
    @reason_option
    @with_context
    def command(context: CommandContext, *, proposal: str, reason: str) -> None:
        found = context.of_each_that_answers("GET /v1/proposals", None)
        if context.failures and not whole_id(proposal):
            # Ids of one morning begin alike, and the right one may be in a service that did not answer.
            raise Unclear("Not every service answered: give the whole id.")
        proposal_id = find_id(proposal, map(dict, found), "proposal_id")
        service = next((one["service"] for one in found if one["proposal_id"] == proposal_id), None)
        if service is None:
            raise Unclear(f"No proposal {proposal_id} waits for a second person.")
        context.failures.clear()  # about services that are not concerned
        row = f"POST /v1/proposals/{{proposal_id}}/{path}"
        settled = context.operator.ask(row, service, proposal_id=proposal_id, reason=reason)
        context.screen.outcome(settled, f"{settled['action']}: {settled['state']}.")


_settle("confirm", "confirmation", "Have it done; nobody confirms what they proposed themselves.")
_settle("decline", "refusal", "Have it not done; the proposer takes it back so.")
