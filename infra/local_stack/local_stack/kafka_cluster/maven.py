"""Jars that Maven fetches once, each checked against a committed list before it is run."""

import contextlib
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from local_stack.machine.locked import locked
from local_stack.machine.private_files import close_to_others

PATIENCE_SECONDS = 300
# Where a network swallows everything, Maven itself would wait half an hour for an answer.
STILL_SECONDS = 30
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin"


class JarsUnavailable(RuntimeError):
    """Maven is missing or failed, or the jars are not those of the list; the message says why."""


def checked_jars(wanted: Path, cache: Path) -> str:
    """Return the class path of the jars that `wanted`/pom.xml names and `wanted`/jars.sha256 lists.

    They are kept in `cache`. Several processes may ask at once: one fetches, the others wait.
    Raises JarsUnavailable.
    """
    with locked(cache.with_name(f"{cache.name}.lock")):
        cache.mkdir(exist_ok=True)
        if _differences(wanted, cache):
            _fetch(wanted, cache)
        if wrong := _differences(wanted, cache):
            raise JarsUnavailable(f"these jars do not match {wanted.name}/jars.sha256: {', '.join(wrong)}")
    return f"{cache}/*"


def _fetch(wanted: Path, cache: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise JarsUnavailable(f"there is no Maven to fetch the jars of {wanted.name} with")
    shutil.rmtree(cache)
    command = [maven, "--batch-mode", "--quiet", "--file", str(wanted / "pom.xml"), *_repository(cache)]
    goal = [f"{PLUGIN}:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={cache}"]
    with tempfile.TemporaryFile() as said:
        # Java reads the names of files as the locale says, and the C locale knows ASCII only.
        environ = {**os.environ, "LC_ALL": "C.UTF-8"}
        with subprocess.Popen([*command, *goal], stdout=said, stderr=said, env=environ) as process:
            try:
                _await_end(process)
            finally:
                process.kill()
        said.seek(0)
        output = said.read().decode(errors="replace")
    if process.returncode != 0:
        raise JarsUnavailable(f"Maven could not fetch them: {_told(output)}")
    close_to_others(*cache.iterdir())


def _await_end(process: subprocess.Popen[bytes]) -> None:
    """Raises JarsUnavailable when it takes too long, or writes nothing that it would have fetched."""
    began = active = time.monotonic()
    seen: Work | None = None
    while process.poll() is None:
        now = time.monotonic()
        work = _work(process.pid)
        if work is None or seen is None or work.goes_on_from(seen):
            seen, active = work, now
        if now - active > STILL_SECONDS:
            raise JarsUnavailable(f"Maven heard nothing from its repository for {STILL_SECONDS} s")
        if now - began > PATIENCE_SECONDS:
            raise JarsUnavailable(f"Maven was not done after {PATIENCE_SECONDS} s")
        time.sleep(0.1)


@dataclass(frozen=True)
class Work:
    """What a process has done: on a busy machine it computes slowly, but it does."""

    bytes_written: int
    cpu_seconds: float

    def goes_on_from(self, earlier: "Work") -> bool:
        """More than a program does that only waits."""
        return self.bytes_written > earlier.bytes_written or self.cpu_seconds > earlier.cpu_seconds + 0.3


def _work(pid: int) -> Work | None:
    """Return None where the system does not tell."""
    with contextlib.suppress(psutil.Error, AttributeError):
        process = psutil.Process(pid)
        times = process.cpu_times()
        return Work(process.io_counters().write_chars, times.user + times.system)
    return None


def _told(output: str) -> str:
    """Maven's first error; what follows it there is general advice."""
    errors = [line.partition("[ERROR] ")[2] for line in output.splitlines() if "[ERROR] " in line]
    return errors[0].partition(" -> [Help")[0].strip() if errors else output.strip().partition("\n")[0][:500]


def _repository(cache: Path) -> list[str]:
    """Leave Maven its own cache, which clones share, unless the home folder cannot be written.

    Java takes the home folder from the list of users, whatever HOME says.
    """
    with contextlib.suppress(KeyError):
        home = Path(pwd.getpwuid(os.getuid()).pw_dir)
        if os.access(home / ".m2" if (home / ".m2").exists() else home, os.W_OK):
            return []
    return [f"-Dmaven.repo.local={cache.parent / 'maven'}"]


def _differences(wanted: Path, cache: Path) -> list[str]:
    """Return the names of jars that are missing, unexpected or not what the list says."""
    lines = [line.split() for line in (wanted / "jars.sha256").read_text().splitlines()]
    listed = {name: digest for digest, name in lines}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in cache.glob("*.jar")}
    return sorted(name for name in listed | found if listed.get(name) != found.get(name))
