"""``dead-letters list|show|replay|discard``."""

import sys
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import click
from sqlalchemy.exc import DBAPIError

from chassis.database.outages import describe, is_away
from chassis.failures import Failure
from chassis.messaging.dead_letters.listing import (
    Filter,
    NoSuchDeadLetter,
    list_dead_letters,
)
from chassis.operating.disclosure import disclose
from chassis.operating.settling import AlreadySettled, Settling
from chassis.operating.showing import by_option, reason_option, show
from chassis.running.runner import Runner

REFUSED = (NoSuchDeadLetter, AlreadySettled)


def _filter_options(command: Any) -> Any:
    for name, text in (
        ("topic", "Only of this topic."),
        ("code", "Only with this cause."),
        ("subject", "Only of this subject."),
        ("type", "Only of this CloudEvents type."),
    ):
        command = click.option(f"--{name}", default=None, help=text)(command)
    return command


def _one_or_all(command: Any) -> Any:
    command = click.option("--all", "every", is_flag=True, help="All that wait, narrowed by the options.")(
        command
    )
    return click.argument("letter_id", type=click.UUID, required=False)(command)


def _check_choice(letter_id: UUID | None, every: bool, options: dict[str, Any]) -> None:
    if (letter_id is not None) == every or (letter_id is not None and any(options.values())):
        raise click.UsageError("Give one id, or --all with any of the options that choose.")


@click.group("dead-letters", help="Events that can never be handled as they stand.")
def dead_letters() -> None:
    pass


@dead_letters.command("list", help="One line each, oldest first.")
@click.option("--status", type=click.Choice(["waiting", "replayed", "discarded", "any"]), default="waiting")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
@click.option("--after", type=click.UUID, default=None, help="The last id of the page before.")
@_filter_options
@click.pass_obj
def _list(runner: Runner, /, status: str, **options: Any) -> None:
    wanted = Filter(status=None if status == "any" else status, **options)
    with runner.service.database.begin() as work:
        show(list_dead_letters(work.connection, wanted))


@dead_letters.command("show", help="All that is known of one, with its bytes; the look is noted.")
@click.argument("letter_id", type=click.UUID)
@reason_option
@by_option
@click.pass_obj
def _show(runner: Runner, letter_id: UUID, reason: str, actor: str) -> None:
    try:
        with runner.service.database.begin() as work:
            found = disclose(work.connection, letter_id, actor, reason)
    except NoSuchDeadLetter:
        raise click.ClickException(f"There is no dead letter {letter_id}.") from None
    show([found])


@dead_letters.command("replay", help="Handle one now, or with --all those that the options choose.")
@_one_or_all
@_filter_options
@reason_option
@by_option
@click.pass_obj
def _replay(
    runner: Runner, /, letter_id: UUID | None, every: bool, reason: str, actor: str, **options: Any
) -> None:
    _check_choice(letter_id, every, options)
    settling = Settling.of(runner.prepare("replay"))
    failures = 0
    try:
        for done_id, failure in _outcomes(settling, letter_id, Filter(**options), actor, reason):
            failures += failure is not None
            show([{"id": done_id, "outcome": "replayed" if failure is None else str(failure)}])
    except REFUSED as error:
        raise click.ClickException(f"{type(error).__name__}: {error}") from None
    except DBAPIError as error:
        if not is_away(error):
            raise
        raise click.ClickException(f"The database is away ({describe(error)}); the others wait.") from None
    sys.exit(1 if failures else 0)


def _outcomes(
    settling: Settling, letter_id: UUID | None, wanted: Filter, actor: str, reason: str
) -> Iterator[tuple[UUID, Failure | None]]:
    if letter_id is not None:
        yield letter_id, settling.replay(letter_id, actor, reason)
    else:
        yield from ((letter.id, failure) for letter, failure in settling.replay_all(wanted, actor, reason))


@dead_letters.command("discard", help="Give one up for good, or with --all those that the options choose.")
@_one_or_all
@_filter_options
@reason_option
@by_option
@click.pass_obj
def _discard(
    runner: Runner, /, letter_id: UUID | None, every: bool, reason: str, actor: str, **options: Any
) -> None:
    _check_choice(letter_id, every, options)
    settling = Settling.of(runner.service)
    if letter_id is None:
        click.echo(f"{settling.discard_all(Filter(**options), actor, reason)} dead letters are discarded")
        return
    try:
        settling.discard(letter_id, actor, reason)
    except REFUSED as error:
        raise click.ClickException(f"{type(error).__name__}: {error}") from None
