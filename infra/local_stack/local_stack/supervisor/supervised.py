"""The life of one process under supervision: wait, start, watch, start again, stop."""

import asyncio
import contextlib
import os
import signal
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from local_stack.machine import children
from local_stack.machine.log_files import open_log
from local_stack.machine.running import started_at
from local_stack.processes.process_spec import ProcessSpec

STARTING_PROBE_SECONDS = 0.3
HEALTHY_PROBE_SECONDS = 10.0
FIRST_BACKOFF_SECONDS = 0.5
MOST_BACKOFF_SECONDS = 30.0
CALM_SECONDS = 60.0
TRIES_BEFORE_FIRST_READY = 3


class Supervised:
    """Keeps one process running until told otherwise. Everything here belongs to the supervisor's event loop.

    `state` is one of waiting, starting, healthy, unhealthy, backoff, held, done, failed.
    """

    def __init__(
        self, spec: ProcessSpec, logs: Path, on_change: Callable[[], None], say: Callable[[str], None]
    ) -> None:
        self.spec = spec
        self.state = "waiting"
        self.pid: int | None = None
        self.started_at: float | None = None
        self.restarts = 0
        self.last_exit: int | None = None
        self.refusal: str | None = None  # why it could not even be run
        self.needs: Sequence[Supervised] = ()
        self.needed_by: Sequence[Supervised] = ()
        self._logs = logs
        self._on_change = on_change
        self._say = say
        self._ready = asyncio.Event()
        self._wanted = asyncio.Event()
        self._wanted.set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._was_ready = False
        self._restart_asked = False
        self._failures = 0

    async def run(self) -> None:
        """Live until cancelled; return when a process that runs once is done, or when it cannot start."""
        while True:
            await self._wanted.wait()
            self._become("waiting")
            for needed in self.needs:
                await needed._ready.wait()
            began = time.monotonic()
            self.last_exit = await self._live_once()
            if not self._wanted.is_set():
                self._become("held")
            elif self._restart_asked:
                self._restart_asked = False
            elif self.spec.once and self.last_exit in self.spec.good_exits:
                self._ready.set()
                self._become("done")
                return
            else:
                # What somebody kills did not crash by itself, so it does not wait longer each time.
                was_killed = self.last_exit == -signal.SIGKILL and self._was_ready
                is_first = was_killed or time.monotonic() - began > CALM_SECONDS
                self._failures = 1 if is_first else self._failures + 1
                if self._gives_up():
                    self._become("failed")
                    return
                await self._back_off()

    async def stop(self) -> None:
        """Stop the process and leave it stopped, once everything that needs it has stopped."""
        self._wanted.clear()
        for dependent in self.needed_by:
            await dependent._idle.wait()
        await self._end()

    async def hold(self) -> None:
        """Stop only this process, whatever needs it, until `release`."""
        self._wanted.clear()
        await self._end()
        if self.is_held and self.state != "done":
            self._become("held")  # it may have been waiting or backing off

    def release(self) -> None:
        """Let it run again after `hold`."""
        self._wanted.set()

    @property
    def is_held(self) -> bool:
        """Whether it was told to stay stopped."""
        return not self._wanted.is_set()

    async def restart(self) -> None:
        """End the process; it is restarted at once."""
        if not self._idle.is_set():
            self._restart_asked = True
            await self._end()

    def _gives_up(self) -> bool:
        return not self._was_ready and (self.spec.once or self._failures >= TRIES_BEFORE_FIRST_READY)

    async def _live_once(self) -> int | None:
        """Start the process and watch it to its end; return its exit code, negative for a signal."""
        self._idle.clear()
        try:
            self._become("starting")
            if self.spec.prepare is not None:
                await asyncio.to_thread(self.spec.prepare)
            if self.is_held:
                return None
            process = await self._spawn()
            watch = asyncio.create_task(self._watch())
            try:
                return await process.wait()
            finally:
                watch.cancel()
                self._kill_session(process.pid)
        except Exception as error:
            self.refusal = str(error)
            self._say(f"{self.spec.name} could not be started: {error}")
            return None
        finally:
            self.pid = self.started_at = None
            self._ready.clear()
            self._idle.set()

    async def _spawn(self) -> Process:
        command = children.launched(
            self.spec.command(), death_signal=self.spec.stop_signal, runner=self.spec.runner
        )
        with open_log(self._logs, self.spec.name) as log:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.spec.environment()),
                start_new_session=True,
            )
        self.pid, self.refusal = process.pid, None
        with contextlib.suppress(psutil.NoSuchProcess):
            self.started_at = started_at(psutil.Process(process.pid))
        self._on_change()
        return process

    async def _watch(self) -> None:
        """Follow whether it serves; end it when it does not come up in time."""
        probe = self.spec.is_ready
        if probe is None:
            return
        deadline = time.monotonic() + self.spec.start_seconds
        while not await probe():
            if time.monotonic() > deadline:
                self._say(f"{self.spec.name} was not ready after {self.spec.start_seconds:.0f} s")
                self._signal(self.spec.stop_signal)
                return
            await asyncio.sleep(STARTING_PROBE_SECONDS)
        if self.spec.once_ready is not None:
            await asyncio.to_thread(self.spec.once_ready)
        await self._serves()
        while True:
            await asyncio.sleep(HEALTHY_PROBE_SECONDS)
            self._become("healthy" if await probe() else "unhealthy")

    async def _serves(self) -> None:
        again, self._was_ready = self._was_ready, True
        self._ready.set()
        self._become("healthy")
        if again and self.spec.moves:
            running = [dependent for dependent in self.needed_by if not dependent.spec.once]
            await asyncio.gather(*(dependent.restart() for dependent in running))

    async def _end(self) -> None:
        """Ask the process to stop, wait, in the end kill it with its children; return when it is gone."""
        self._signal(self.spec.stop_signal)
        try:
            await asyncio.wait_for(self._idle.wait(), self.spec.patience_seconds)
        except TimeoutError:
            self._say(f"{self.spec.name} did not stop within {self.spec.patience_seconds:.0f} s: killed")
            if self.pid is not None:
                self._kill_session(self.pid)
            await self._idle.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    @staticmethod
    def _kill_session(leader: int) -> None:
        """Kill all that is left of a session, such as the workers of a killed master."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)

    async def _back_off(self) -> None:
        seconds = min(MOST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** (self._failures - 1))
        self.restarts += 1
        self._say(f"{self.spec.name} ended with {self.last_exit}; starts again in {seconds:g} s")
        self._become("backoff")
        await asyncio.sleep(seconds)

    def _become(self, state: str) -> None:
        if state != self.state:
            self.state = state
            self._on_change()
