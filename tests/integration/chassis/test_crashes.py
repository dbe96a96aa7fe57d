"""Real processes killed at failpoints under load: nothing lost, nothing doubled, nothing out of order."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaProducer
from tests.integration.chassis.broker_readings import first_seen, grows_to, read_topic, until
from tests.integration.chassis.conftest import Rows
from tests.integration.chassis.processes import Kept, look_after_for
from tests.integration.chassis.things import said_on

from chassis.service import Service
from local_stack.kafka_cluster.cluster import KafkaAddress

SUBJECTS = [f"s{number}" for number in range(10)]
TURNS_LEAST = 20
TURNS_MOST = 1_000


@pytest.fixture
def environ(tally_environ: dict[str, str], kafka: KafkaAddress) -> dict[str, str]:
    version = ".".join(str(part) for part in kafka.api_version or ())
    return tally_environ | {
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "KAFKA_API_VERSION": version,
    }


@pytest.fixture
def processes(service: Service, environ: dict[str, str], tmp_path: Path) -> Iterator[list[Kept]]:
    """Relay, consumer and worker, each killed at its failpoints now and then."""
    kept = [
        Kept("relay-1", environ, tmp_path, "relay.after_ack=kill:0.1,relay.after_mark=kill:0.1"),
        Kept("relay-2", environ, tmp_path, "relay.before_send=kill:0.02,relay.after_ack=kill:0.1"),
        Kept(
            "consumer",
            environ | {"CONSUMER_INSTANCE": environ["TALLY_GROUP"]},
            tmp_path,
            "consumer.before_commit=kill:0.1,consumer.after_commit=kill:0.1,consumer.after_apply=kill:0.1",
        ),
        Kept("worker", environ, tmp_path, "worker.after_task=kill:0.05"),
    ]
    yield kept
    for process in kept:
        process.stop()


@pytest.mark.timeout(400)
def test_kills_under_load_lose_double_and_disorder_nothing(
    service: Service,
    environ: dict[str, str],
    kafka: KafkaAddress,
    rows: Rows,
    processes: list[Kept],
) -> None:
    turns = 0
    while turns < TURNS_LEAST or any(process.deaths < 2 for process in processes):
        turns += 1
        assert turns < TURNS_MOST, "the failpoints were not reached"
        with service.database.begin() as work:
            for subject in SUBJECTS:
                work.emit(said_on(environ["TALLY_HEARD_TOPIC"])(thing=subject, number=turns))
        look_after_for(0.2, processes)
    for process in processes:
        process.spare()
    expected = len(SUBJECTS) * turns
    grows_to(lambda: rows("SELECT count(*) FROM tally")[0], expected)
    grows_to(lambda: rows("SELECT count(*) FROM notes")[0], expected)
    grows_to(lambda: rows("SELECT count(*) FROM outbox WHERE published_at IS NOT NULL")[0], 2 * expected)
    in_order = list(range(1, turns + 1))
    for subject in SUBJECTS:
        assert rows("SELECT number FROM tally WHERE subject = %s ORDER BY id", subject) == in_order
    assert rows("SELECT count(*), count(DISTINCT event_id) FROM tally") == [(expected, expected)]
    assert rows("SELECT count(*) FROM lane_holes") == [0]
    for topic in (environ["TALLY_HEARD_TOPIC"], environ["TALLY_ANSWER_TOPIC"]):
        assert first_seen(read_topic(kafka, topic, expected)) == dict.fromkeys(SUBJECTS, in_order)


def test_rubbish_between_good_records_and_a_clean_leave(
    service: Service, environ: dict[str, str], kafka: KafkaAddress, rows: Rows, tmp_path: Path
) -> None:
    producer = KafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers, api_version=kafka.api_version, metrics_enabled=False
    )
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", b"1"),
        ("ce_source", b"/gangway/tallies"),
        ("ce_type", b"gangway.thing.said.v1"),
        ("ce_subject", b"a"),
    ]
    topic = environ["TALLY_HEARD_TOPIC"]
    for number, value in enumerate([b'{"number": 1}', b"\xff", b'{"number": 2}']):
        numbered = [*headers, ("ce_sequence", b"%d" % (number + 1))]
        producer.send(topic, key=b"a", value=value, headers=numbered)
    producer.send(topic, key=b"a", value=b"no event at all")
    producer.send(topic, key=b"a", value=None)
    producer.close()
    consumer = Kept("consumer", environ, tmp_path)
    until(lambda: rows("SELECT count(*) FROM dead_letters") == [2])
    until(lambda: rows("SELECT number FROM tally ORDER BY id") == [1, 2])
    assert consumer.stop() == 0
    codes = Counter(rows("SELECT code FROM dead_letters"))
    assert codes == {"data_not_json": 1, "envelope_missing": 1}
    again = Kept("consumer", environ, tmp_path)
    producer = KafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers, api_version=kafka.api_version, metrics_enabled=False
    )
    producer.send(topic, key=b"a", value=b'{"number": 3}', headers=[*headers, ("ce_sequence", b"4")])
    producer.close()
    until(lambda: rows("SELECT number FROM tally ORDER BY id") == [1, 2, 3])
    assert again.stop() == 0
