"""The supervisor with real processes: order, crashes, refusals, kills, and nothing left behind."""

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from local_stack.keys import keep_keys
from local_stack.machine.ports import find_free_port
from local_stack.machine.running import await_end, boot_id, is_running, started_at
from local_stack.settings import read_stack_settings
from local_stack.supervisor import state_file
from local_stack.supervisor.leftovers import end_leftovers
from local_stack.supervisor.operating import CannotOperate, release_all, stop_process
from local_stack.supervisor.starting import _why
from local_stack.supervisor.state_file import ProcessRecord, RunFolder, StackState, this_process
from local_stack.supervisor.stopping import stop_stack

SCRIPT = Path(__file__).with_name("supervise_stand_ins.py")


def entry(
    name: str,
    *arguments: str,
    after: tuple[str, ...] = (),
    stops_before: tuple[str, ...] = (),
    once: bool = False,
) -> dict[str, Any]:
    found = {"name": name, "port": find_free_port(), "after": after, "stops_before": stops_before}
    return {**found, "arguments": arguments, "once": once}


class RunningStack:
    """A supervisor in a process of its own, and what can be seen of it from outside."""

    def __init__(self, home: Path, entries: list[dict[str, Any]]) -> None:
        self.home = home
        self.run_folder = RunFolder(home)
        specs = home / "specs.json"
        specs.write_text(json.dumps(entries))
        with (home / "said").open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, str(SCRIPT), str(home), str(specs)], stdout=said, stderr=said
            )

    def notes(self) -> list[str]:
        path = self.home / "notes"
        return path.read_text().split("\n")[:-1] if path.exists() else []

    def said(self) -> str:
        return (self.home / "said").read_text()

    def state(self) -> StackState:
        state = self.run_folder.read()
        assert state is not None
        return state

    def until(self, is_so: Callable[[StackState], bool]) -> StackState:
        """Wait until the state is as wanted; the test's own time limit ends a vain wait."""
        while True:
            state = self.run_folder.read()
            if state is not None and is_so(state):
                return state
            time.sleep(0.02)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(30)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Callable[..., RunningStack]]:
    running: list[RunningStack] = []

    def start(*entries: dict[str, Any]) -> RunningStack:
        running.append(RunningStack(tmp_path, list(entries)))
        return running[-1]

    yield start
    for one in running:
        if one.process.poll() is None:
            one.stop()


def test_starts_in_order_and_stops_in_the_opposite_order(stack: Callable[..., RunningStack]) -> None:
    running = stack(
        entry("top", after=("middle",)), entry("middle", after=("ground",)), entry("ground", "--with-child")
    )
    running.until(lambda state: state.is_healthy)
    assert running.stop() == 0
    order = [note for note in running.notes() if not note.startswith("child")]
    assert order == ["+ground", "+middle", "+top", "-top", "-middle", "-ground"]


def test_who_is_leaned_on_stops_last_and_is_not_waited_for(stack: Callable[..., RunningStack]) -> None:
    step = entry("step", "--exit", "0", after=("top",), once=True)
    running = stack(entry("top", stops_before=("ground",)), step, entry("ground", after=("step",)))
    running.until(lambda state: state.is_healthy)
    assert running.stop() == 0
    order = [note for note in running.notes() if "step" not in note]
    assert order == ["+top", "+ground", "-top", "-ground"]


def test_a_killed_process_starts_again_and_that_is_said(stack: Callable[..., RunningStack]) -> None:
    running = stack(entry("one", "--with-child"), entry("other"))
    before = running.until(lambda state: state.is_healthy)
    first, other = before.find("one"), before.find("other")
    assert first is not None
    assert other is not None
    process = first.process()
    assert process is not None
    [child] = process.children()
    process.kill()
    after = running.until(lambda state: state.is_healthy and state.find("one") != first)
    again = after.find("one")
    assert again is not None
    assert (again.restarts, again.last_exit) == (1, -signal.SIGKILL)
    assert after.find("other") == other
    assert "one ended with -9; starts again" in running.said()
    assert not await_end([child], 5)


def test_who_is_killed_again_and_again_waits_no_longer_each_time(stack: Callable[..., RunningStack]) -> None:
    running = stack(entry("one"))

    def serves(state: StackState, kills: int) -> bool:
        record = state.find("one")
        return state.is_healthy and record is not None and record.restarts == kills

    for kills in range(3):
        record = running.until(partial(serves, kills=kills)).find("one")
        assert record is not None
        process = record.process()
        assert process is not None
        process.kill()
    running.until(partial(serves, kills=3))
    assert running.said().count("one ended with -9; starts again in 0.5 s") == 3


def test_a_failing_step_stops_everything_and_is_named(stack: Callable[..., RunningStack]) -> None:
    running = stack(entry("ground"), entry("step", "--exit", "3", after=("ground",), once=True))
    assert running.process.wait(30) == 1
    assert running.state().failure == "step could not be started"
    assert running.notes() == ["+ground", "+step", "-ground"]


def test_what_cannot_even_be_run_says_why(stack: Callable[..., RunningStack], tmp_path: Path) -> None:
    """As on a full disk: its own log knows nothing."""
    (tmp_path / "logs" / "one.log").mkdir(parents=True)
    running = stack(entry("one"))
    assert running.process.wait(30) == 1
    failure = running.state().failure
    assert failure is not None
    assert failure.startswith("one could not be started: [Errno 21] Is a directory")
    settings = read_stack_settings({"GANGWAY_HOME": str(tmp_path)})
    assert _why(settings, running.state()) == failure


def test_a_process_that_never_serves_is_given_up(stack: Callable[..., RunningStack]) -> None:
    running = stack(entry("crashing", "--exit", "7"))
    assert running.process.wait(30) == 1
    assert running.notes() == ["+crashing"] * 3


def test_nothing_outlives_a_killed_supervisor(stack: Callable[..., RunningStack]) -> None:
    running = stack(entry("ground"), entry("top", after=("ground",)))
    state = running.until(lambda state: state.is_healthy)
    processes = [process for record in state.processes if (process := record.process())]
    assert len(processes) == 2
    running.process.kill()
    running.process.wait()
    assert not await_end(processes, 10)


def test_what_ignores_the_end_of_its_supervisor_is_killed_by_the_next_start(
    stack: Callable[..., RunningStack], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_stack.supervisor.leftovers.PATIENCE_SECONDS", 0.5)
    running = stack(entry("stubborn", "--stubborn"))
    state = running.until(lambda state: state.is_healthy)
    running.process.kill()
    running.process.wait()
    assert end_leftovers(state) == ["stubborn"]
    assert end_leftovers(state) == []


def test_a_process_that_only_has_the_number_of_ours_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "300"], start_new_session=True) as stranger:
        try:
            began = started_at(psutil.Process(stranger.pid))
            record = {
                "name": "ours",
                "state": "healthy",
                "pid": stranger.pid,
                "started_at": began - 60,
                "ports": [],
                "restarts": 0,
                "last_exit": None,
            }
            run_folder = RunFolder(tmp_path)
            path = tmp_path / "run" / "state.json"
            path.parent.mkdir()
            told = {"supervisor": record, "processes": [record], "failure": None, "boot": boot_id()}
            path.write_text(json.dumps(told))
            state = run_folder.read()
            assert state is not None
            assert end_leftovers(state) == []
            assert stranger.poll() is None
            same = dataclasses.replace(state.processes[0], started_at=began)
            assert same.process() is not None
        finally:
            stranger.kill()


def test_a_stack_is_known_after_the_clock_was_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel then tells another time of the boot, and psutil another start of every process."""
    run_folder = RunFolder(tmp_path)
    run_folder.write(StackState(this_process("supervisor"), ()))
    booted = psutil.boot_time()
    monkeypatch.setattr(psutil._psplatform, "boot_time", lambda: booted + 3600)
    state = run_folder.read()
    assert state is not None
    assert state.supervisor.process() is not None


def test_what_ran_before_the_machine_was_booted_does_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process may have its number, and begin as long after the boot."""
    run_folder = RunFolder(tmp_path)
    run_folder.write(StackState(this_process("supervisor"), ()))
    monkeypatch.setattr(state_file, "boot_id", lambda: "another")
    assert run_folder.read() is None


def test_a_stack_that_the_version_before_started_is_known(tmp_path: Path) -> None:
    myself = dataclasses.replace(this_process("supervisor"), started_at=psutil.Process().create_time())
    (tmp_path / "run").mkdir()
    told = {"supervisor": dataclasses.asdict(myself), "processes": [], "failure": None}
    (tmp_path / "run" / "state.json").write_text(json.dumps(told))
    state = RunFolder(tmp_path).read()
    assert state is not None
    assert state.supervisor.process() is not None


@pytest.fixture
def unreaped(tmp_path: Path) -> Iterator[psutil.Process]:
    """A process whose parent never asks for its exit code, as process 1 of many containers."""
    script = (
        "import subprocess; child = subprocess.Popen(['sleep', '300'], start_new_session=True);"
        "print(child.pid, flush=True); input()"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        process = psutil.Process(int(parent.stdout.readline()))
        yield process
        process.kill()


def test_who_has_ended_does_not_run_though_nobody_reaps_it(unreaped: psutil.Process, tmp_path: Path) -> None:
    record = ProcessRecord("one", "healthy", unreaped.pid, started_at(unreaped), (4711,), 0, None)
    run_folder = RunFolder(tmp_path)
    run_folder.write(StackState(record, (record,)))
    environ = {**os.environ, "GANGWAY_HOME": str(tmp_path)}
    settings = read_stack_settings(environ)
    assert is_running(unreaped)
    assert record.process() is not None
    said: list[str] = []
    began = time.monotonic()
    assert stop_stack(settings, said.append)
    assert time.monotonic() - began < 60  # 90 seconds are what a process gets that does run
    assert said == []
    assert unreaped.status() == psutil.STATUS_ZOMBIE
    assert not is_running(unreaped)
    assert record.process() is None
    run_folder.write(StackState(record, (record,)))
    assert end_leftovers(StackState(record, (record,))) == []
    with pytest.raises(CannotOperate, match="does not run"):
        stop_process(settings, "one")
    status = [sys.executable, "-m", "operator_cli", "status"]
    shown = subprocess.run(status, env=environ, capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stdout) == (1, "Gangway is not running.\n")
    assert not stop_stack(settings, said.append)


def test_a_stubborn_process_is_killed_in_the_end(stack: Callable[..., RunningStack]) -> None:
    running = stack(entry("stubborn", "--stubborn", "--with-child"))
    state = running.until(lambda state: state.is_healthy)
    process = state.processes[0].process()
    assert process is not None
    [child] = process.children()
    assert running.stop() == 0
    assert "did not stop within 1 s: killed" in running.said()
    assert not await_end([process, child], 5)


def test_an_operator_holds_and_releases_one_process(stack: Callable[..., RunningStack]) -> None:
    running = stack(entry("ground"), entry("top", after=("ground",)))
    running.until(lambda state: state.is_healthy)
    running.run_folder.hold({"ground"})
    running.process.send_signal(signal.SIGHUP)
    held = running.until(lambda state: state.processes[0].state == "held")
    assert held.processes[1].state == "healthy"
    assert release_all(running.run_folder) == {"ground"}
    assert release_all(running.run_folder) == set()
    running.until(lambda state: state.is_healthy)
    assert running.notes() == ["+ground", "+top", "-ground", "+ground"]


def test_nothing_is_released_while_the_stack_stops(stack: Callable[..., RunningStack]) -> None:
    """A held process that an operator releases at that moment would be started again, and never stop."""
    running = stack(entry("one"), entry("stubborn", "--stubborn"))
    running.until(lambda state: state.is_healthy)
    running.process.terminate()
    running.until(lambda state: (found := state.find("one")) is not None and found.state == "held")
    running.process.send_signal(signal.SIGHUP)
    assert running.process.wait(30) == 0
    assert running.notes().count("+one") == 1


def test_what_waits_after_a_crash_can_be_held_too(stack: Callable[..., RunningStack]) -> None:
    running = stack(entry("one"))
    process = running.until(lambda state: state.is_healthy).processes[0].process()
    assert process is not None
    process.kill()
    running.until(lambda state: state.processes[0].state == "backoff")
    running.run_folder.hold({"one"})
    running.process.send_signal(signal.SIGHUP)
    running.until(lambda state: state.processes[0].state == "held")


def test_a_state_that_cannot_be_written_does_not_end_the_supervision(
    stack: Callable[..., RunningStack],
) -> None:
    running = stack(entry("one"))
    process = running.until(lambda state: state.is_healthy).processes[0].process()
    assert process is not None
    file = running.home / "run" / "state.json"
    file.unlink()
    file.mkdir()
    process.kill()
    while running.notes() != ["+one", "+one"]:
        time.sleep(0.02)
    file.rmdir()
    assert running.stop() == 0
    assert running.state().processes[0].restarts == 1
    assert "the state could not be written" in running.said()


def test_the_state_that_was_copied_with_its_folder_names_no_process_of_ours(tmp_path: Path) -> None:
    original = RunFolder(tmp_path / "original")
    with subprocess.Popen(["sleep", "300"], start_new_session=True) as running:
        try:
            record = ProcessRecord(
                "one", "healthy", running.pid, started_at(psutil.Process(running.pid)), (), 0, None
            )
            original.write(StackState(record, (record,)))
            assert original.read() is not None
            shutil.copytree(tmp_path / "original", tmp_path / "copy")
            settings = read_stack_settings({"GANGWAY_HOME": str(tmp_path / "copy")})
            assert not stop_stack(settings, print)
            assert running.poll() is None
            lock = original.take_lock()
            (tmp_path / "original").rename(tmp_path / "moved")
            assert RunFolder(tmp_path / "moved").read() is not None
            assert lock is not None
            lock.close()
        finally:
            running.kill()


def test_secrets_are_drawn_once_however_many_ask_at_the_same_time(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda _: keep_keys(tmp_path), range(8)))
    assert len({keys.ops_token for keys in drawn}) == 1


def test_the_state_of_another_version_is_no_state(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    for content in ('{"supervisor": {"name": "x"}, "processes": [], "failure": null}', "{}", "[]", "half"):
        (tmp_path / "run" / "state.json").write_text(content)
        assert RunFolder(tmp_path).read() is None


def test_only_one_supervisor_holds_a_stack(tmp_path: Path) -> None:
    lock = RunFolder(tmp_path).take_lock()
    assert lock is not None
    assert RunFolder(tmp_path).take_lock() is None
    lock.close()
    free = RunFolder(tmp_path).take_lock()
    assert free is not None
    free.close()
