"""Apache Kafka's jars: fetched by Maven once, each checked against the committed list before it is run."""

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from gangway.kafka_cluster.cluster import KafkaUnavailable

KAFKA_FOLDER = Path(__file__).resolve().parents[2] / "kafka"
OLDEST_JAVA = 17
MAVEN_PATIENCE_SECONDS = 300


def find_java(environ: Mapping[str, str]) -> str:
    """Return the `java` program to use; raises KafkaUnavailable when it is missing or too old."""
    home = environ.get("JAVA_HOME")
    java = f"{home}/bin/java" if home else shutil.which("java")
    if java is None or not Path(java).exists():
        where = f" at JAVA_HOME={home}" if home else ""
        raise KafkaUnavailable(f"there is no Java {OLDEST_JAVA}{where}")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < OLDEST_JAVA:
        raise KafkaUnavailable(f"{java} is older than Java {OLDEST_JAVA}")
    return java


def find_classpath(environ: Mapping[str, str], cache: Path) -> str:
    """Return the class path of Apache Kafka: that of KAFKA_HOME, else Maven's jars, kept in `cache`.

    Several processes may ask at once: one fetches, the others wait. Raises KafkaUnavailable.
    """
    if home := environ.get("KAFKA_HOME"):
        if not list(Path(home, "libs").glob("kafka_*.jar")):
            raise KafkaUnavailable(f"KAFKA_HOME={home} has no libs/kafka_*.jar")
        return f"{home}/libs/*"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache.parent / f"{cache.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _differences(cache):
            _fetch(cache)
        if wrong := _differences(cache):
            raise KafkaUnavailable(f"these jars do not match infra/kafka/jars.sha256: {', '.join(wrong)}")
    return f"{cache}/*"


def _fetch(cache: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise KafkaUnavailable("there is no Maven to fetch Apache Kafka with, and KAFKA_HOME is not set")
    shutil.rmtree(cache)
    command = [maven, "--batch-mode", "--quiet", "--file", str(KAFKA_FOLDER / "pom.xml"), *_repository(cache)]
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={cache}"]
    try:
        done = subprocess.run(
            [*command, *goal], capture_output=True, text=True, check=False, timeout=MAVEN_PATIENCE_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise KafkaUnavailable(f"Maven was not done after {MAVEN_PATIENCE_SECONDS} s") from error
    if done.returncode != 0:
        raise KafkaUnavailable(f"Maven could not fetch it: {_told(done.stdout + done.stderr)}")


def _told(output: str) -> str:
    """Maven's first error; what follows it there is general advice."""
    errors = [line.partition("[ERROR] ")[2] for line in output.splitlines() if "[ERROR] " in line]
    return errors[0].strip() if errors else output.strip()[-500:]


def _repository(cache: Path) -> list[str]:
    """Leave Maven its own cache, which clones share, unless the home folder cannot be written.

    Java takes the home folder from the list of users, whatever HOME says.
    """
    with contextlib.suppress(KeyError):
        home = Path(pwd.getpwuid(os.getuid()).pw_dir)
        if os.access(home / ".m2" if (home / ".m2").exists() else home, os.W_OK):
            return []
    return [f"-Dmaven.repo.local={cache.parent / 'maven'}"]


def _differences(folder: Path) -> list[str]:
    """Return the names of jars that are missing, unexpected or not what the list says."""
    lines = [line.split() for line in (KAFKA_FOLDER / "jars.sha256").read_text().splitlines()]
    wanted = {name: digest for digest, name in lines}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.jar")}
    return sorted(name for name in wanted | found if wanted.get(name) != found.get(name))
