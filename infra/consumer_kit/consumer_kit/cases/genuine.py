"""What Gangway really sends, or may send tomorrow: all of it has to be taken with a 2xx."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from consumer_kit.cases.case import Case
from consumer_kit.sample_events import (
    SampleEvent,
    released_events,
    sample_event,
    sample_events,
    schema_of,
)
from consumer_kit.trial import Trial
from consumer_kit.variations import (
    smallest,
    with_grown_values,
    with_unknown_fields,
    without_personal,
)
from consumer_kit.webhooks import Secret, SecretKind

APPROVED = "partner.approved.v1"
BIG_BYTES = 512 * 1024
# Composed and decomposed letters, right to left, beyond 16 bits, joiners, line separators, a long word.
ODD_NAMES = (
    "Åse Ångström & A\u030angstro\u0308m <GmbH> \"quoted\" 'single' \\ back",
    "شركة الاختبار \u200f(عربي)\u200e עברית",
    "𠜎𠜱𡿨 株式会社　👩\u200d👩\u200d👧\u200d👦 🏳️\u200d🌈",
    "Nguyễn Thị Ánh\u2028next\u2029line\u0085\tTab",
    "Z\u0351\u0343\u0346a\u0363\u0359l\u0328\u034fg\u0321\u0348o\u0344\u0341 ไทยไม่มีช่องว่าง हिन्दी",
    "'; DROP TABLE partners; -- {{7*7}} ${jndi:ldap://x} %s %n",
)


def approved(partner_id: str | None = None, sequence: int = 1) -> SampleEvent:
    """A new event, about a new partner unless told otherwise."""
    return sample_event(APPROVED).about(partner_id or str(uuid4()), sequence)


def _every_event(trial: Trial) -> None:
    for event in sample_events():
        trial.takes(event, f"{event.key} {event.case}".rstrip())


def _old_versions(trial: Trial) -> None:
    for event in released_events():
        trial.takes(event, f"{event.key} {event.case}")


def _each(vary: Callable[[Any, Any], Any]) -> Callable[[Trial], None]:
    def play(trial: Trial) -> None:
        for event in sample_events():
            varied = replace(event, data=vary(event.data, schema_of(event.key)))
            if varied.data != event.data:
                trial.takes(varied, f"{event.key} {event.case}".rstrip())

    return play


def _unknown_fields(trial: Trial) -> None:
    for event in sample_events():
        data = with_unknown_fields(event.data)
        trial.takes(replace(event, data=data), f"{event.key} {event.case}".rstrip())
    trial.takes(replace(approved(), extensions={"unheardof": "x"}), "an unknown attribute of the envelope")


def _unknown_types(trial: Trial) -> None:
    for key in ("partner.unheard_of.v1", "unheard.of.v1", "partner.approved.v2", "partner.approved.v99"):
        data = {"partner_id": str(uuid4()), "unheard_of": {"more": [1]}}
        trial.takes(replace(approved(), key=key, data=data), f"type {key}")


def _odd_scripts(trial: Trial) -> None:
    for number, name in enumerate(ODD_NAMES, start=1):
        event = approved()
        trial.takes(replace(event, data={**event.data, "legal_name": name}), f"name {number}")


def _big(trial: Trial) -> None:
    event = approved()
    data = {**event.data, "unheard_of": "ä" * (BIG_BYTES // 2)}
    trial.takes(replace(event, data=data), f"{BIG_BYTES // 1024} KiB")


def _several_signatures(trial: Trial) -> None:
    for what, signatures in _headers_with_several(trial.receiver.secret.kind):
        event = approved()
        genuine = trial.of(event)
        proof = str(genuine.headers["webhook-signature"])
        trial.takes(event, what, genuine.having(webhook_signature=signatures(proof)))


def _headers_with_several(kind: SecretKind) -> Iterator[tuple[str, Callable[[str], str]]]:
    other = Secret.draw(kind).signature("another", "0", b"")
    foreign = f"v1,{'A' * 43}=" if kind is SecretKind.ED25519 else f"v1a,{'A' * 86}=="
    yield "ours comes last", lambda proof: f"{other} {other} {proof}"
    yield "ours comes first", lambda proof: f"{proof} {other}"
    yield "other schemes beside ours", lambda proof: f"{foreign} v9,x {proof}"


def _clocks_differ(trial: Trial) -> None:
    for seconds in (-120, 120):
        event, moment = approved(), str(int(time.time()) + seconds)
        trial.takes(event, f"{seconds:+} s", trial.of(event, timestamp=moment))


def _test_event(trial: Trial) -> None:
    marked = replace(approved(), source="/gangway/integrations", sequence=None, extensions={"istest": "true"})
    trial.takes(marked, "istest")


def _late(trial: Trial) -> None:
    past = datetime.now(UTC) - timedelta(days=20)
    trial.takes(replace(approved(), time=past), "an event of twenty days ago, signed now")


GENUINE = (
    Case(
        "every-event",
        "An example of every event",
        "What is not taken comes again for six days, and then your endpoint is disabled.",
        _every_event,
    ),
    Case(
        "old-versions",
        "Every example that was ever released",
        "A replay may bring events as they were sent back then.",
        _old_versions,
    ),
    Case(
        "no-personal-fields",
        "Events without their personal fields",
        "Without the personal scope these fields are left out, even where the schema requires them.",
        _each(without_personal),
    ),
    Case(
        "required-fields-only",
        "Events without any optional field",
        "Optional fields come and go within a version.",
        _each(smallest),
    ),
    Case(
        "unknown-fields",
        "Unknown fields in data and envelope",
        "Fields may join at any time, without a new version.",
        _unknown_fields,
    ),
    Case(
        "grown-values",
        "Values that joined an enum",
        "Values may join the enums that say so, without a new version.",
        _each(with_grown_values),
    ),
    Case(
        "unknown-types",
        "Unknown types and versions",
        "New types will come. What you refuse comes again for six days: answer 2xx and ignore it.",
        _unknown_types,
    ),
    Case(
        "odd-scripts",
        "Names in all scripts, and such that look like code",
        "Companies are called so. Sign and store bytes, not decoded and re-encoded text.",
        _odd_scripts,
    ),
    Case(
        "big",
        f"An event of {BIG_BYTES // 1024} KiB",
        "Lists grow; a limit below Kafka's megabyte will refuse an event some day.",
        _big,
    ),
    Case(
        "several-signatures",
        "Several signatures in one header",
        "While a secret is rotated, both sign; one signature that fits is enough, wherever it stands.",
        _several_signatures,
    ),
    Case(
        "clocks-differ",
        "Timestamps two minutes off",
        "Clocks differ, and requests wait in queues; five minutes are the tolerance of Standard Webhooks.",
        _clocks_differ,
    ),
    Case(
        "late",
        "An event that happened long ago",
        "Retries and replays bring old events: webhook-timestamp says when it was sent, time when it was.",
        _late,
    ),
    Case(
        "test-event",
        "A test event",
        "The button that sends one to your endpoint marks it with istest; it wants a 2xx too.",
        _test_event,
    ),
)
