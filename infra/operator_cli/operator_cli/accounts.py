"""`gangway accounts …`: the accounts of sandboxes, their pool, and maintenance."""

from collections.abc import Callable

import click

from operator_cli.command_context import CommandContext, reason_option, with_context
from operator_cli.finding import find_id
from operator_cli.listing import all_option, show_list
from operator_cli.screen import Column, at
from operator_client.accounts import Accounts
from operator_client.operator import Facts

_DIGITS = 12
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


@click.group()
def accounts() -> None:
    """The accounts of sandboxes: what waits ready, who has which, what is being emptied.

    ACCOUNT is a key or the beginning of one, or the 12 digits of AWS.
    """


@accounts.command("list")
@click.option("--state", help="Only those in this state, such as quarantined.")
@all_option
@with_context
def list_accounts(context: CommandContext, *, state: str | None, everything: bool) -> None:
    """List them, with what they cost, what is left in them, and what should watch them and does not."""
    show_list(context, _asked(context).listed(state), _ACCOUNTS, everything=everything)


@accounts.command("pool")
@with_context
def pool(context: CommandContext) -> None:
    """Show how many are where, how long the ready ones last, and how many may still be closed."""
    _show_pool(context, _asked(context).pool())


@accounts.command("register")
@click.argument("account_id")
@reason_option
@with_context
def register(context: CommandContext, *, account_id: str, reason: str) -> None:
    """Have an account that stands in one of our units emptied and used."""
    account = _asked(context).register(account_id, reason)
    context.screen.outcome(account, f"Account {account_id} is emptied and cools down before anybody gets it.")


def _verb(name: str, act: Callable[[Accounts, str, str], Facts], told: str) -> None:
    @accounts.command(name, help=told)
    @click.argument("account")
    @reason_option
    @with_context
    def do(context: CommandContext, *, account: str, reason: str) -> None:
        asked = _asked(context)
        facts = act(asked, _find(asked, account), reason)
        name = facts["account_id"] or facts["account_key"]
        context.screen.outcome(facts, f"Account {name} is {facts['state']}, and wanted {facts['wanted']}.")


_verb("quarantine", Accounts.quarantine, "Have it stand apart, with everything denied, until it is released.")
_verb("release", Accounts.release, "Have it come back from quarantine, or try again what is stuck.")
_verb("eject", Accounts.eject, "Have it leave our units, open and as it is.")
_verb("close", Accounts.close, "Have it closed as soon as AWS's limit allows.")


@accounts.command("maintenance")
@click.argument("what", type=click.Choice(["begin", "end"]))
@reason_option
@with_context
def maintenance(context: CommandContext, *, what: str, reason: str) -> None:
    """Have nothing new begun, or go on again; what stops access or money always works."""
    asked = _asked(context)
    act = asked.begin_maintenance if what == "begin" else asked.end_maintenance
    _show_pool(context, act(reason))


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


def _asked(context: CommandContext) -> Accounts:
    return Accounts(context.operator.http)


def _find(asked: Accounts, wanted: str) -> str:
    if len(wanted) == _DIGITS and wanted.isdigit():
        by_number = next((one for one in asked.listed() if one["account_id"] == wanted), None)
        if by_number is not None:
            return str(by_number["account_key"])
    return find_id(wanted, asked.listed(), "account_key")
