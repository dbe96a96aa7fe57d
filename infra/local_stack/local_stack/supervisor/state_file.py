"""What the supervisor tells the world about its processes, in a file that is always whole."""

import fcntl
import os
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import psutil

from local_stack.machine.running import boot_id, is_running, started_at
from operator_cli.locked import locked
from operator_cli.private_files import read_json, write_private_json

# Of two processes with one number, the start tells which is ours.
START_TOLERANCE_SECONDS = 2.0
GOOD_STATES = frozenset({"healthy", "done"})


@dataclass(frozen=True)
class ProcessRecord:
    """One process as it was last seen."""

    name: str
    state: str
    pid: int | None
    started_at: float | None
    ports: tuple[int, ...]
    restarts: int
    last_exit: int | None

    def process(self) -> psutil.Process | None:
        """Return the running process, None when it is gone, even if its number was given to another."""
        if self.pid is None or self.started_at is None:
            return None
        try:
            process = psutil.Process(self.pid)
            same = abs(started_at(process) - self.started_at) < START_TOLERANCE_SECONDS
        except psutil.NoSuchProcess:
            return None
        return process if same and is_running(process) else None


@dataclass(frozen=True)
class StackState:
    """All processes, the supervisor itself, and why it gave up, if it did."""

    supervisor: ProcessRecord
    processes: tuple[ProcessRecord, ...]
    failure: str | None = None

    @property
    def is_healthy(self) -> bool:
        """Whether everything serves."""
        return all(record.state in GOOD_STATES for record in self.processes)

    def find(self, name: str) -> ProcessRecord | None:
        """Return one process by name."""
        return next((record for record in self.processes if record.name == name), None)


def this_process(name: str) -> ProcessRecord:
    """Describe the process that asks."""
    return ProcessRecord(name, "healthy", os.getpid(), started_at(psutil.Process()), (), 0, None)


class RunFolder:
    """The folder in which a stack's supervisor keeps its state and its lock."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "run"
        self._path = str(self._folder.resolve())
        self._state = self._folder / "state.json"
        self._held = self._folder / "held.json"
        self._lock = self._folder / "lock"

    def write(self, state: StackState) -> None:
        """Replace the state."""
        write_private_json(self._state, {**asdict(state), "folder": self._path, "boot": boot_id()})

    def read(self) -> StackState | None:
        """Return the last state written since the machine was booted; None for none, or an odd one."""
        try:
            kept = read_json(self._state)
            if kept is None or self._is_of_a_copied_stack(kept) or kept.get("boot", boot_id()) != boot_id():
                return None
            # The version before wrote times by the clock, and no boot.
            moved = psutil.boot_time() if psutil.LINUX and "boot" not in kept else 0.0
            supervisor, *records = (
                _record(entry, moved) for entry in (kept["supervisor"], *kept["processes"])
            )
            return StackState(supervisor, tuple(records), kept["failure"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    def _is_of_a_copied_stack(self, kept: dict[str, object]) -> bool:
        """Whether these are the processes of the stack that this folder was copied from, so none of ours."""
        if kept.get("folder", self._path) == self._path:
            return False
        lock = self.take_lock()  # of a stack that was moved while it ran, the supervisor holds it still
        if lock is not None:
            lock.close()
        return lock is not None

    def starting(self, on_wait: Callable[[], None]) -> AbstractContextManager[None]:
        """One start of this stack at a time; `on_wait` is called when another one is under way."""
        return locked(self._folder / "starting.lock", on_wait)

    def forget(self) -> None:
        """Remove the state of a run that is over."""
        self._state.unlink(missing_ok=True)

    def hold(self, names: Iterable[str]) -> None:
        """Write down which processes an operator wants stopped."""
        write_private_json(self._held, sorted(names))

    def held(self) -> set[str]:
        """Return which processes an operator wants stopped."""
        return set(read_json(self._held) or ())

    def take_lock(self) -> IO[str] | None:
        """Return the held lock, None when another supervisor holds it; freed when the process ends."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = self._lock.open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return None
        return lock


def _record(entry: dict[str, Any], moved: float) -> ProcessRecord:
    began = entry["started_at"]
    told = {"ports": tuple(entry["ports"]), "started_at": None if began is None else began - moved}
    return ProcessRecord(**{**entry, **told})
