"""What can be tried depends on the machine: each part that is left out says why."""

import shutil
import subprocess
from collections.abc import Iterator

import pytest
from tests.containers.compose_project import ComposeProject

SECONDS = 1200


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test time for an image to be built, on a busy machine."""
    for item in items:
        if "tests/containers" in item.path.as_posix():
            item.add_marker(pytest.mark.timeout(SECONDS))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, and why."""
    left_out: dict[str, list[str]] = {}
    for report in terminalreporter.getreports("skipped"):
        if "tests/containers/" in report.nodeid:
            reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
            name = report.nodeid.partition("::test_")[2].replace("_", " ")
            left_out.setdefault(reason.removeprefix("Skipped: "), []).append(name)
    left_out["nobody but its operator restarts a Docker engine"] = ["a restart of the engine, as of its host"]
    terminalreporter.section("left out", sep="-")
    for reason, names in left_out.items():
        terminalreporter.write_line(f"because {reason}:")
        for name in names:
            terminalreporter.write_line(f"  {name}")


@pytest.fixture(scope="session")
def project() -> ComposeProject:
    """The project as `docker compose` sees it; nothing runs."""
    if shutil.which("docker") is None:
        pytest.skip("there is no command `docker` here, so Compose has not read the file")
    if answers("docker", "compose", "version") is not None:
        pytest.skip("`docker` has no plugin `compose` here, so Compose has not read the file")
    return ComposeProject()


@pytest.fixture(scope="session")
def stack(project: ComposeProject) -> Iterator[ComposeProject]:
    """All containers, built and up; gone with their volumes afterwards."""
    if (words := answers("docker", "version")) is not None:
        pytest.skip(f"no Docker engine answers here ({words})")
    project.run("compose", "down", "--volumes", "--remove-orphans")
    try:
        project.up("--build")
        yield project
    finally:
        project.run("compose", "down", "--volumes", "--remove-orphans", check=False)


def answers(*command: str) -> str | None:
    """None if the command succeeds, else the last line that it says."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return None if done.returncode == 0 else (done.stderr.strip() or done.stdout.strip()).splitlines()[-1]
