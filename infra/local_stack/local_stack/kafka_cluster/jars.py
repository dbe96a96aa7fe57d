"""Finds Java and the jars of Apache Kafka on this machine."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from local_stack.kafka_cluster.cluster import KafkaUnavailable
from local_stack.kafka_cluster.maven import JarsUnavailable, checked_jars

KAFKA_FOLDER = Path(__file__).parent
OLDEST_JAVA = 17


def find_java(environ: Mapping[str, str]) -> str:
    """Return the `java` program to use. Raises KafkaUnavailable if it is missing or too old."""
    home = environ.get("JAVA_HOME")
    java = f"{home}/bin/java" if home else shutil.which("java")
    if java is None or not Path(java).exists():
        where = f" at JAVA_HOME={home}" if home else ""
        raise KafkaUnavailable(f"there is no Java {OLDEST_JAVA}{where}")
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    except OSError as error:
        raise KafkaUnavailable(f"{java} does not run: {error.strerror}") from error
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < OLDEST_JAVA:
        raise KafkaUnavailable(f"{java} is older than Java {OLDEST_JAVA}")
    return java


def find_classpath(environ: Mapping[str, str], cache: Path) -> str:
    """Return the class path of Apache Kafka: that of KAFKA_HOME, otherwise Maven's jars, kept in `cache`.

    Raises KafkaUnavailable.
    """
    if home := environ.get("KAFKA_HOME"):
        if not list(Path(home, "libs").glob("kafka_*.jar")):
            raise KafkaUnavailable(f"KAFKA_HOME={home} has no libs/kafka_*.jar")
        return f"{Path(home).resolve()}/libs/*"
    try:
        return checked_jars(KAFKA_FOLDER, cache)
    except JarsUnavailable as reason:
        raise KafkaUnavailable(f"{reason}, and KAFKA_HOME is not set") from reason
