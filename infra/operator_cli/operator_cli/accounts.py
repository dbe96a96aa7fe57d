"""`gangway accounts …`: the accounts of sandboxes, their pool, and maintenance."""

import click

from operator_cli.command_context import CommandContext, reason_option, with_context
from operator_cli.described import DescribedGroup, Given
from operator_cli.screen import Column, Facts, at

_ACCOUNTS: tuple[Column, ...] = (
    ("key", "account_key"),
    ("account", "account_id"),
    ("state", "state"),
    ("wanted", lambda account: "" if account["wanted"] == account["state"] else account["wanted"]),
    ("grant", lambda account: account["grant_id"] or account["last_grant_id"]),
    ("cools until", at("cooldown_until")),
    (
        "left in it",
        lambda account: ", ".join(f"{one['kind']} {one['outside_id']}" for one in account["left"]),
    ),
    ("USD this month", lambda account: account["cost"]["spent_usd"]),
    ("USD an hour", lambda account: account["cost"]["usd_per_hour"]),
    ("does not watch it", lambda account: "; ".join(one["label"] for one in account["detection_gaps"])),
    ("stuck", lambda account: "yes" if account["is_stuck"] else ""),
    ("cause", "message"),
    ("because", "reason"),
)

accounts = DescribedGroup(
    "accounts",
    help="""The accounts of sandboxes: what waits ready, who has which, what is being emptied.

    ACCOUNT is a key or the beginning of one, or the 12 digits of AWS.
    """,
)
accounts.listing(
    "list",
    "GET /v1/accounts",
    "List them, with what they cost, what is left in them, and what should watch them and does not.",
    _ACCOUNTS,
    Given("state", "Only those in this state, such as quarantined."),
    Given("stuck", "Only those that wait for an operator."),
)
accounts.act(
    "register",
    "POST /v1/accounts",
    "Have an account that stands in one of our units emptied and used.",
    "Account {account_id} is emptied and cools down before anybody gets it.",
    Given("account_id", name="account_id"),
)


def _now(account: Facts) -> str:
    name = account["account_id"] or account["account_key"]
    return f"Account {name} is {account['state']}, and wanted {account['wanted']}."


for name, path, text in (
    ("quarantine", "quarantine", "Have it stand apart, with everything denied, until it is released."),
    ("release", "release", "Have it come back from quarantine, or try again what is stuck."),
    ("eject", "ejection", "Have it leave our units, open and as it is."),
    ("close", "closing", "Have it closed as soon as AWS's limit allows."),
):
    accounts.act(name, f"POST /v1/accounts/{{account_key}}/{path}", text, _now)


@accounts.command("pool")
@with_context
def pool(context: CommandContext) -> None:
    """Show how many are where, how long the ready ones last, and how many may still be closed."""
    _show_pool(context, context.operator.ask("GET /v1/pool"))


@accounts.command("maintenance")
@click.argument("what", type=click.Choice(["begin", "end"]))
@reason_option
@with_context
def maintenance(context: CommandContext, *, what: str, reason: str) -> None:
    """Have nothing new begun, or go on again; what stops access or money always works."""
    row = "POST /v1/maintenance" if what == "begin" else "POST /v1/maintenance/end"
    _show_pool(context, context.operator.ask(row, reason=reason))


def _show_pool(context: CommandContext, pool: Facts) -> None:
    columns: list[Column] = [
        ("wanted ready", "size"),
        *((state, lambda one, state=state: one["accounts"][state]) for state in pool["accounts"]),
        ("stuck", "stuck"),
        ("last days", "lasts_days"),
        ("back in 24 h", "back_in_24_hours"),
        ("closings left", lambda one: f"{one['closings_left']} of {one['closings_allowed']}"),
        ("maintenance", lambda one: one["maintenance"]["reason"] if one["maintenance"] else ""),
    ]
    context.screen.rows([pool], tuple(columns))
