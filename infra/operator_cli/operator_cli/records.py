"""`gangway records skip|skips`: single records of a topic, by their place."""

import click

from operator_cli.command_context import CommandContext, reason_option, service_option, with_context
from operator_cli.screen import Column, at

_SKIPS: tuple[Column, ...] = (
    ("topic", "topic"),
    ("partition", "partition"),
    ("offset", "offset"),
    ("asked", at("asked_at")),
    ("by", "actor"),
    ("because", "reason"),
)


@click.group()
def records() -> None:
    """Single records of a topic, by their place."""


@records.command("skip")
@click.argument("topic")
@click.argument("partition", type=click.IntRange(0))
@click.argument("offset", type=click.IntRange(0))
@service_option
@reason_option
@with_context
def skip(
    context: CommandContext, *, service: str, topic: str, partition: int, offset: int, reason: str
) -> None:
    """Have a consumer that stops at a record make it a dead letter; its log names topic and place."""
    context.events_of(service).skip_record(topic, partition, offset, reason)
    told = {"service": service, "topic": topic, "partition": partition, "offset": offset}
    context.screen.outcome(told, f"{service} will lay {topic}/{partition}@{offset} aside as a dead letter.")


@records.command("skips")
@service_option
@with_context
def list_skips(context: CommandContext, *, service: str) -> None:
    """List the records that were to be skipped."""
    context.screen.rows(context.events_of(service).skips(), _SKIPS)
