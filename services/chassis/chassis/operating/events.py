"""``republish``, ``flood clear``, ``positions accept-loss``, ``operators-log``."""

from datetime import UTC, datetime

import click

from chassis.database.operators_log import BEGUN, Wanted, conclude_action, list_actions, note_action
from chassis.messaging.consumer.accepting_loss import accept_loss
from chassis.messaging.consumer.flood import clear_flood
from chassis.messaging.republishing import Selection, republish
from chassis.operating.lanes import group_of
from chassis.operating.showing import by_option, reason_option, show
from chassis.running.runner import Runner


class Moment(click.ParamType[datetime]):
    """An ISO 8601 time; without an offset it is meant in UTC."""

    name = "time"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a time such as 2026-03-01T12:00:00Z", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@click.command("republish", help="Send retained events again; consumers take only what they miss.")
@click.option("--since", type=Moment(), default=None, help="Sent at or after this time.")
@click.option("--until", type=Moment(), default=None, help="Sent at or before this time.")
@click.option("--subject", default=None, help="Only of this subject.")
@click.option("--topic", default=None, help="Only of this topic.")
@reason_option
@by_option
@click.pass_obj
def republish_command(
    runner: Runner,
    *,
    since: datetime | None,
    until: datetime | None,
    subject: str | None,
    topic: str | None,
    reason: str,
    actor: str,
) -> None:
    try:
        selection = Selection(since=since, until=until, subject=subject, topic=topic)
        left_out = runner.service.compacted.names
        told = {"actor": actor, "reason": reason}
        rows = republish(runner.service.database, selection, **told, compacted=left_out)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    click.echo(f"{rows} events will be sent again")
    if left_out:
        click.echo(f"left out, since only the newest counts there: {', '.join(sorted(left_out))}")


@click.group("flood", help="The limit on dead letters that stopped the consumer.")
def flood() -> None:
    pass


@flood.command("clear", help="Forget the counts, so that the consumer may go on.")
@reason_option
@by_option
@click.pass_obj
def _clear(runner: Runner, reason: str, actor: str) -> None:
    group = group_of(runner)
    with runner.service.database.begin() as work:
        stopped = clear_flood(work.connection, group)
        told = {"actor": actor, "action": "clear flood", "target": group, "reason": reason}
        note_action(work.connection, **told)
    click.echo(f"{stopped} stopped partitions may go on")


@click.group("positions", help="Where the consumer stands in the topics.")
def positions() -> None:
    pass


@positions.command("accept-loss", help="Go on at the log's start where records were dropped unread.")
@reason_option
@by_option
@click.pass_obj
def _accept_loss(runner: Runner, reason: str, actor: str) -> None:
    group = group_of(runner)
    subscriptions = runner.service.subscriptions
    with runner.service.database.begin() as work:
        told = {"actor": actor, "action": "accept loss", "target": group, "reason": reason}
        entry_id = note_action(work.connection, **told, outcome=BEGUN)
    topics = sorted(subscriptions.topics) if subscriptions else []
    moved = accept_loss(runner.service.settings.kafka, group, topics)
    with runner.service.database.begin() as work:
        conclude_action(work.connection, entry_id, "; ".join(["done", *moved]))
    click.echo("\n".join(moved) or "nothing was dropped unread")


@click.command("operators-log", help="What operators did to events, newest first.")
@click.option("--limit", default=50, show_default=True)
@click.pass_obj
def operators_log(runner: Runner, limit: int) -> None:
    with runner.service.database.begin() as work:
        show(list_actions(work.connection, Wanted(limit=limit)))
