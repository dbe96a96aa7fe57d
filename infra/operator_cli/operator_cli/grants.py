"""`gangway grants`: see them, get them on, extend and end their time."""

import click

from operator_cli.command_context import CommandContext, with_context
from operator_cli.described import DescribedGroup, Given
from operator_cli.finding import find
from operator_cli.grant_view import (
    GRANT_LINE,
    STEP_COLUMNS,
    budget_of,
    cause_of,
    named_steps,
    product_of,
)
from operator_cli.screen import Facts, moment

_ONE = "/v1/grants/{grant_id}"
# The intent that each state fulfils, and what any other intent will lead to.
_FULFILS = {"granted": "on", "frozen": "frozen"}
_TO_BE = {"on": "switched on", "frozen": "switched off", "off": "removed"}


def _now(grant: Facts) -> str:
    """A state has been observed, so an act that has only begun reports what is to come."""
    state, intent = grant["state"], grant["intent"]
    told = f"{grant['product']} of {grant['partner_id']} is"
    if _FULFILS.get(state, intent) == intent:
        return f"{told} {state} now."
    return f"{told} to be {_TO_BE[intent]}; so far it is {state}."


grants = DescribedGroup(
    "grants",
    help="""What partners get: see steps and causes, approve, retry, repair, skip, force, waive, extend,
    freeze.

    GRANT is an id or the beginning of one.
    """,
)
grants.listing(
    "list",
    "GET /v1/grants",
    "List everybody's grants, in the order they were planned.",
    GRANT_LINE,
    Given("state", "Only those in this state, such as failed."),
    Given("stuck", "Only those that wait for an operator."),
    Given("to_approve", "Only those that wait for approval."),
    Given("ends_within", "Only those whose time ends in so many days."),
    Given("frozen_for", "Only those that this holds off, such as budget."),
    Given("cost_not_seen", "Only those whose account's cost is not seen."),
)


@grants.command("show")
@click.argument("grant")
@with_context
def show_grant(context: CommandContext, *, grant: str) -> None:
    """Show one with its steps, attempts and causes."""
    found = context.operator.ask(f"GET {_ONE}", grant_id=find(context.operator, "grant_id", grant))
    if context.screen.is_json:
        context.screen.json(found)
        return
    results = found.get("results") or {}
    context.screen.facts(
        {
            "product": product_of(found),
            "id": found["grant_id"],
            "partner": found["partner_id"],
            "state": found["state"],
            "wanted": found["intent"],
            "required": found["required"],
            "switched off for": ", ".join(found["frozen_for"]),
            "lasts until": moment(found["lease"]["ends_at"]) if found["lease"] else "",
            "results kept until": moment(results.get("delete_at")),
            "results deleted": moment(results.get("deleted_at")),
            "spent this month": budget_of(found),
            "cause": cause_of(found),
            "parameters": found["parameters"],
            "identifiers": found["identifiers"],
            "key waits for the partner": found["collectable"],
            "key collected": moment(found["collected_at"]),
        }
    )
    context.screen.heading("Steps")
    context.screen.rows(named_steps([found]), STEP_COLUMNS)


for name, path, text in (
    ("end-lease", "lease-end", "Have its time end now: off at once, gone after the days of grace."),
    ("freeze", "freeze", "Switch it off until it is reinstated."),
    ("reinstate", "reinstatement", "Lift a freeze of an operator."),
    ("retry", "retry", "Try what failed once more, now; where nothing failed, look."),
    ("repair", "repair", "Look outside now, and make all as it should be."),
    ("force", "force", "Take everything away, whatever holds it."),
    ("approve", "approval", "Have it made, where the catalogue has an operator decide."),
    ("refuse", "refusal", "Let the partner go on without what waits for approval, for good."),
    ("waive", "waiver", "Let the partner go on without it, for good."),
):
    grants.act(name, f"POST {_ONE}/{path}", text, _now)
grants.act(
    "release-credentials",
    f"POST {_ONE}/credentials-release",
    "Replace the key and certificate of a device, and let the partner collect the new ones, once.",
    lambda grant: f"{_now(grant)} A new key is being made.",
)
grants.act(
    "skip",
    f"POST {_ONE}/skip",
    "Leave STEP as it stands outside, and let the grant go on.",
    lambda grant: f"{grant['step']} is left as it stands; {_now(grant)}",
    Given("step"),
)
grants.act(
    "extend",
    f"POST {_ONE}/lease-extension",
    "Extend the lease, from now if it has ended; what its end switched off comes back.",
    lambda grant: (
        f"{grant['product']} of {grant['partner_id']} lasts until {moment(grant['lease']['ends_at'])} now."
    ),
    Given("days", "How many days more, of 24 hours each."),
)
grants.act(
    "raise-budget",
    f"POST {_ONE}/budget-raise",
    "Let it cost more this month; what was off because its budget was spent comes back.",
    "{product} of {partner_id} may cost {usd} USD more this month.",
    Given("usd", "How much more this month; 0 gives back what fits."),
)
