"""Operators' commands on the host of a service: what has to work while its web process is down.

All that operators do goes over HTTP, and `gangway` speaks it. Here is only what lets a stopped consumer go
on, each by the function that its route calls, what comes before a restored database is used, and what an
administrator of Kafka does when the service is deployed. What changes something is noted under the name
given by ``--by``.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from kafka.errors import KafkaError

from chassis.messaging.consumer.accepting_loss import ConsumerRuns
from chassis.messaging.consumer.skips import AlreadyAsked
from chassis.messaging.watched_client import as_refusal
from chassis.operating.command_options import by_option, reason_option
from chassis.operating.listening import NoSubscriptions
from chassis.operating.restored import restore_numbers
from chassis.operating.stopped_consumer import (
    MOST_LET_THROUGH,
    NoSuchPartition,
    NotYetWritten,
    ReadAlready,
    TopicNotRead,
    accept_loss_of,
    clear_flood_of,
    skip_record,
)
from chassis.operating.topics import topics
from chassis.running.runner import Runner
from chassis.service import Service

_REFUSALS = (
    *(NoSubscriptions, TopicNotRead, NoSuchPartition, NotYetWritten, ReadAlready),
    *(AlreadyAsked, ConsumerRuns),
)


@contextmanager
def _refusals(runner: Runner[Service]) -> Iterator[None]:
    try:
        yield
    except _REFUSALS as refusal:
        raise click.ClickException(str(refusal)) from refusal
    except KafkaError as error:
        raise click.ClickException(
            f"Kafka cannot be asked: {as_refusal(error, runner.service.settings.kafka)}"
        ) from error


@click.group("records", help="Single records of a topic, by their place.")
def records() -> None:
    pass


@records.command("skip", help="Have the consumer make this record a dead letter, as it stops at it.")
@click.argument("topic")
@click.argument("partition", type=click.IntRange(0, 2**31 - 1))
@click.argument("offset", type=click.IntRange(0, 2**63 - 1))
@reason_option
@by_option
@click.pass_obj
def _skip(runner: Runner[Service], /, topic: str, partition: int, offset: int, **told: str) -> None:
    with _refusals(runner):
        skip_record(runner.service, (topic, partition, offset), **told)
    click.echo(f"{topic}/{partition}@{offset} will become a dead letter")


@click.command("clear-flood", help="Let the consumer go on that stopped at a flood of dead letters.")
@click.option(
    "--let-through",
    type=click.IntRange(0, MOST_LET_THROUGH),
    default=0,
    help="How many more dead letters of each partition do not count.",
)
@reason_option
@by_option
@click.pass_obj
def clear_flood(runner: Runner[Service], /, let_through: int, **told: str) -> None:
    with _refusals(runner):
        stopped = clear_flood_of(runner.service, let_through=let_through, **told)
    click.echo(f"{stopped} stopped partitions may go on")


@click.group("positions", help="Where the consumer stands in the topics.")
def positions() -> None:
    pass


@positions.command("accept-loss", help="Go on at the log's start where records were dropped unread.")
@reason_option
@by_option
@click.pass_obj
def _accept_loss(runner: Runner[Service], /, **told: str) -> None:
    with _refusals(runner):
        moved = accept_loss_of(runner.service, **told)
    click.echo("\n".join(map(str, moved)) or "nothing was dropped unread")


@click.group("numbers", help="The numbers of the events that the service sends.")
def numbers() -> None:
    pass


@numbers.command("restore", help="After a restore from a backup: go on behind what the topics have.")
@reason_option
@by_option
@click.pass_obj
def _restore(runner: Runner[Service], /, **told: str) -> None:
    with _refusals(runner):
        forgotten = restore_numbers(runner.service, **told)
    click.echo("\n".join(map(str, forgotten)) or "the database knows all that was sent")


COMMANDS: tuple[click.Command, ...] = (records, clear_flood, positions, numbers, topics)
