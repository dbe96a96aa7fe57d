"""`gangway positions …` and `gangway clear-flood`: where consumers stand, and a stopped one may go on."""

import click

from operator_cli.command_context import (
    CommandContext,
    any_service_option,
    reason_option,
    service_option,
    with_context,
)
from operator_cli.described import Given, act
from operator_cli.screen import Column, moment

_BEHIND: tuple[Column, ...] = (
    ("service", "service"),
    ("topic", "topic"),
    ("partition", "partition"),
    ("next record", "next_offset"),
    ("unread", "unread"),
    ("stopped because", "stopped_because"),
)
_MOVED: tuple[Column, ...] = (
    ("topic", "topic"),
    ("partition", "partition"),
    ("from", "from_offset"),
    ("to", "to_offset"),
)


clear_flood = act(
    "clear-flood",
    "POST /v1/flood-clearances",
    "Let a consumer go on that stopped because nearly all events were dead letters.",
    "{partitions} stopped partitions of {service} may go on.",
    Given("let_through", "How many more dead letters of each partition do not count."),
)


@click.group()
def positions() -> None:
    """Where a consumer stands in the topics."""


@positions.command("list")
@any_service_option
@with_context
def list_positions(context: CommandContext, *, service: str | None) -> None:
    """List where consumers have not read everything, or stopped; what stays so stands still.

    Events that a service has not sent, which nobody can read yet, are told on standard error.
    """
    for line in context.of_each_that_answers("GET /v1/waiting", service):
        if line["kind"] == "unsent_events" and line["count"]:
            since = moment(line["oldest_at"])
            told = (
                f"{line['service']} has events since {since} that are not sent: is its relay down, or Kafka?"
            )
            click.echo(f"{told} The relay's /health/ready says which.", err=True)
    behind = context.of_each_that_answers("GET /v1/positions", service)
    context.screen.rows(behind, _BEHIND, "Every consumer has read everything that was sent.")


@positions.command("accept-loss")
@service_option
@reason_option
@with_context
def accept_loss(context: CommandContext, *, service: str, reason: str) -> None:
    """Let a consumer go on that stopped because records were dropped before it read them.

    First have their owner send them again: `gangway republish`.
    """
    moved = context.operator.ask("POST /v1/loss-acceptances", service, reason=reason)["moved"]
    context.screen.rows(moved, _MOVED, "Nothing was dropped unread.")
