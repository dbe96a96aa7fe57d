"""What the supervisor needs to know about one process."""

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from local_stack.machine.probes import Probe
from local_stack.machine.runner import SAME_USER, Runner


@dataclass(frozen=True, kw_only=True)
class ProcessSpec:
    """One process of the stack: how to run it, what it waits for, how to check that it is ready.

    `command` and `environment` are called at each start. `prepare` and `once_ready` may block; the first runs
    before each start, the second whenever the process has become ready, before those that wait for it start.
    A process that runs `once` is ready when it has ended successfully.
    """

    name: str
    command: Callable[[], Sequence[str]]
    environment: Callable[[], Mapping[str, str]] = lambda: os.environ
    is_ready: Probe | None = None
    after: tuple[str, ...] = ()
    # It stops before these, as before those in `after`, but does not wait for them to start.
    stops_before: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    once: bool = False
    good_exits: tuple[int, ...] = (0,)
    prepare: Callable[[], None] | None = None
    once_ready: Callable[[], None] | None = None
    # Its address changes with each start, so its dependents must restart.
    moves: bool = False
    stop_signal: signal.Signals = signal.SIGTERM
    patience_seconds: float = 15.0
    start_seconds: float = 120.0
    runner: Runner = field(default=SAME_USER)
