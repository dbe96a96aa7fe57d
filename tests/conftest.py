"""Fixtures for the outside: a real PostgreSQL and a real Kafka protocol, one of each per test run."""

import gc
import os
import secrets
import ssl
import uuid
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

import certifi
import pytest
import scim2_models  # noqa: F401 (before all others: each of its models looks through all loaded modules)
from tests import examples  # noqa: F401 (registers the profile of `make check`)

from chassis import clock
from chassis.running.garbage import collect_rarely
from chassis.running.leaving import leaving
from local_stack.kafka_cluster import apache, embedded
from local_stack.kafka_cluster.choice import JAR_CACHE, choose_cluster
from local_stack.kafka_cluster.cluster import KafkaAddress, KafkaUnavailable
from local_stack.kafka_cluster.jars import find_classpath, find_java
from local_stack.machine.ports import find_free_port
from local_stack.postgres import LocalPostgres
from local_stack.processes.foreign_variables import AWS, LIBPQ, forget_variables

_LONGEST_VALUE_IN_A_NAME = 80

# Levels by the time that one of their files takes.
LONGEST_FIRST = (
    "faults",
    "end_to_end",
    "containers",
    "benchmarks",
    "browser",
    "judges",
    "integration",
    "contracts",
    "unit",
)

pytest_plugins = ["tests.emitted_events", "tests.restored_logging", "tests.answered_problems"]


@pytest.fixture(scope="session", autouse=True)
def _public_certificates_read_once() -> Iterator[None]:
    """Each client and each call of httpx reads them anew, which costs more than the call itself."""
    create = ssl.create_default_context
    public = cache(lambda: create(cafile=certifi.where()))

    def shared(*purpose: Any, **options: Any) -> ssl.SSLContext:
        is_public = not purpose and options == {"cafile": certifi.where()}
        return public() if is_public else create(*purpose, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", shared)
        yield


@pytest.fixture(autouse=True)
def _nobody_is_leaving() -> Iterator[None]:
    """A worker that ran in this process has left: what the next test calls outside may go on."""
    yield
    leaving.clear()


@pytest.fixture
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """No time passes: what is counted by the day or month is not counted anew at midnight."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    return now


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalPostgres]:
    """A throwaway PostgreSQL server, fast because a crash of the machine may destroy it."""
    folder = tmp_path_factory.mktemp("postgres")
    server = LocalPostgres(folder, find_free_port(), secrets.token_urlsafe(), throwaway=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def database_url(postgres: LocalPostgres) -> Iterator[str]:
    """The address of a fresh, empty database, for a role that may do nothing but own it."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    yield postgres.ensure_database(name, owner="tests", password="tests")
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaAddress]:
    """One broker that makes topics by itself: Apache Kafka where it can run, else the built-in cluster."""
    environ = {**os.environ, "KAFKA": embedded.KIND if why_no_apache() else apache.KIND}
    cluster = choose_cluster(tmp_path_factory.mktemp("kafka"), environ, print, auto_create_topics=True)
    yield cluster.start()
    cluster.stop()


@cache
def why_no_apache() -> str | None:
    """Why Apache Kafka cannot run here, None when it can; fetches its jars on the first call."""
    if os.environ.get("KAFKA") == embedded.KIND:
        return "KAFKA=embedded"
    try:
        find_java(os.environ)
        find_classpath(os.environ, JAR_CACHE)
    except KafkaUnavailable as reason:
        return str(reason)
    return None


def pytest_configure() -> None:
    """Servers and stand-ins are ours, whatever the shell says of others."""
    forget_variables(os.environ, LIBPQ, AWS)


def pytest_collection() -> None:
    """What is imported stays: not to collect garbage meanwhile takes a quarter off."""
    gc.disable()


def pytest_collection_finish() -> None:
    collect_rarely()


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a long value by its beginning.

    A process started in a test inherits its name, and Linux takes no variable over 128 KiB.
    """
    if isinstance(val, (str, bytes)) and len(val) > _LONGEST_VALUE_IN_A_NAME:
        return f"{val[:_LONGEST_VALUE_IN_A_NAME]!a}...{len(val)}"
    return None


def pytest_itemcollected(item: pytest.Item) -> None:
    """Two workers share the tests by file; those that start whole stacks follow each other on one of them."""
    group = "stacks" if _level(item) in {"faults", "end_to_end"} else str(item.path)
    item.add_marker(pytest.mark.xdist_group(group))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that both workers end at about the same time."""
    items.sort(key=lambda item: LONGEST_FIRST.index(_level(item)))


def _level(item: pytest.Item) -> str:
    return item.path.relative_to(item.config.rootpath / "tests").parts[0]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests marked `apache` need it."""
    if item.get_closest_marker("apache") and (reason := why_no_apache()):
        pytest.skip(f"no Apache Kafka: {reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With REQUIRE_APACHE nothing may have been left out."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("REQUIRE_APACHE") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was left out."""
    skipped = len(terminalreporter.stats.get("skipped", []))
    if skipped and os.environ.get("REQUIRE_APACHE"):
        terminalreporter.write_line(
            f"REQUIRE_APACHE is set, yet {skipped} tests were skipped: that is a failure"
        )
    elif skipped and (reason := why_no_apache()):
        terminalreporter.write_line(f"No Apache Kafka here ({reason}): what needs it was skipped")
