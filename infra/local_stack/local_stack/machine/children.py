"""Starts a program so that it never outlives us, and stops it reliably."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from local_stack.machine.runner import SAME_USER, Runner

LAUNCHER = Path(__file__).with_name("launch.py")


def launched(
    command: Sequence[str], *, death_signal: signal.Signals = signal.SIGTERM, runner: Runner = SAME_USER
) -> list[str]:
    """Return the command that runs `command` under this process and sends it `death_signal` when we die.

    Start it from our main thread: for the kernel, the parent is the thread that forked.
    """
    as_user = [] if runner.uid is None else ["--uid", str(runner.uid)]
    launcher = [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), str(int(death_signal))]
    return [*launcher, *as_user, "--", *command]


def start(
    command: Sequence[str], log: IO[bytes], environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a launched command in a session of its own, with all output going to `log`."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=None if environment is None else dict(environment),
        start_new_session=True,
    )


def stop(
    process: subprocess.Popen[bytes], stop_signal: signal.Signals, patience_seconds: float = 10.0
) -> None:
    """Ask the process to stop, wait, and finally kill whatever is left of its session."""
    if process.poll() is None:
        process.send_signal(stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience_seconds)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
