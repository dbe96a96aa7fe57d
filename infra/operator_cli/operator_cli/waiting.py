"""`gangway waiting`: all that waits for people, in every service, and the command that shows it."""

import click

from operator_cli.command_context import CommandContext, any_service_option, with_context
from operator_cli.screen import Column, at

# Where each kind is looked at.
COMMANDS = {
    "reviews": "reviews list",
    "requests": "requests list",
    "grants_to_approve": "grants list --to-approve",
    "failed_grants": "grants list --state failed",
    "stuck_steps": "grants list --stuck",
    "leases_ending": "grants list --ends-within 14",
    "budget_freezes": "grants list --frozen-for budget",
    "accounts_not_seen": "grants list --cost-not-seen",
    "quarantined_accounts": "accounts list --state quarantined",
    "stuck_accounts": "accounts list --stuck",
    "findings": "sweeps findings --state open",
    "failed_messages": "messages failed",
    "late_messages": "messages failed --still-tried",
    "silent_webhooks": "integrators list",
    "unsent_events": "positions list",
    "stopped_partitions": "positions list",
    "dead_letters": "dead-letters list",
    "parked_lanes": "lanes list",
    "holes": "lanes holes",
    "proposals": "proposals list",
    "failed_jobs": "jobs list",
}
_COLUMNS: tuple[Column, ...] = (
    ("service", "service"),
    ("what", lambda line: line["kind"].replace("_", " ")),
    ("number", lambda line: f"{line['count']}{'+' if line['has_more'] else ''}"),
    ("oldest", at("oldest_at")),
    ("see", lambda line: f"gangway {COMMANDS[line['kind']]}" if line["kind"] in COMMANDS else ""),
)


@click.command()
@any_service_option
@with_context
def waiting(context: CommandContext, *, service: str | None) -> None:
    """Show what waits for people: how much of each kind, since when, and the command that lists it.

    Exits with 1 where a service does not answer; what the others count is shown all the same.
    """
    lines = context.of_each_that_answers("GET /v1/waiting", service)
    context.screen.rows([line for line in lines if line["count"]], _COLUMNS, "Nothing waits.")
