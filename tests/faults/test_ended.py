"""A run that somebody ends takes its stack along, whatever way it is ended."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL, PIPE

import psutil
import pytest
from tests.end_to_end.stacks import new_stack

from local_stack.machine.running import await_end
from local_stack.supervisor.state_file import RunFolder

pytestmark = [pytest.mark.apache, pytest.mark.timeout(120)]


@pytest.fixture
def faults(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`gangway faults`, keeping its evidence in tmp_path."""
    command = [sys.executable, "-m", "operator_cli", "faults", "--evidence", str(tmp_path)]
    with subprocess.Popen(
        command, env=new_stack(tmp_path).environ, stdout=DEVNULL, stderr=PIPE, text=True
    ) as process:
        yield process
        process.kill()


def await_postgres(run_folder: RunFolder) -> list[psutil.Process]:
    """Wait until the stack's database serves; return the supervisor and all that it has started."""
    while True:
        state = run_folder.read()
        if state is not None and any(r.name == "postgres" and r.state == "healthy" for r in state.processes):
            supervisor = state.supervisor.process()
            assert supervisor is not None
            return [supervisor, *supervisor.children(recursive=True)]
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_ended_run_takes_stack_and_data_along_and_says_so(
    number: signal.Signals, faults: subprocess.Popen[str], tmp_path: Path
) -> None:
    running = await_postgres(RunFolder(tmp_path / "stack"))

    faults.send_signal(number)
    _, said = faults.communicate()

    assert faults.returncode == 128 + number
    assert said.endswith(f"ended by {number.name}: the stack is stopped, and its data are gone\n")
    assert await_end(running, 0) == []
    assert [path.name for path in tmp_path.iterdir()] == ["evidence.jsonl", "retries.yaml"]


def test_a_killed_run_leaves_no_process(faults: subprocess.Popen[str], tmp_path: Path) -> None:
    running = await_postgres(RunFolder(tmp_path / "stack"))

    faults.kill()

    assert await_end(running, 60) == []
