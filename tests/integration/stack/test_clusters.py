"""The same exchange over both kinds of cluster, and what only Apache Kafka promises: data outlives a stop."""

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer

from local_stack.kafka_cluster import apache, embedded
from local_stack.kafka_cluster.choice import AnyCluster, choose_cluster
from local_stack.kafka_cluster.cluster import KafkaAddress, KafkaUnavailable
from local_stack.kafka_cluster.jars import KAFKA_FOLDER, find_classpath
from local_stack.kafka_cluster.maven import WAITS, JarsUnavailable, checked_jars


def cluster_of(kind: str, folder: Path) -> AnyCluster:
    return choose_cluster(folder, {**os.environ, "KAFKA": kind}, print, auto_create_topics=True)


@pytest.fixture(params=[pytest.param(apache.KIND, marks=pytest.mark.apache), embedded.KIND])
def cluster(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AnyCluster]:
    cluster = cluster_of(request.param, tmp_path)
    yield cluster
    cluster.stop()


def client_settings(address: KafkaAddress) -> dict[str, Any]:
    return {"bootstrap_servers": address.bootstrap_servers, "api_version": address.api_version}


def send(address: KafkaAddress, topic: str, *values: bytes) -> None:
    producer = KafkaProducer(**client_settings(address), acks="all")
    for value in values:
        producer.send(topic, value, key=b"partner", headers=[("ce_id", b"1")]).get(20)
    producer.close()


def read(address: KafkaAddress, topic: str, count: int) -> list[bytes]:
    consumer = KafkaConsumer(
        topic, **client_settings(address), auto_offset_reset="earliest", group_id="readers"
    )
    values = [next(consumer).value for _ in range(count)]
    consumer.close()
    return values


def test_what_is_sent_is_read(cluster: AnyCluster) -> None:
    address = cluster.start()
    send(address, "there", b"1", b"2")
    assert read(address, "there", 2) == [b"1", b"2"]


@pytest.mark.apache
def test_apache_kafka_keeps_its_data_over_a_restart_wherever_it_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    cluster = cluster_of(apache.KIND, tmp_path / "Jürgen's 'big', $HOME folder")
    try:
        send(cluster.start(), "kept", b"before")
        cluster.stop()
        assert read(cluster.start(), "kept", 1) == [b"before"]
        assert len(list(tmp_path.rglob("kept-?"))) == 4
    finally:
        cluster.stop()


@pytest.mark.apache
def test_a_cluster_id_may_begin_with_a_dash(tmp_path: Path) -> None:
    (tmp_path / "apache").mkdir()
    (tmp_path / "apache" / "cluster_id").write_text("-ZlfbA11SIKbxhYEiguDyQ")
    cluster = cluster_of(apache.KIND, tmp_path)
    assert isinstance(cluster, apache.ApacheKafka)
    cluster.prepare()
    assert list(tmp_path.rglob("meta.properties"))


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KafkaUnavailable, match="KAFKA=rabbit"):
        choose_cluster(tmp_path, {"KAFKA": "rabbit"}, print)


@pytest.mark.apache
def test_jars_that_differ_from_the_list_do_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster_of(apache.KIND, tmp_path)
    monkeypatch.setattr("local_stack.kafka_cluster.jars.KAFKA_FOLDER", tmp_path)
    (tmp_path / "jars.sha256").write_text("0000  kafka.jar\n")
    with pytest.raises(KafkaUnavailable):
        find_classpath({}, tmp_path / "lib")


@pytest.mark.parametrize(
    ("maven", "told"),
    [
        ("exec sleep 60", "Maven was not done after 0.3 s"),
        (
            "echo '[ERROR] Unknown host repo.example -> [Help 1]'; exit 1",
            "fetch them: Unknown host repo.example$",
        ),
    ],
)
def test_what_maven_cannot_fetch_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maven: str, told: str
) -> None:
    program = tmp_path / "mvn"
    program.write_text(f"#!/bin/sh\n{maven}\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr("local_stack.kafka_cluster.maven.PATIENCE_SECONDS", 0.3)
    with pytest.raises(JarsUnavailable, match=told):
        checked_jars(KAFKA_FOLDER, tmp_path / "lib")


@pytest.mark.apache
def test_maven_gives_up_a_repository_that_swallows_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maven = shutil.which("mvn") or pytest.skip("Kafka's jars are here without Maven")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = tmp_path / "settings.xml"
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        mirror = f"<id>silent</id><mirrorOf>*</mirrorOf><url>{url}</url>"
        settings.write_text(f"<settings><mirrors><mirror>{mirror}</mirror></mirrors></settings>")
        program = tmp_path / "mvn"
        repository = f"-s {settings} -Dmaven.repo.local={tmp_path / 'repository'}"
        program.write_text(f'#!/bin/sh\nexec {maven} {repository} "$@"\n')
        program.chmod(0o700)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        waits = [wait.replace("0000", "00") for wait in WAITS]
        monkeypatch.setattr("local_stack.kafka_cluster.maven.WAITS", waits)
        with pytest.raises(JarsUnavailable, match="Read timed out"):
            checked_jars(KAFKA_FOLDER, tmp_path / "lib")
