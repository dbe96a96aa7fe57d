"""`gangway clear-flood` and `gangway positions accept-loss`: a stopped consumer may go on."""

import click

from operator_cli.desk import Desk, at_desk, reason_option, service_option
from operator_cli.screen import Column

_MOVED: tuple[Column, ...] = (
    ("topic", "topic"),
    ("partition", "partition"),
    ("from", "from_offset"),
    ("to", "to_offset"),
)


@click.command("clear-flood")
@service_option
@reason_option
@at_desk
def clear_flood(desk: Desk, *, service: str, reason: str) -> None:
    """Let a consumer go on that stopped because nearly all events were dead letters."""
    count = desk.events_of(service).clear_flood(reason)
    desk.screen.outcome({"partitions": count}, f"{count} stopped partitions of {service} may go on.")


@click.group()
def positions() -> None:
    """Where a consumer stands in the topics."""


@positions.command("accept-loss")
@service_option
@reason_option
@at_desk
def accept_loss(desk: Desk, *, service: str, reason: str) -> None:
    """Let a consumer go on that stopped because records were dropped before it read them.

    First have their owner send them again: `gangway republish`.
    """
    desk.screen.rows(desk.events_of(service).accept_loss(reason), _MOVED, "Nothing was dropped unread.")
