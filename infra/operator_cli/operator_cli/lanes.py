"""`gangway lanes …`: what a service keeps of one partner on one topic."""

import click

from operator_cli.access import SERVICES
from operator_cli.desk import Desk, at_desk, reason_option, service_option
from operator_cli.screen import Column, at

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
_any_service = click.option("--service", type=click.Choice(SERVICES), help="Only of this service.")


@click.group()
def lanes() -> None:
    """Lanes: one partner's events on one topic, in their order, as a service sees them."""


@lanes.command("list")
@_any_service
@at_desk
def list_lanes(desk: Desk, *, service: str | None) -> None:
    """List parked lanes: an event could not be handled yet, and those behind it wait."""
    names = [service] if service else desk.services
    rows = [{"service": name, **lane} for name in names for lane in desk.events_of(name).parked_lanes()]
    desk.screen.rows(rows, _PARKED, "No lane is parked.")


@lanes.command("holes")
@_any_service
@at_desk
def list_holes(desk: Desk, *, service: str | None) -> None:
    """List numbers that were jumped over and have not come since."""
    names = [service] if service else desk.services
    rows = [{"service": name, **hole} for name in names for hole in desk.events_of(name).holes()]
    desk.screen.rows(rows, _HOLES, "No holes.")


@lanes.command("close-hole")
@click.argument("topic")
@click.argument("subject")
@click.argument("first", type=click.IntRange(1))
@click.argument("last", type=click.IntRange(1))
@service_option
@reason_option
@at_desk
def close_hole(
    desk: Desk, *, service: str, topic: str, subject: str, first: int, last: int, reason: str
) -> None:
    """Give events up that never came; FIRST and LAST as `holes` tells them."""
    desk.events_of(service).close_hole(topic, subject, (first, last), reason)
    told = {"service": service, "topic": topic, "subject": subject, "outcome": "closed"}
    desk.screen.outcome(told, f"{service} waits for {first} to {last} of {subject} on {topic} no longer.")


@lanes.command("release")
@click.argument("topic")
@click.argument("subject")
@service_option
@reason_option
@at_desk
def release(desk: Desk, *, service: str, topic: str, subject: str, reason: str) -> None:
    """Try a parked lane now, whatever its backoff."""
    desk.events_of(service).release_lane(topic, subject, reason)
    told = {"service": service, "topic": topic, "subject": subject, "outcome": "released"}
    desk.screen.outcome(told, f"{service} tries {topic} of {subject} now.")


@lanes.command("set-aside")
@click.argument("topic")
@click.argument("subject")
@service_option
@reason_option
@at_desk
def set_aside(desk: Desk, *, service: str, topic: str, subject: str, reason: str) -> None:
    """Make the event that blocks a lane a dead letter, so that those behind it go on."""
    desk.events_of(service).set_aside(topic, subject, reason)
    told = {"service": service, "topic": topic, "subject": subject, "outcome": "set aside"}
    desk.screen.outcome(told, f"{service} set the first waiting event of {subject} on {topic} aside.")
