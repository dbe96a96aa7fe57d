"""Runs all processes of a stack: each after those it depends on, and stops them in the opposite order."""

import asyncio
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from local_stack.machine.log_files import bound_logs
from local_stack.processes.process_spec import ProcessSpec
from local_stack.supervisor.state_file import ProcessRecord, RunFolder, StackState, this_process
from local_stack.supervisor.supervised import Supervised

HOUSEKEEPING_SECONDS = 10.0


class Supervisor:
    """Supervises from `run()` until SIGTERM or SIGINT. On SIGHUP it reads which processes to hold stopped.

    It must run in the main thread: the processes die with the thread that started them.
    """

    def __init__(
        self, specs: Sequence[ProcessSpec], run_folder: RunFolder, logs: Path, say: Callable[[str], None]
    ) -> None:
        self._run_folder = run_folder
        self._logs = logs
        self._say = say
        self._myself = this_process("supervisor")
        self._failure: str | None = None
        self._stopping = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._all = {spec.name: Supervised(spec, logs, self._on_change, say) for spec in specs}
        for process in self._all.values():
            process.needs = [self._all[name] for name in process.spec.after]
            process.needed_by = [
                other
                for other in self._all.values()
                if process.spec.name in (*other.spec.after, *other.spec.stops_before)
            ]

    async def run(self) -> bool:
        """Run until told to stop; return False if some part could not be started."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._stopping.set)
        loop.add_signal_handler(signal.SIGINT, self._stopping.set)
        loop.add_signal_handler(signal.SIGHUP, lambda: self._spawn(self._apply_held()))
        self._write()
        for process in self._all.values():
            self._spawn(process.run())
        self._spawn(self._keep_house())
        await self._stopping.wait()
        self._say(self._failure or "told to stop")
        await asyncio.gather(*(process.stop() for process in self._all.values()))
        for task in self._tasks:
            task.cancel()
        self._write()
        return self._failure is None

    def _spawn(self, work: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _apply_held(self) -> None:
        held = self._run_folder.held()
        for name, process in self._all.items():
            if self._stopping.is_set():
                return  # all are held from now on, and none is released
            if name in held and not process.is_held:
                self._say(f"{name} is held by an operator")
                await process.hold()
            elif name not in held and process.is_held:
                self._say(f"{name} is released by an operator")
                process.release()

    async def _keep_house(self) -> None:
        while True:
            await asyncio.sleep(HOUSEKEEPING_SECONDS)
            try:
                await asyncio.to_thread(bound_logs, self._logs)
            except OSError as error:
                self._say(f"logs that grew too long stay so: {error}")
            self._write()

    def _on_change(self) -> None:
        failed = [name for name, process in self._all.items() if process.state == "failed"]
        if failed and self._failure is None:
            refusal = self._all[failed[0]].refusal
            self._failure = f"{failed[0]} could not be started" + (f": {refusal}" if refusal else "")
            self._stopping.set()
        self._write()

    def _write(self) -> None:
        """Write the state file. If the disk is full, supervision continues: housekeeping writes it again."""
        records = tuple(_record(process) for process in self._all.values())
        try:
            self._run_folder.write(StackState(self._myself, records, self._failure))
        except OSError as error:
            self._say(f"the state could not be written: {error}")


def _record(process: Supervised) -> ProcessRecord:
    spec = process.spec
    return ProcessRecord(
        spec.name,
        process.state,
        process.pid,
        process.started_at,
        spec.ports,
        process.restarts,
        process.last_exit,
    )
