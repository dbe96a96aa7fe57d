"""Operators have a record skipped: one that stands in the log, and that the consumer has not read."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from tests.integration.chassis.broker_readings import until
from tests.integration.chassis.conftest import Command, Rows, Say
from tests.integration.chassis.processes import Kept
from tests.integration.chassis.test_foreign_on_kafka import send
from tests.integration.chassis.test_operators import KEYS, WHY, act, ask, token

from chassis.http.web import create_app
from chassis.messaging.consumer.poll import Poll
from chassis.messaging.records import KeptRecord
from chassis.operating.http import operators_api
from chassis.service import Service
from local_stack.kafka_cluster.cluster import KafkaAddress

Written = Callable[..., list[KeptRecord]]


@pytest.fixture
def tally_environ(tally_environ: dict[str, str], kafka: KafkaAddress) -> dict[str, str]:
    version = ".".join(str(part) for part in kafka.api_version or ())
    reached = {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers, "KAFKA_API_VERSION": version}
    return tally_environ | reached | {"OPS_TOKEN_PUBLIC_KEY": KEYS[1]}


@pytest.fixture
def written(kafka: KafkaAddress) -> Written:
    """Records as they stand in the log."""

    def write(*records: KeptRecord) -> list[KeptRecord]:
        assert send(kafka, None, *records) == [record.offset for record in records]
        return list(records)

    return write


def test_a_record_that_stops_the_consumer_is_skipped_and_may_be_replayed(
    command: Command, client: FlaskClient, poll: Poll, *, written: Written, say: Say, rows: Rows
) -> None:
    records = written(say("a", 1), say("a", 2, crash=True), say("a", 3), say("b", 1))
    with pytest.raises(ZeroDivisionError):
        poll.handle(records)
    assert poll.done == 1
    place = (records[1].topic, str(records[1].partition), str(records[1].offset))
    elsewhere = command("records", "skip", "other.topic", *place[1:], *WHY)
    assert (elsewhere.exit_code, elsewhere.stderr) == (1, "Error: tallies does not read other.topic.\n")
    assert command("records", "skip", *place).exit_code == 2
    assert command("records", "skip", *place, "--by", "vera", *WHY).exit_code == 0
    assert "is to be skipped already" in command("records", "skip", *place, *WHY).stderr
    [asked] = ask(client, "/v1/records/skips")["skips"]
    assert (asked["offset"], asked["actor"]) == (records[1].offset, "vera")
    assert poll.handle(records) == 4, "also while it runs"
    assert rows("SELECT subject, number FROM tally ORDER BY id") == [("a", 1), ("a", 3), ("b", 1)]
    assert rows("SELECT code, message, subject, sequence FROM dead_letters") == [
        ("skipped_by_operator", "asked for", "a", 2)
    ]
    assert rows("SELECT last_sequence, hole_count FROM lanes WHERE subject = 'a'") == [(3, 0)]
    assert ask(client, "/v1/records/skips")["skips"] == []
    assert poll.handle(records) == 4, "it is known by its number now"
    poll.load()
    [anew] = [say("a", 4)]
    poll.handle([anew._replace(offset=records[1].offset)])
    assert rows("SELECT number FROM tally WHERE subject = 'a' ORDER BY id") == [1, 3, 4], "a topic made anew"
    assert rows("SELECT actor, action, target, reason FROM operator_actions") == [
        ("vera", "skip record", f"{place[0]}/{place[1]}@{place[2]}", "asked for")
    ]


def test_a_record_that_kills_is_skipped_before_it_is_handled(
    command: Command, client: FlaskClient, poll: Poll, *, written: Written, say: Say, rows: Rows
) -> None:
    """As after a start: what was asked for while the consumer was down is known to it."""
    [record] = written(say("a", 1))
    place = (record.topic, str(record.partition), str(record.offset))
    assert command("records", "skip", *place, *WHY).exit_code == 0
    poll.load()
    poll.handle([record, say("a", 2)])
    assert rows("SELECT number FROM tally") == [2]
    [letter] = rows("SELECT id FROM dead_letters")
    assert act(client, f"/v1/dead-letters/{letter}/replay").json["outcome"] == "replayed"
    assert rows("SELECT number FROM tally ORDER BY id") == [2, 1]


def test_only_what_is_there_and_unread_is_skipped(
    client: FlaskClient,
    tally_environ: dict[str, str],
    *,
    written: Written,
    say: Say,
    rows: Rows,
    tmp_path: Path,
) -> None:
    """The consumer that stops has committed the place where it does, in the middle of a poll, too."""
    records = written(say("a", 1), say("b", 1), say("a", 2, crash=True), say("a", 3))
    stopped = Kept("consumer", tally_environ, tmp_path)
    assert stopped.process.wait(60) != 0
    stopped.stop()
    [position] = ask(client, "/v1/positions")["positions"]
    assert (position["next_offset"], position["unread"]) == (records[2].offset, 2)

    place = {"topic": records[0].topic, "partition": 0, "reason": "by HTTP"}

    def refusal(**more: object) -> tuple[int, str, str]:
        answer = client.post("/v1/records/skips", json=place | more, headers=token("operator"))
        told = answer.get_json()
        return answer.status_code, told["code"], told["errors"][0]["pointer"]

    stuck = place | {"offset": records[2].offset}
    assert client.post("/v1/records/skips", json=stuck, headers=token("viewer")).status_code == 403
    assert refusal(topic="other.topic", offset=2) == (422, "topic_not_read", "/topic")
    assert refusal(partition=99, offset=2) == (422, "no_such_partition", "/partition")
    assert refusal(offset=4) == (422, "not_yet_written", "/offset")
    assert refusal(offset=1) == (409, "read_already", "/offset")
    assert rows("SELECT * FROM record_skips") == []
    assert client.post("/v1/records/skips", json=stuck, headers=token("operator")).status_code == 204
    assert client.post("/v1/records/skips", json=stuck, headers=token("operator")).status_code == 409

    consumer = Kept("consumer", tally_environ, tmp_path)
    until(lambda: rows("SELECT number FROM tally WHERE subject = 'a' ORDER BY id") == [1, 3])
    assert consumer.stop() == 0


def test_nothing_is_skipped_unseen_where_no_broker_answers(
    service: Service, tally_environ: dict[str, str], rows: Rows
) -> None:
    from tallies.bootstrap import build_service  # noqa: PLC0415 - found only once its folder is on the path

    without = build_service(tally_environ | {"KAFKA_BOOTSTRAP_SERVERS": "kafka.invalid:9092"})
    client = create_app(without, __name__, title="Tallies", api=[operators_api]).test_client()
    answer = act(client, "/v1/records/skips", topic=tally_environ["TALLY_HEARD_TOPIC"], partition=0, offset=0)
    assert (answer.status_code, answer.json["code"]) == (503, "kafka_unavailable")
    assert rows("SELECT * FROM record_skips") == []
    without.database.dispose()
