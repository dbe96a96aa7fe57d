"""The supervisor's process: `python -m local_stack.supervisor.supervise`, started by `gangway up`."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from local_stack.processes.plan import plan_stack
from local_stack.processes.process_spec import ProcessSpec
from local_stack.settings import read_stack_settings
from local_stack.supervisor.state_file import RunFolder
from local_stack.supervisor.supervisor import Supervisor
from operator_cli.private_files import keep_to_ourselves


def say(text: str) -> None:
    """Write it to the supervisor's log, unless the disk is full."""
    with contextlib.suppress(OSError):
        print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {text}", flush=True)


def main(change: Callable[[ProcessSpec], ProcessSpec] = lambda spec: spec) -> int:
    """Supervise the stack described by the environment, until SIGTERM; `change` may alter each process."""
    keep_to_ourselves()
    settings = read_stack_settings(os.environ)
    run_folder = RunFolder(settings.home)
    lock = run_folder.take_lock()
    if lock is None:
        say("another supervisor runs this stack")
        return 1
    with lock:
        plan = plan_stack(settings, say)
        plan.prepare_outside()
        plan.write_addresses()
        run_folder.hold(())
        specs = [change(spec) for spec in plan.specs]
        supervisor = Supervisor(specs, run_folder, settings.folder("logs"), say)
        return 0 if asyncio.run(supervisor.run()) else 1


if __name__ == "__main__":
    sys.exit(main())
