"""What comes twice, late, or out of order: it has to be taken with a 2xx, and to count once."""

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from consumer_kit.cases.case import Case
from consumer_kit.cases.genuine import approved
from consumer_kit.sample_events import sample_event
from consumer_kit.trial import Trial

AT_ONCE = 5
MANY_BETWEEN = 100


def _twice(trial: Trial) -> None:
    event = approved()
    trial.takes(event, "first attempt")
    trial.takes(event, "second attempt")
    moment = str(int(time.time()) - 60)
    trial.takes(event, "with another timestamp and signature", trial.of(event, timestamp=moment))
    trial.has_effects(event, 1, "three attempts")
    for _ in range(MANY_BETWEEN):
        trial.send(trial.of(approved()))
    if trial.takes(event, f"after {MANY_BETWEEN} others"):
        trial.has_effects(event, 1, f"again after {MANY_BETWEEN} others")


def _at_once(trial: Trial) -> None:
    event = approved()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda number: trial.takes(event, f"attempt {number}"), range(1, AT_ONCE + 1)))
    trial.has_effects(event, 1, f"{AT_ONCE} attempts at once")


def _out_of_order(trial: Trial) -> None:
    partner = str(uuid4())
    first, late, newest = (approved(partner, sequence) for sequence in (1, 2, 3))
    for event, what in ((first, "1"), (newest, "3, before 2"), (late, "2, after 3")):
        if trial.takes(event, f"sequence {what}"):
            trial.has_effects(event, 1, f"sequence {what}")
    trial.stands_at(newest, 3, "after 1, 3, 2")


def _several_topics(trial: Trial) -> None:
    partner = str(uuid4())
    of_another_source, of_the_same = (
        sample_event(key).about(partner, 1) for key in ("access.granted.v1", "partner.state.v1")
    )
    for event in (approved(partner, 9), of_another_source, of_the_same):
        what = f"sequence {event.sequence} of {event.topic}"
        if trial.takes(event, what):
            trial.has_effects(event, 1, what)


def _with_a_hole(trial: Trial) -> None:
    partner = str(uuid4())
    for sequence in (7, 9):
        trial.takes(approved(partner, sequence), f"sequence {sequence}")


REPEATED = (
    Case(
        "duplicates",
        "The same event three times, and once more after many others",
        "Delivery is at least once. Remember webhook-id, answer 2xx to what you have seen, and act once.",
        _twice,
        is_about_effects=True,
    ),
    Case(
        "duplicates-at-once",
        "The same event five times at the same moment",
        "A retry may overtake an attempt that hangs: remember webhook-id in the transaction of the effect.",
        _at_once,
        is_about_effects=True,
    ),
    Case(
        "out-of-order",
        "A partner's events in the order 1, 3, 2",
        "After a replay, or without order by partner, events come late: take them, and let the newer win.",
        _out_of_order,
        is_about_effects=True,
    ),
    Case(
        "two-topics",
        "A partner's events of several topics, two of them from one source",
        "Each topic has numbers of its own: a low one is not old because another topic is further. "
        "A source has several topics; which a type is on is in the catalogue and in GET /v1/event-types.",
        _several_topics,
        is_about_effects=True,
    ),
    Case(
        "holes",
        "A partner's events with numbers missing",
        "Events that you did not subscribe to leave holes in the sequence; they are no reason to refuse.",
        _with_a_hole,
    ),
)
