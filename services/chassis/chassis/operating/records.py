"""``records skip|skips``."""

import click

from chassis.messaging.consumer.skips import AlreadyAsked, ask_to_skip, list_skips
from chassis.operating.lanes import group_of
from chassis.operating.showing import by_option, reason_option, show
from chassis.running.runner import Runner


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
def _skip(runner: Runner, /, topic: str, partition: int, offset: int, **told: str) -> None:
    group = group_of(runner)
    subscriptions = runner.service.subscriptions
    if subscriptions is None or topic not in subscriptions.topics:
        raise click.UsageError(f"{runner.name} does not read {topic}.")
    try:
        with runner.service.database.begin() as work:
            ask_to_skip(work.connection, group, (topic, partition, offset), **told)
    except AlreadyAsked as error:
        raise click.ClickException(f"{error} is to be skipped already.") from None


@records.command("skips", help="Records that were to be skipped.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
@click.pass_obj
def _list(runner: Runner, limit: int) -> None:
    with runner.service.database.begin() as work:
        show(list_skips(work.connection, group_of(runner), limit))
