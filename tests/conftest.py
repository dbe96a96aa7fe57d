"""Fixtures for the outside: a real PostgreSQL and a real Kafka protocol, one of each per test run."""

import os
import secrets
import uuid
from collections.abc import Iterator

import pytest

from gangway.kafka_cluster.choice import choose_cluster
from gangway.kafka_cluster.cluster import KafkaAddress
from gangway.stack.ports import find_free_port
from gangway.stack.postgres import LocalPostgres


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
    environ = {**os.environ, **({"KAFKA": "apache"} if os.environ.get("REQUIRE_APACHE") else {})}
    cluster = choose_cluster(tmp_path_factory.mktemp("kafka"), environ, print, auto_create_topics=True)
    yield cluster.start()
    cluster.stop()
