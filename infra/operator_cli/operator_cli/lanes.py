"""`gangway lanes …`: what a service keeps of one partner on one topic."""

from operator_cli.described import DescribedGroup, Given
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

lanes = DescribedGroup(
    "lanes", help="Lanes: one partner's events on one topic, in their order, as a service sees them."
)
lanes.listing(
    "list",
    "GET /v1/lanes/parked",
    "List parked lanes: an event could not be handled yet, and those behind it wait.",
    _PARKED,
    nothing="No lane is parked.",
)
lanes.listing(
    "show",
    "GET /v1/lanes",
    "Show all lanes of one partner, open and parked; SUBJECT is its whole id.",
    _OF_ONE,
    Given("subject"),
    nothing="No event of this subject came.",
)
lanes.listing(
    "holes",
    "GET /v1/lanes/holes",
    "List numbers that were jumped over and have not come since.",
    _HOLES,
    nothing="No holes.",
)
lanes.act(
    "close-hole",
    "POST /v1/lanes/holes/close",
    "Give events up that never came; FIRST and LAST as `holes` tells them.",
    "{service} waits for {first_missing} to {last_missing} of {subject} on {topic} no longer.",
    Given("topic"),
    Given("subject"),
    Given("first_missing", name="first"),
    Given("last_missing", name="last"),
    outcome="closed",
)
lanes.act(
    "release",
    "POST /v1/lanes/release",
    "Try a parked lane now, whatever its backoff.",
    "{service} tries {topic} of {subject} now.",
    Given("topic"),
    Given("subject"),
    outcome="released",
)
lanes.act(
    "set-aside",
    "POST /v1/lanes/set-aside",
    "Make the event that blocks a lane a dead letter, so that those behind it go on.",
    "{service} set the first waiting event of {subject} on {topic} aside.",
    Given("topic"),
    Given("subject"),
    outcome="set aside",
)
