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


@pytest.fixture(scope="session")
def project() -> ComposeProject:
    """The project as `docker compose` sees it; nothing runs."""
    if shutil.which("docker") is None:
        pytest.skip("left out: there is no command `docker` here, so Compose has not read the file")
    if answers("docker", "compose", "version") is not None:
        pytest.skip("left out: `docker` has no plugin `compose` here, so Compose has not read the file")
    return ComposeProject()


@pytest.fixture(scope="session")
def stack(project: ComposeProject) -> Iterator[ComposeProject]:
    """All containers, built and up; gone with their volumes afterwards."""
    if (words := answers("docker", "info")) is not None:
        pytest.skip(f"left out: no Docker engine answers here ({words})")
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
