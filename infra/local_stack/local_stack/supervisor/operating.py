"""`gangway stop|start|restart NAME`: stops and starts one process of a running stack."""

import signal
import time
from collections.abc import Callable

from local_stack.settings import StackSettings
from local_stack.supervisor.state_file import GOOD_STATES, ProcessRecord, RunFolder

POLL_SECONDS = 0.05
PATIENCE_SECONDS = 90.0
STOPPED_STATES = ("held", "done")


class CannotOperate(RuntimeError):
    """The stack is not running, has no such process, or did not obey in time."""


def stop_process(settings: StackSettings, name: str) -> None:
    """Stop one process and keep it stopped until `start_process`; return when it is gone."""
    run_folder = RunFolder(settings.home)
    _find(run_folder, name)
    run_folder.hold(run_folder.held() | {name})
    _tell_supervisor(run_folder)
    _wait(run_folder, name, lambda record: record.state in STOPPED_STATES)


def start_process(settings: StackSettings, name: str) -> None:
    """Let a stopped process run again; return when it is ready."""
    run_folder = RunFolder(settings.home)
    _find(run_folder, name)
    run_folder.hold(run_folder.held() - {name})
    _tell_supervisor(run_folder)
    _wait(run_folder, name, lambda record: record.state in GOOD_STATES)


def release_all(run_folder: RunFolder) -> set[str]:
    """Let all stopped processes run again; return which, without waiting for them."""
    held = run_folder.held()
    if held:
        run_folder.hold(())
        _tell_supervisor(run_folder)
    return held


def _find(run_folder: RunFolder, name: str) -> ProcessRecord:
    state = run_folder.read()
    if state is None or state.supervisor.process() is None:
        raise CannotOperate("the stack does not run")
    record = state.find(name)
    if record is None:
        names = ", ".join(known.name for known in state.processes)
        raise CannotOperate(f"there is no process {name}; there are {names}")
    return record


def _tell_supervisor(run_folder: RunFolder) -> None:
    state = run_folder.read()
    supervisor = None if state is None else state.supervisor.process()
    if supervisor is not None:
        supervisor.send_signal(signal.SIGHUP)


def _wait(run_folder: RunFolder, name: str, is_done: Callable[[ProcessRecord], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_done(_find(run_folder, name)):
        if time.monotonic() > deadline:
            raise CannotOperate(f"{name} is still {_find(run_folder, name).state}")
        time.sleep(POLL_SECONDS)
