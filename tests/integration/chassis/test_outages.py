"""PostgreSQL goes away under running processes and comes back: nothing lost, doubled or disordered."""

import secrets
import signal
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest
from tests.integration.chassis.broker_readings import first_seen, grows_to, read_topic
from tests.integration.chassis.conftest import Rows
from tests.integration.chassis.processes import Kept
from tests.integration.chassis.things import said_on
from tests.integration.silence import frozen

from chassis.service import Service
from local_stack.kafka_cluster.apache import ApacheKafka
from local_stack.kafka_cluster.choice import JAR_CACHE
from local_stack.kafka_cluster.cluster import KafkaAddress
from local_stack.machine.ports import find_free_port
from local_stack.postgres import LocalPostgres

pytestmark = [pytest.mark.apache, pytest.mark.timeout(240)]

PROCESSES = ["relay", "consumer", "worker"]
SUBJECTS = [f"s{number}" for number in range(10)]


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalPostgres]:
    """A server of this module's own; what it told as committed survives its crash."""
    server = LocalPostgres(tmp_path_factory.mktemp("postgres"), find_free_port(), secrets.token_urlsafe())
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApacheKafka]:
    folder = tmp_path_factory.mktemp("kafka")
    ports = [find_free_port()], [find_free_port()]
    cluster = ApacheKafka(folder, *ports, jar_cache=JAR_CACHE, auto_create_topics=True)
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture
def processes(
    service: Service, cluster: ApacheKafka, tally_environ: dict[str, str], tmp_path: Path
) -> Iterator[list[Kept]]:
    """Relay, consumer and worker of the example."""
    environ = tally_environ | {"KAFKA_BOOTSTRAP_SERVERS": cluster.address.bootstrap_servers}
    kept = [Kept(name, environ, tmp_path) for name in PROCESSES]
    yield kept
    for process in kept:
        process.stop()


class Load:
    """Turns of one event per subject, and what must have come of them at the end."""

    def __init__(self, service: Service, environ: dict[str, str], rows: Rows) -> None:
        self._service = service
        self._environ = environ
        self._rows = rows
        self.turns = 0

    def take_turns(self, number: int) -> None:
        for _ in range(number):
            self.turns += 1
            with self._service.database.begin() as work:
                for subject in SUBJECTS:
                    work.emit(said_on(self._environ["TALLY_HEARD_TOPIC"])(thing=subject, number=self.turns))

    def arrives(self) -> None:
        """Every effect, every job, every answer sent."""
        expected = len(SUBJECTS) * self.turns
        grows_to(lambda: self._rows("SELECT count(*) FROM tally")[0], expected)
        grows_to(lambda: self._rows("SELECT count(*) FROM notes")[0], expected)
        published = "SELECT count(*) FROM outbox WHERE published_at IS NOT NULL"
        grows_to(lambda: self._rows(published)[0], 2 * expected)

    def is_published(self) -> None:
        """All that was said is in Kafka, though its answers may still be missing."""
        heard = self._environ["TALLY_HEARD_TOPIC"]
        query = "SELECT count(*) FROM outbox WHERE published_at IS NOT NULL AND topic = %s"
        grows_to(lambda: self._rows(query, heard)[0], len(SUBJECTS) * self.turns)

    def arrived_once_and_in_order(self, kafka: KafkaAddress) -> None:
        in_order = list(range(1, self.turns + 1))
        for subject in SUBJECTS:
            query = "SELECT number FROM tally WHERE subject = %s ORDER BY id"
            assert self._rows(query, subject) == in_order
        assert self._rows("SELECT count(*) FROM lane_holes") == [0]
        assert self._rows("SELECT count(*) FROM dead_letters") == [0]
        for topic in (self._environ["TALLY_HEARD_TOPIC"], self._environ["TALLY_ANSWER_TOPIC"]):
            records = read_topic(kafka, topic, len(SUBJECTS) * self.turns)
            assert first_seen(records) == dict.fromkeys(SUBJECTS, in_order)


@pytest.fixture
def load(service: Service, tally_environ: dict[str, str], rows: Rows) -> Load:
    return Load(service, tally_environ, rows)


def test_the_database_comes_back_after_a_crash(
    postgres: LocalPostgres, cluster: ApacheKafka, processes: list[Kept], load: Load
) -> None:
    load.take_turns(3)
    load.arrives()
    load.take_turns(20)
    postgres.stop(signal.SIGQUIT)
    time.sleep(1.5)  # long enough for several tries of each process
    postgres.start()
    load.take_turns(3)
    load.arrives()
    load.arrived_once_and_in_order(cluster.address)
    assert [process.process.poll() for process in processes] == [None, None, None]


class Silence:
    """The example's processes, and the ways in which their database says nothing."""

    def __init__(
        self, service: Service, postgres: LocalPostgres, environ: dict[str, str], folder: Path
    ) -> None:
        self._service = service
        self._server = postgres.process_id or 0
        self._folder = folder
        own = {
            "DATABASE_STATEMENT_TIMEOUT_SECONDS": "1.5",
            "DATABASE_LOCK_TIMEOUT_SECONDS": "0.5",
        }
        self.processes = [Kept(name, environ | own, folder) for name in PROCESSES]

    def of_kind(self, kind: str) -> AbstractContextManager[None]:
        return frozen(self._server) if kind == "frozen" else self._held_by_somebody()

    def process_id(self, name: str) -> int:
        return self.processes[PROCESSES.index(name)].process.pid

    def told_by(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text()

    def close(self) -> None:
        for process in self.processes:
            process.stop()

    @contextmanager
    def _held_by_somebody(self) -> Iterator[None]:
        """A person's session that forgot its transaction."""
        with self._service.database.begin() as work:
            work.connection.exec_driver_sql("LOCK TABLE lanes, tally IN ACCESS EXCLUSIVE MODE")
            yield


@pytest.fixture
def silence(
    service: Service,
    postgres: LocalPostgres,
    cluster: ApacheKafka,
    tally_environ: dict[str, str],
    tmp_path: Path,
) -> Iterator[Silence]:
    address = {"KAFKA_BOOTSTRAP_SERVERS": cluster.address.bootstrap_servers}
    silence = Silence(service, postgres, tally_environ | address, tmp_path)
    yield silence
    silence.close()


@pytest.mark.parametrize("kind", ["frozen", "locked"])
def test_a_silent_database_is_given_up_and_found_again(
    cluster: ApacheKafka, silence: Silence, load: Load, kind: str
) -> None:
    load.take_turns(3)
    load.arrives()
    with ExitStack() as silent:
        with frozen(silence.process_id("consumer")):  # events wait in Kafka until the database is silent
            load.take_turns(20)
            load.is_published()
            silent.enter_context(silence.of_kind(kind))
        grows_to(lambda: "consumer pauses" in silence.told_by("consumer"), True)
        if kind != "locked":
            grows_to(lambda: "relay starts anew" in silence.told_by("relay"), True)
    load.take_turns(3)
    load.arrives()
    load.arrived_once_and_in_order(cluster.address)
    assert [process.process.poll() for process in silence.processes] == [None, None, None]
