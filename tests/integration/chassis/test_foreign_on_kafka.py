"""What any producer can write into a topic stops no consumer, down to names, codecs and sizes."""

from pathlib import Path

import pytest
from kafka import KafkaProducer
from tests.integration.chassis.broker_readings import until
from tests.integration.chassis.conftest import Rows, Say
from tests.integration.chassis.processes import Kept

from chassis.messaging.consumer.skips import ask_to_skip
from chassis.messaging.records import KeptRecord
from chassis.service import Service
from chassis.settings.kafka_address import KafkaAddress as Reached
from contract_tools.topic_reader import TopicReader
from local_stack.kafka_cluster.cluster import KafkaAddress

CODECS = (None, "gzip", "snappy", "lz4", "zstd")


class NoText(str):
    """A header's name that is no UTF-8 on the wire."""

    __slots__ = ()

    def encode(self, *_: object) -> bytes:
        return b"\xff\xfename\xc3"


@pytest.fixture
def environ(tally_environ: dict[str, str], kafka: KafkaAddress) -> dict[str, str]:
    version = ".".join(str(part) for part in kafka.api_version or ())
    return tally_environ | {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers, "KAFKA_API_VERSION": version}


def send(kafka: KafkaAddress, codec: str | None, *records: KeptRecord) -> list[int]:
    """Return their offsets; all go to one partition, in one batch if the client likes."""
    producer = KafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers,
        api_version=kafka.api_version,
        compression_type=codec,
        linger_ms=50,
        metrics_enabled=False,
    )
    sent = [
        producer.send(record.topic, record.value, record.key, list(record.headers), partition=0)
        for record in records
    ]
    producer.flush()
    offsets = [future.get(20).offset for future in sent]
    producer.close()
    return offsets


def test_no_name_and_no_codec_stops_a_reader(
    environ: dict[str, str], kafka: KafkaAddress, rows: Rows, say: Say, tmp_path: Path
) -> None:
    odd = [(NoText("odd"), b"\xff"), (NoText("odder"), b""), ("x" * 30_000, b"\x00")]
    for number, codec in enumerate(CODECS):
        forged = say("a", 66, sequence=1, source="/elsewhere")
        genuine = say("a", number)
        records = [forged._replace(headers=[*odd, *forged.headers]), genuine]
        many = genuine._replace(headers=[*genuine.headers, *odd, *[("h", b"\xff")] * 2_000])
        send(kafka, codec, *records, many)
    with TopicReader(
        Reached(bootstrap_servers=kafka.bootstrap_servers),
        [environ["TALLY_HEARD_TOPIC"]],
        from_beginning=True,
    ) as reader:
        assert len(list(reader.records(until_end=True))) == 3 * len(CODECS)
    consumer = Kept("consumer", environ, tmp_path)
    until(lambda: rows("SELECT number FROM tally ORDER BY id") == list(range(len(CODECS))))
    assert consumer.stop() == 0
    assert rows("SELECT code, count(*) FROM dead_letters GROUP BY code") == [
        ("source_not_the_owner", len(CODECS))
    ]


def test_a_consumer_that_one_record_stops_goes_on_past_it(
    service: Service, environ: dict[str, str], kafka: KafkaAddress, *, rows: Rows, say: Say, tmp_path: Path
) -> None:
    offsets = send(kafka, None, say("a", 1), say("a", 2, crash=True), say("a", 3))
    stopped = Kept("consumer", environ, tmp_path)
    assert stopped.process.wait(30) != 0
    stopped.stop()
    log = (tmp_path / "consumer.log").read_text()
    assert f"offset={offsets[1]}" in log
    assert "records skip" in log
    with service.database.begin() as work:
        place = (environ["TALLY_HEARD_TOPIC"], 0, offsets[1])
        ask_to_skip(work.connection, environ["TALLY_GROUP"], place, actor="vera", reason="a fault of ours")
    consumer = Kept("consumer", environ, tmp_path)
    until(lambda: rows("SELECT number FROM tally ORDER BY id") == [1, 3])
    assert consumer.stop() == 0
    assert rows("SELECT code, message FROM dead_letters") == [("skipped_by_operator", "a fault of ours")]
