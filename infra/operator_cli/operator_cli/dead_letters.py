"""`gangway dead-letters list|show|replay|discard`: events that a service could never handle."""

import sys
from collections.abc import Iterator
from functools import wraps
from typing import Any

import click

from operator_cli.command_context import (
    Command,
    CommandContext,
    reason_option,
    service_option,
    with_context,
)
from operator_cli.described import DescribedGroup, Given
from operator_cli.disclosure import disclosure_options
from operator_cli.finding import find
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


_ONE = "/v1/dead-letters/{letter_id}"
_CHOICE = {
    "type": "Only of this CloudEvents type.",
    "subject": "Only of this partner id.",
    "code": "Only with this cause.",
    "topic": "Only of this topic.",
}

dead_letters = DescribedGroup(
    "dead-letters",
    help="Events that a service could not handle as they stand; ID may be the beginning of one.",
)
dead_letters.listing(
    "list",
    "GET /v1/dead-letters",
    "List them, the oldest first.",
    _COLUMNS,
    Given("status", "waiting, replayed or discarded."),
    *(Given(name, text) for name, text in _CHOICE.items()),
    nothing="No dead letters.",
)


@dead_letters.command("show")
@click.argument("letter", metavar="ID")
@service_option
@disclosure_options("Show its bytes, too; they may tell about people.")
@with_context
def show_letter(context: CommandContext, *, service: str, letter: str, reason: str | None) -> None:
    """Show all that is known of one."""
    row, why = (f"GET {_ONE}", {}) if reason is None else (f"POST {_ONE}/disclosure", {"reason": reason})
    found = context.operator.ask(row, service, letter_id=_find(context, service, letter), **why)
    if context.screen.is_json:
        context.screen.json(found)
        return
    headers, value = found.pop("headers", None), found.pop("value", None)
    context.screen.facts(found)
    if headers is None:
        return
    context.screen.heading("Headers")
    context.screen.facts(dict(headers))
    context.screen.heading("Value")
    context.screen.facts({"": value} if value else {"": "empty"})


def _one_or_all(command: Command) -> Command:
    """Give the command ``letter``, or None and the filters in ``chosen``."""

    @wraps(command)
    def run(*, letter: str | None, every: bool, **options: Any) -> None:
        choice = {name: options.pop(name) for name in _CHOICE}
        chosen = {name: value for name, value in choice.items() if value is not None}
        if (letter is None) != every or (letter and chosen):
            raise click.UsageError("Give one id, or --all with any of the options that choose.")
        command(letter=letter, chosen=chosen, **options)

    for name, text in _CHOICE.items():
        run = click.option(f"--{name}", default=None, help=text)(run)
    every = click.option("--all", "every", is_flag=True, help="All that wait, narrowed by the options.")
    return click.argument("letter", metavar="ID", required=False)(every(run))


@dead_letters.command("replay")
@_one_or_all
@service_option
@reason_option
@with_context
def replay(
    context: CommandContext, *, service: str, reason: str, letter: str | None, chosen: dict[str, str]
) -> None:
    """Handle one now, or with --all those that the options choose. Exits with 1 if one failed again."""
    outcomes: list[Facts] = []
    try:
        if letter:
            letter_id = _find(context, service, letter)
            row = f"POST {_ONE}/replay"
            outcomes.append(context.operator.ask(row, service, letter_id=letter_id, reason=reason))
        else:
            outcomes.extend(_replay_all(context, service, {**chosen, "all": True, "reason": reason}))
    finally:
        # What was done is done, even if the service failed in between.
        if outcomes or sys.exception() is None:
            context.screen.rows(outcomes, (("id", "id"), ("outcome", "outcome")), "No dead letter waits.")
    if any(outcome["outcome"] != "replayed" for outcome in outcomes):
        sys.exit(1)


def _replay_all(context: CommandContext, service: str, chosen: dict[str, Any]) -> Iterator[Facts]:
    """Page by page, as they are handled."""
    while True:
        page = context.operator.ask("POST /v1/dead-letters/replay", service, **chosen)
        yield from page["outcomes"]
        if page["next_cursor"] is None:
            return
        chosen["cursor"] = page["next_cursor"]


@dead_letters.command("discard")
@_one_or_all
@service_option
@reason_option
@with_context
def discard(
    context: CommandContext, *, service: str, reason: str, letter: str | None, chosen: dict[str, str]
) -> None:
    """Give one up for good, or with --all those that the options choose."""
    if letter is None:
        every = {**chosen, "all": True, "reason": reason}
        told = context.operator.ask("POST /v1/dead-letters/discard", service, **every)
        context.screen.outcome(told, f"{told['discarded']} dead letters of {service} are discarded.")
        return
    letter_id = _find(context, service, letter)
    after = context.operator.ask(f"POST {_ONE}/discard", service, letter_id=letter_id, reason=reason)
    context.screen.outcome(after, f"{after['id']} is {after['outcome']}.")


def _find(context: CommandContext, service: str, wanted: str) -> str:
    return find(context.operator, "letter_id", wanted, service=service)
