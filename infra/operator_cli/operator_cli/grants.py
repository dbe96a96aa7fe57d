"""`gangway grants`: see them, get them on, extend and end their time."""

from collections.abc import Callable

import click

from operator_cli.command_context import CommandContext, reason_option, with_context
from operator_cli.finding import find_id
from operator_cli.grant_view import (
    GRANT_LINE,
    STEP_COLUMNS,
    budget_of,
    cause_of,
    named_steps,
    product_of,
)
from operator_cli.listing import all_option, show_list
from operator_cli.screen import moment
from operator_client.operator import Facts, Operator


@click.group()
def grants() -> None:
    """What partners get: see steps and causes, approve, retry, repair, skip, force, waive, extend, freeze.

    GRANT is an id or the beginning of one.
    """


@grants.command("list")
@click.option("--state", help="Only those in this state, such as failed.")
@click.option("--stuck", is_flag=True, help="Only those that wait for an operator.")
@click.option("--to-approve", is_flag=True, help="Only those that wait for approval.")
@click.option("--ends-within", type=click.IntRange(1), help="Only those whose time ends in so many days.")
@all_option
@with_context
def list_grants(
    context: CommandContext,
    *,
    state: str | None,
    stuck: bool,
    to_approve: bool,
    ends_within: int | None,
    everything: bool,
) -> None:
    """List everybody's grants, in the order they were planned."""
    found = context.operator.all_grants(
        state, only_stuck=stuck, only_to_approve=to_approve, ends_within=ends_within
    )
    show_list(context, found, GRANT_LINE, everything=everything)


@grants.command("show")
@click.argument("grant")
@with_context
def show_grant(context: CommandContext, *, grant: str) -> None:
    """Show one with its steps, attempts and causes."""
    found = context.operator.grant(_find(context, grant))
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


@grants.command("skip")
@click.argument("grant")
@click.argument("step")
@reason_option
@with_context
def skip_step(context: CommandContext, *, grant: str, step: str, reason: str) -> None:
    """Leave STEP as it stands outside, and let the grant go on."""
    after = context.operator.skip_step(_find(context, grant), step, reason)
    sentence = (
        f"{step} is left as it stands; {after['product']} of {after['partner_id']} is {after['state']} now."
    )
    context.screen.outcome(after, sentence)


@grants.command("extend")
@click.argument("grant")
@click.option("--days", type=click.IntRange(1), required=True, help="How many days more, of 24 hours each.")
@reason_option
@with_context
def extend_lease(context: CommandContext, *, grant: str, days: int, reason: str) -> None:
    """Give more time, from now on if it was over; what its end switched off comes back."""
    after = context.operator.extend_lease(_find(context, grant), days, reason)
    until = moment(after["lease"]["ends_at"])
    context.screen.outcome(after, f"{after['product']} of {after['partner_id']} lasts until {until} now.")


@grants.command("raise-budget")
@click.argument("grant")
@click.option(
    "--usd", type=click.IntRange(0), required=True, help="How much more this month; 0 gives back what fits."
)
@reason_option
@with_context
def raise_budget(context: CommandContext, *, grant: str, usd: int, reason: str) -> None:
    """Let it cost more this month; what was off because its budget was spent comes back."""
    after = context.operator.raise_budget(_find(context, grant), usd, reason)
    sentence = f"{after['product']} of {after['partner_id']} may cost {usd} USD more this month."
    context.screen.outcome(after, sentence)


_act("end-lease", Operator.end_lease, "Have its time end now: off at once, gone after the days of grace.")
_act("freeze", Operator.freeze_grant, "Switch it off until it is reinstated.")
_act("reinstate", Operator.reinstate_grant, "Lift a freeze of an operator.")
_act("retry", Operator.retry_grant, "Try what failed once more, now; where nothing failed, look.")
_act("repair", Operator.repair_grant, "Look outside now, and make all as it should be.")
_act("force", Operator.force_grant, "Take everything away, whatever holds it.")
_act("approve", Operator.approve_grant, "Have it made, where the catalogue has an operator decide.")
_act("refuse", Operator.refuse_grant, "Let the partner go on without what waits for approval, for good.")
_act("waive", Operator.waive_grant, "Let the partner go on without it, for good.")
_act(
    "release-credentials",
    Operator.release_credentials,
    "Replace the key and certificate of a device, and let the partner collect the new ones, once.",
    follows="A new key is being made.",
)


def _find(context: CommandContext, wanted: str) -> str:
    return find_id(wanted, context.operator.all_grants(), "grant_id")
