"""Jars that Maven downloads once, each checked against a committed list before it is run."""

import contextlib
import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from operator_cli.locked import locked
from operator_cli.private_files import close_to_others

PATIENCE_SECONDS = 300
# In a network that drops packets, Maven would wait half an hour. The second option is for 3.8.
WAITS = ("-Daether.connector.requestTimeout=30000", "-Dmaven.wagon.rto=30000")
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin"


class JarsUnavailable(RuntimeError):
    """Maven is missing or failed, or the jars do not match the list; the message says why."""


def checked_jars(wanted: Path, cache: Path) -> str:
    """Return the class path of the jars that `wanted`/pom.xml names and `wanted`/jars.sha256 lists.

    They are kept in `cache`. If several processes ask at once, one downloads and the others wait. Raises
    JarsUnavailable.
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
    command = [
        maven,
        "--batch-mode",
        "--quiet",
        *WAITS,
        "--file",
        str(wanted / "pom.xml"),
        *_repository(cache),
    ]
    goal = [f"{PLUGIN}:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={cache}"]
    # Java decodes file names by the locale, and the C locale is ASCII only.
    environ = {**os.environ, "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            [*command, *goal],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise JarsUnavailable(f"Maven was not done after {PATIENCE_SECONDS} s") from error
    if done.returncode != 0:
        raise JarsUnavailable(f"Maven could not fetch them: {_told(done.stdout.decode(errors='replace'))}")
    close_to_others(*cache.iterdir())


def _told(output: str) -> str:
    """Maven's first error; the rest is general advice."""
    errors = [line.partition("[ERROR] ")[2] for line in output.splitlines() if "[ERROR] " in line]
    return errors[0].partition(" -> [Help")[0].strip() if errors else output.strip().partition("\n")[0][:500]


def _repository(cache: Path) -> list[str]:
    """Use Maven's own cache, which clones share, unless the home folder is not writable.

    Java takes the home folder from the list of users and ignores HOME.
    """
    with contextlib.suppress(KeyError):
        home = Path(pwd.getpwuid(os.getuid()).pw_dir)
        if os.access(home / ".m2" if (home / ".m2").exists() else home, os.W_OK):
            return []
    return [f"-Dmaven.repo.local={cache.parent / 'maven'}"]


def _differences(wanted: Path, cache: Path) -> list[str]:
    """Return the names of jars that are missing, unexpected or different from the list."""
    lines = [line.split() for line in (wanted / "jars.sha256").read_text().splitlines()]
    listed = {name: digest for digest, name in lines}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in cache.glob("*.jar")}
    return sorted(name for name in listed | found if listed.get(name) != found.get(name))
