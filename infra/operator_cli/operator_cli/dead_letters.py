"""`gangway dead-letters list|show|replay|discard`: events that a service could never handle."""

import sys
from typing import Any

import click

from operator_cli.desk import Command, Desk, any_service_option, at_desk, reason_option, service_option
from operator_cli.disclosure import disclosure_options
from operator_cli.finding import find_id
from operator_cli.screen import Column, Facts, at

_COLUMNS: tuple[Column, ...] = (
    ("id", "id"),
    ("service", "service"),
    ("when", at("dead_at")),
    ("event", "event_type"),
    ("subject", "subject"),
    ("status", "status"),
    ("code", "code"),
    ("cause", "message"),
)


def _filter_options(command: Command) -> Command:
    for name, text in (
        ("type", "Only of this CloudEvents type."),
        ("subject", "Only of this partner id."),
        ("code", "Only with this cause."),
        ("topic", "Only of this topic."),
    ):
        command = click.option(f"--{name}", default=None, help=text)(command)
    return command


@click.group("dead-letters")
def dead_letters() -> None:
    """Events that a service could not handle as they stand; ID may be the beginning of one."""


@dead_letters.command("list")
@any_service_option
@click.option("--status", default="waiting", show_default=True, help="waiting, replayed or discarded.")
@_filter_options
@at_desk
def list_letters(desk: Desk, *, service: str | None, **wanted: str | None) -> None:
    """List them, the oldest first."""
    rows = desk.of_each(service, lambda events: events.dead_letters(**wanted))
    desk.screen.rows(rows, _COLUMNS, "No dead letters.")


@dead_letters.command("show")
@click.argument("letter", metavar="ID")
@service_option
@disclosure_options("Show its bytes, too; they may tell about people.")
@at_desk
def show_letter(desk: Desk, *, service: str, letter: str, reason: str | None) -> None:
    """Show all that is known of one."""
    found = desk.events_of(service).dead_letter(_find(desk, service, letter), reason)
    if desk.screen.is_json:
        desk.screen.json(found)
        return
    headers, value = found.pop("headers", None), found.pop("value", None)
    desk.screen.facts(found)
    if headers is None:
        return
    desk.screen.heading("Headers")
    desk.screen.facts(dict(headers))
    desk.screen.heading("Value")
    desk.screen.facts({"": value} if value else {"": "empty"})


def _one_or_all(command: Command) -> Command:
    every = click.option("--all", "every", is_flag=True, help="All that wait, narrowed by the options.")
    return click.argument("letter", metavar="ID", required=False)(every(_filter_options(command)))


def _given(letter: str | None, every: bool, wanted: dict[str, str | None]) -> dict[str, str]:
    given = {name: value for name, value in wanted.items() if value is not None}
    if (letter is None) != every or (letter and given):
        raise click.UsageError("Give one id, or --all with any of the options that choose.")
    return given


@dead_letters.command("replay")
@_one_or_all
@service_option
@reason_option
@at_desk
def replay(
    desk: Desk, *, service: str, reason: str, letter: str | None, every: bool, **wanted: str | None
) -> None:
    """Handle one now, or with --all those that the options choose. Exits with 1 if one failed again."""
    given = _given(letter, every, wanted)
    events = desk.events_of(service)
    outcomes: list[Facts] = []
    try:
        if letter:
            outcomes.append(events.replay(_find(desk, service, letter), reason))
        else:
            outcomes.extend(events.replay_all(given, reason))
    finally:
        # What was done is done, also where the service gave up in between.
        if outcomes or sys.exception() is None:
            desk.screen.rows(outcomes, (("id", "id"), ("outcome", "outcome")), "No dead letter waits.")
    if any(outcome["outcome"] != "replayed" for outcome in outcomes):
        sys.exit(1)


@dead_letters.command("discard")
@_one_or_all
@service_option
@reason_option
@at_desk
def discard(
    desk: Desk, *, service: str, reason: str, letter: str | None, every: bool, **wanted: str | None
) -> None:
    """Give one up for good, or with --all those that the options choose."""
    given = _given(letter, every, wanted)
    if letter is None:
        count = desk.events_of(service).discard_all(given, reason)
        desk.screen.outcome({"discarded": count}, f"{count} dead letters of {service} are discarded.")
        return
    after = desk.events_of(service).discard(_find(desk, service, letter), reason)
    desk.screen.outcome(after, f"{after['id']} is {after['outcome']}.")


def _find(desk: Desk, service: str, wanted: str) -> str:
    waiting: Any = desk.events_of(service).dead_letters(status="waiting")
    return find_id(wanted, waiting, "id")
