"""`gangway events tail` on a real log."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from kafka import KafkaProducer
from tests.contracts.event_records import record_of

from chassis.messaging.records import KeptRecord
from chassis.settings.kafka_address import KafkaAddress as Reached
from contract_tools import load_contracts
from contract_tools.topic_reader import TopicReader
from local_stack.kafka_cluster.cluster import KafkaAddress
from operator_cli.command import main

CONTRACTS = load_contracts(Path(__file__).parents[3] / "contracts")


@pytest.fixture
def topic() -> str:
    """A topic of its own that still counts as access.lifecycle.v1: one of its dead letter topics."""
    return f"access.lifecycle.v1.test_{uuid.uuid4().hex[:8]}.dlq"


@pytest.fixture
def producer(kafka: KafkaAddress) -> Iterator[KafkaProducer]:
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers, api_version=kafka.api_version)
    yield producer
    producer.close()


def send(producer: KafkaProducer, topic: str, record: KeptRecord) -> None:
    producer.send(topic, key=record.key, value=record.value, headers=list(record.headers)).get(timeout=30)


def tail(kafka: KafkaAddress, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["events", "tail", "--kafka", kafka.bootstrap_servers, *arguments])


def lines(result: Result) -> list[Any]:
    assert result.stderr == ""
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_what_is_there_is_shown_checked_and_filtered(
    kafka: KafkaAddress, producer: KafkaProducer, topic: str
) -> None:
    waived = record_of(CONTRACTS, "access.waived.v1")
    send(producer, topic, waived)
    send(producer, topic, record_of(CONTRACTS, "access.cleared.v1"))
    send(producer, topic, waived._replace(value=b"rubbish"))
    options = ("--topic", topic, "--from-beginning", "--until-end", "--json")

    result = tail(kafka, *options)
    assert result.exit_code == 1, "a script has to notice what breaks its contract"
    seen = lines(result)
    assert sorted(line["type"].removeprefix("gangway.access.") for line in seen) == [
        "cleared.v1",
        "waived.v1",
        "waived.v1",
    ]
    assert len([line for line in seen if line["problems"]]) == 1
    assert {line["data"]["waived_by"] for line in seen if "waived_by" in line["data"]} == {"[personal]"}

    asked = lines(tail(kafka, *options, "--include-personal", "--type", "access.waived"))
    assert "amara.diallo" in [line["data"]["waived_by"] for line in asked if not line["problems"]]
    assert len(asked) == 2
    sound = tail(kafka, *options, "--type", "access.cleared.v1")
    assert (sound.exit_code, len(lines(sound))) == (0, 1)
    assert lines(tail(kafka, *options, "--partner", str(uuid.uuid4()))) == []


def test_without_from_beginning_only_what_comes_is_shown(
    kafka: KafkaAddress, producer: KafkaProducer, topic: str
) -> None:
    send(producer, topic, record_of(CONTRACTS, "access.cleared.v1"))
    assert lines(tail(kafka, "--topic", topic, "--until-end", "--json")) == []
    with TopicReader(
        Reached(bootstrap_servers=kafka.bootstrap_servers), [topic], from_beginning=False
    ) as reader:
        record = record_of(CONTRACTS, "access.waived.v1")
        send(producer, topic, record)
        assert next(reader.records()).value == record.value


def test_a_topic_that_is_not_there_is_named(kafka: KafkaAddress) -> None:
    result = tail(kafka, "--topic", "nothing.here.v1", "--until-end")
    assert result.exit_code == 1
    assert result.stderr == "Error: not on the cluster: nothing.here.v1\n"


def test_one_missing_topic_does_not_hide_the_others(
    kafka: KafkaAddress, producer: KafkaProducer, topic: str
) -> None:
    send(producer, topic, record_of(CONTRACTS, "access.cleared.v1"))
    result = tail(kafka, "--topic", topic, "--topic", "nothing.here.v1", "--from-beginning", "--until-end")
    assert result.exit_code == 0
    assert "access.cleared.v1" in result.stdout
    assert "not on the cluster: nothing.here.v1" in result.stderr


def test_a_broker_that_is_not_there_is_said() -> None:
    result = CliRunner().invoke(main, ["events", "tail", "--kafka", "127.0.0.1:9", "--until-end"])
    assert (result.exit_code, result.stderr) == (1, "Error: no broker answers at 127.0.0.1:9\n")
