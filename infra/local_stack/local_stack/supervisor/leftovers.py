"""Ends what an earlier run may have left behind: only processes named in its state file, never a guess."""

import contextlib
import os
import signal

from local_stack.machine.running import await_end
from local_stack.supervisor.state_file import StackState

PATIENCE_SECONDS = 10.0


def end_leftovers(state: StackState) -> list[str]:
    """Wait for the processes of a run whose supervisor is gone, then kill the rest; return those killed.

    They were told to stop when the supervisor died, so most are already ending.
    """
    found = {record.name: process for record in state.processes if (process := record.process())}
    alive = await_end(found.values(), PATIENCE_SECONDS)
    for process in alive:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    await_end(alive, PATIENCE_SECONDS)
    return [name for name, process in found.items() if process in alive]
