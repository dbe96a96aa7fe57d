"""`gangway records skip|skips`: single records of a topic, by their place."""

from operator_cli.described import DescribedGroup, Given
from operator_cli.screen import Column, at

_SKIPS: tuple[Column, ...] = (
    ("service", "service"),
    ("topic", "topic"),
    ("partition", "partition"),
    ("offset", "offset"),
    ("asked", at("asked_at")),
    ("by", "actor"),
    ("because", "reason"),
)

records = DescribedGroup("records", help="Single records of a topic, by their place.")
records.act(
    "skip",
    "POST /v1/records/skips",
    "Have a consumer that stops at a record make it a dead letter; its log names topic and place.",
    "{service} will lay {topic}/{partition}@{offset} aside as a dead letter.",
    Given("topic"),
    Given("partition"),
    Given("offset"),
)
records.listing("skips", "GET /v1/records/skips", "List the records that are still to be skipped.", _SKIPS)
