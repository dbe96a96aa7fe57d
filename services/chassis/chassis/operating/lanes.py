"""``lanes list|show|holes|release|set-aside``."""

import click

from chassis.messaging.consumer.operating import (
    LaneNotParked,
    NoSuchHole,
    close_hole,
    lanes_of_subject,
    list_holes,
    list_parked_lanes,
    release_lane,
    set_first_aside,
)
from chassis.messaging.consumer.reading import Reader
from chassis.operating.showing import by_option, reason_option, show
from chassis.running.runner import Runner


def group_of(runner: Runner) -> str:
    """The service's consumer group; refuses a service without subscriptions."""
    if runner.service.subscriptions is None:
        raise click.ClickException(f"{runner.name} listens to nobody.")
    return runner.service.subscriptions.group


@click.group("lanes", help="What this service has seen of each subject on each topic.")
def lanes() -> None:
    pass


@lanes.command("list", help="Parked lanes, longest first.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
@click.pass_obj
def _list(runner: Runner, limit: int) -> None:
    with runner.service.database.begin() as work:
        show(list_parked_lanes(work.connection, group_of(runner), limit))


@lanes.command("show", help="All lanes of one subject.")
@click.argument("subject")
@click.pass_obj
def _show(runner: Runner, subject: str) -> None:
    with runner.service.database.begin() as work:
        show(lanes_of_subject(work.connection, group_of(runner), subject))


@lanes.command("holes", help="Numbers that were jumped over and have not come since.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
@click.pass_obj
def _holes(runner: Runner, limit: int) -> None:
    with runner.service.database.begin() as work:
        show(list_holes(work.connection, group_of(runner), limit))


@lanes.command("close-hole", help="Give events up that never came; FIRST and LAST as `holes` tells them.")
@click.argument("topic")
@click.argument("subject")
@click.argument("first", type=click.IntRange(1, 2**63 - 1))
@click.argument("last", type=click.IntRange(1, 2**63 - 1))
@reason_option
@by_option
@click.pass_obj
def _close_hole(runner: Runner, /, topic: str, subject: str, first: int, last: int, **told: str) -> None:
    try:
        with runner.service.database.begin() as work:
            close_hole(work, group_of(runner), topic, subject, (first, last), **told)
    except NoSuchHole:
        raise click.ClickException("This lane has no hole of just these numbers.") from None


@lanes.command("release", help="Let the worker try a parked lane now.")
@click.argument("topic")
@click.argument("subject")
@reason_option
@by_option
@click.pass_obj
def _release(runner: Runner, /, topic: str, subject: str, **told: str) -> None:
    try:
        with runner.service.database.begin() as work:
            release_lane(work, group_of(runner), topic, subject, **told)
    except LaneNotParked:
        raise click.ClickException("This lane is not parked.") from None


@lanes.command("set-aside", help="Make the event that blocks a lane a dead letter; those behind it go on.")
@click.argument("topic")
@click.argument("subject")
@reason_option
@by_option
@click.pass_obj
def _set_aside(runner: Runner, topic: str, subject: str, reason: str, actor: str) -> None:
    group = group_of(runner)
    service = runner.service
    assert service.subscriptions is not None  # noqa: S101 - group_of looked
    reader = Reader(service.subscriptions, service.settings.event_type_prefix)
    try:
        with service.database.begin() as work:
            set_first_aside(work, reader, group, topic, subject, actor=actor, reason=reason)
    except LaneNotParked:
        raise click.ClickException("This lane is not parked.") from None
