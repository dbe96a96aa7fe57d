"""The local stack as a person meets it: up, up again, status, refusals, one part, down, data kept."""

import json
import os
import signal
import smtplib
import socket
from pathlib import Path

import httpx
import psycopg
import pytest
from tests.end_to_end.stacks import LocalStack, new_stack

from local_stack.machine.running import is_running
from local_stack.supervisor.state_file import RunFolder, StackState

SERVICES = ("onboarding", "provisioning", "notifications")


def state_of(stack: LocalStack) -> StackState:
    state = RunFolder(Path(stack.environ["GANGWAY_HOME"])).read()
    assert state is not None
    return state


def test_everything_serves_and_says_where(local_stack: LocalStack) -> None:
    assert local_stack.gangway("status").returncode == 0
    addresses = local_stack.addresses
    for service in SERVICES:
        assert httpx.get(f"{addresses[service]}/health/ready", timeout=10).status_code == 200
        with psycopg.connect(addresses[f"{service}_database"]) as connection:
            assert connection.execute("SELECT current_database()").fetchone() == (service,)
    path = Path(local_stack.environ["GANGWAY_HOME"]) / "addresses.json"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_second_up_finds_the_first(local_stack: LocalStack) -> None:
    before = state_of(local_stack)
    again = local_stack.gangway("up")
    assert again.returncode == 0
    assert "already running" in again.stdout
    assert local_stack.addresses["onboarding"] in again.stdout
    assert state_of(local_stack).supervisor == before.supervisor


def test_one_part_is_stopped_and_started_by_name(local_stack: LocalStack) -> None:
    assert local_stack.gangway("stop", "scim").returncode == 0
    assert local_stack.gangway("status").returncode == 1
    assert local_stack.gangway("start", "scim").returncode == 0
    assert local_stack.gangway("status").returncode == 0
    refused = local_stack.gangway("stop", "nobody")
    assert refused.returncode == 1
    assert "there is no process nobody" in refused.stderr


def test_logs_are_shown_by_name(local_stack: LocalStack) -> None:
    assert local_stack.gangway("logs", "postgres").returncode == 0
    refused = local_stack.gangway("logs", "nobody")
    assert refused.returncode == 1
    assert "postgres" in refused.stderr


def test_a_taken_port_is_named_with_its_setting_and_its_holder(tmp_path: Path) -> None:
    stack = new_stack(tmp_path, KAFKA="embedded")
    port = int(stack.environ["PORT_BASE"])
    with socket.create_server(("127.0.0.1", port)):
        refused = stack.gangway("up")
    assert refused.returncode == 1
    assert f"port {port} (onboarding-web) is taken by process {os.getpid()}" in refused.stderr
    assert "PORT_BASE" in refused.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT_BASE", "many"),
        ("KAFKA_NODES", "2"),
        ("SCIM_URL", "https://crm.example"),
        ("GANGWAY_HOME", "deep/" * 100),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    refused = LocalStack({**new_stack(tmp_path).environ, name: value}).gangway("up")
    assert refused.returncode == 1
    assert name.partition("_")[0] in refused.stderr


def test_a_part_that_cannot_start_is_named_with_its_log_and_nothing_stays(tmp_path: Path) -> None:
    stack = new_stack(tmp_path, KAFKA="embedded", EVENT_TYPE_PREFIX="NOT A PREFIX")
    failed = stack.gangway("up")
    assert failed.returncode == 1
    assert "could not be started" in failed.stderr
    assert "EVENT_TYPE_PREFIX" in failed.stderr
    assert not any(record.process() for record in state_of(stack).processes)


def test_it_keeps_everything_to_itself(local_stack: LocalStack) -> None:
    addresses = local_stack.addresses
    host, _, port = addresses["smtp"].partition(":")
    with smtplib.SMTP(host, int(port)) as mail:
        mail.sendmail("a@example.com", "b@example.com", "Subject: private\r\n\r\nyes")
    user = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "b@example.com"}
    bearer = {"Authorization": f"Bearer {addresses['scim_token']}"}
    httpx.post(f"{addresses['scim']}/Users", json=user, headers=bearer).raise_for_status()
    kept = list(Path(local_stack.environ["GANGWAY_HOME"]).rglob("*"))
    assert {"keys.json", "directory.sqlite3", "supervisor.log", "Maildir"} <= {path.name for path in kept}
    assert [path for path in kept if path.exists() and path.stat().st_mode & 0o077] == []


def test_data_and_keys_outlive_kill_and_down(tmp_path: Path) -> None:
    stack = new_stack(tmp_path, KAFKA="embedded", GANGWAY_SERVICES="no")
    assert stack.gangway("up").returncode == 0
    try:
        addresses = stack.addresses
        with psycopg.connect(addresses["onboarding_database"]) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        state = state_of(stack)
        processes = [process for record in state.processes if (process := record.process())]
        supervisor = state.supervisor.process()
        assert supervisor is not None
        supervisor.send_signal(signal.SIGKILL)
        assert stack.gangway("up").returncode == 0
        assert not any(map(is_running, processes))
        changing = {"kafka", "kafka_reader"}
        assert {k: v for k, v in stack.addresses.items() if k not in changing} == {
            k: v for k, v in addresses.items() if k not in changing
        }
        with psycopg.connect(addresses["onboarding_database"]) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
        last = [process for record in state_of(stack).processes if (process := record.process())]
    finally:
        stopped = stack.gangway("down")
    assert "is down" in stopped.stdout
    assert not any(map(is_running, last))
    assert "not running" in stack.gangway("down").stdout
    assert json.loads((tmp_path / "keys.json").read_text())["ops_token"] == addresses["ops_token"]
