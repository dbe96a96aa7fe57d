"""`gangway records skip|skips`: single records of a topic, by their place."""

import click

from operator_cli.desk import Desk, at_desk, reason_option, service_option
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
@at_desk
def skip(desk: Desk, *, service: str, topic: str, partition: int, offset: int, reason: str) -> None:
    """Have a consumer that stops at a record make it a dead letter; its log names topic and place."""
    desk.events_of(service).skip_record(topic, partition, offset, reason)
    told = {"service": service, "topic": topic, "partition": partition, "offset": offset}
    desk.screen.outcome(told, f"{service} will lay {topic}/{partition}@{offset} aside as a dead letter.")


@records.command("skips")
@service_option
@at_desk
def list_skips(desk: Desk, *, service: str) -> None:
    """List the records that were to be skipped."""
    desk.screen.rows(desk.events_of(service).skips(), _SKIPS)
