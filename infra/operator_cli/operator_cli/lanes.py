"""`gangway lanes …`: what a service keeps of one partner on one topic."""

from collections.abc import Callable

import click

from operator_cli.command_context import (
    CommandContext,
    any_service_option,
    reason_option,
    service_option,
    with_context,
)
from operator_cli.screen import Column, at
from operator_client.event_operations import EventOperations

_PARKED: tuple[Column, ...] = (
    ("service", "service"),
    ("topic", "topic"),
    ("subject", "subject"),
    ("parked", at("parked_at")),
    ("waiting events", "waiting_events"),
    ("attempts", "attempts"),
    ("next try", at("next_attempt_at")),
    ("code", "cause_code"),
    ("cause", "cause_message"),
)
_HOLES: tuple[Column, ...] = (
    ("service", "service"),
    ("topic", "topic"),
    ("subject", "subject"),
    ("first missing", "first_missing"),
    ("last missing", "last_missing"),
    ("found", at("found_at")),
)
_OF_ONE: tuple[Column, ...] = (
    ("service", "service"),
    ("topic", "topic"),
    ("last number", "last_sequence"),
    ("holes", "hole_count"),
    ("parked", at("parked_at")),
    ("waiting events", "waiting_events"),
    ("next try", at("next_attempt_at")),
    ("cause", "cause_message"),
)


@click.group()
def lanes() -> None:
    """Lanes: one partner's events on one topic, in their order, as a service sees them."""


@lanes.command("list")
@any_service_option
@with_context
def list_lanes(context: CommandContext, *, service: str | None) -> None:
    """List parked lanes: an event could not be handled yet, and those behind it wait."""
    context.screen.rows(context.of_each(service, EventOperations.parked_lanes), _PARKED, "No lane is parked.")


@lanes.command("show")
@click.argument("subject")
@any_service_option
@with_context
def show_lanes(context: CommandContext, *, subject: str, service: str | None) -> None:
    """Show all lanes of one partner, open and parked; SUBJECT is its whole id."""
    found = context.of_each(service, lambda events: events.lanes_of(subject))
    context.screen.rows(found, _OF_ONE, "No event of this subject came.")


@lanes.command("holes")
@any_service_option
@with_context
def list_holes(context: CommandContext, *, service: str | None) -> None:
    """List numbers that were jumped over and have not come since."""
    context.screen.rows(context.of_each(service, EventOperations.holes), _HOLES, "No holes.")


@lanes.command("close-hole")
@click.argument("topic")
@click.argument("subject")
@click.argument("first", type=click.IntRange(1))
@click.argument("last", type=click.IntRange(1))
@service_option
@reason_option
@with_context
def close_hole(
    context: CommandContext, *, service: str, topic: str, subject: str, first: int, last: int, reason: str
) -> None:
    """Give events up that never came; FIRST and LAST as `holes` tells them."""
    context.events_of(service).close_hole(topic, subject, (first, last), reason)
    told = {"service": service, "topic": topic, "subject": subject, "outcome": "closed"}
    context.screen.outcome(told, f"{service} waits for {first} to {last} of {subject} on {topic} no longer.")


def _act(name: str, act: Callable[..., None], *, outcome: str, sentence: str, text: str) -> None:
    """Add a command that does something to one lane."""

    @lanes.command(name, help=text)
    @click.argument("topic")
    @click.argument("subject")
    @service_option
    @reason_option
    @with_context
    def command(context: CommandContext, *, service: str, topic: str, subject: str, reason: str) -> None:
        act(context.events_of(service), topic, subject, reason)
        lane = {"service": service, "topic": topic, "subject": subject}
        context.screen.outcome({**lane, "outcome": outcome}, sentence.format(**lane))


_act(
    "release",
    EventOperations.release_lane,
    outcome="released",
    sentence="{service} tries {topic} of {subject} now.",
    text="Try a parked lane now, whatever its backoff.",
)
_act(
    "set-aside",
    EventOperations.set_aside,
    outcome="set aside",
    sentence="{service} set the first waiting event of {subject} on {topic} aside.",
    text="Make the event that blocks a lane a dead letter, so that those behind it go on.",
)
