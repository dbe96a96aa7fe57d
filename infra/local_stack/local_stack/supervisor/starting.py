"""`gangway up`: from nothing, or from what a crash left, to a stack in which everything is ready."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from local_stack.kafka_cluster.choice import AnyCluster
from local_stack.kafka_cluster.embedded import EmbeddedKafka
from local_stack.machine.log_files import last_lines, open_log
from local_stack.machine.ports import describe_holder, is_free
from local_stack.processes.foreign_variables import forget_foreign_variables
from local_stack.processes.plan import plan_stack
from local_stack.processes.process_spec import ProcessSpec
from local_stack.settings import StackSettings
from local_stack.supervisor.leftovers import end_leftovers
from local_stack.supervisor.operating import release_all
from local_stack.supervisor.state_file import GOOD_STATES, RunFolder, StackState
from operator_cli.private_files import close_to_others

POLL_SECONDS = 0.1
PATIENCE_SECONDS = 300.0
LOG_LINES_SHOWN = 15
MOST_PORTS_SHOWN = 4
SUPERVISOR = (sys.executable, "-m", "local_stack.supervisor.supervise")

Say = Callable[[str], None]


class CannotStart(RuntimeError):
    """The stack is not running; the message says what a person can do about it."""


def start_stack(settings: StackSettings, say: Say, *, supervisor: Sequence[str] = SUPERVISOR) -> bool:
    """Start the stack and wait until it is healthy; return False if it was already running.

    `supervisor` is the command that supervises. Ctrl-C meanwhile stops what was started. Variables that are
    meant for other servers are removed from this process's environment. Raises CannotStart,
    KafkaUnavailable, CannotStepDown, CannotRunThere.
    """
    forget_foreign_variables(settings)
    run_folder = RunFolder(settings.home)
    with run_folder.starting(on_wait=lambda: say("another start of this stack is under way: waiting for it")):
        return _start(settings, run_folder, say, supervisor)


def _start(settings: StackSettings, run_folder: RunFolder, say: Say, supervisor: Sequence[str]) -> bool:
    if held := release_all(run_folder):
        say(f"stopped by hand, started again: {', '.join(sorted(held))}")
    if is_running(run_folder):
        _wait_until_healthy(settings, run_folder, say)
        return False
    close_to_others(*settings.private_paths)
    _clean_up(run_folder, say)
    plan = plan_stack(settings, say)
    _check_ports(plan.specs, settings.port_base)
    run_folder.forget()
    process = _spawn_supervisor(settings, plan.kafka, supervisor)
    try:
        _wait_until_healthy(settings, run_folder, say, process)
    except (KeyboardInterrupt, CannotStart):
        say("stopping what was started")
        process.send_signal(signal.SIGTERM)
        process.wait()
        raise
    return True


def is_running(run_folder: RunFolder) -> bool:
    """Whether a supervisor holds this stack."""
    lock = run_folder.take_lock()
    if lock is not None:
        lock.close()
    return lock is None


def _clean_up(run_folder: RunFolder, say: Say) -> None:
    state = run_folder.read()
    if state is not None:
        for name in end_leftovers(state):
            say(f"{name} was left over from a run that was killed: ended")


def _check_ports(specs: Sequence[ProcessSpec], port_base: int) -> None:
    taken = [(port, spec.name) for spec in specs for port in spec.ports if not is_free(port)]
    lines = [f"port {port} ({name}) is taken by {describe_holder(port)}" for port, name in taken]
    if lines:
        more = [f"… and {len(lines) - MOST_PORTS_SHOWN} more"] if len(lines) > MOST_PORTS_SHOWN else []
        advice = f"End it, or move all ports of this stack by the setting PORT_BASE (now {port_base})."
        raise CannotStart("\n".join([*lines[:MOST_PORTS_SHOWN], *more, advice]))


def _spawn_supervisor(
    settings: StackSettings, kafka: AnyCluster | None, command: Sequence[str]
) -> subprocess.Popen[bytes]:
    """Start the supervisor in a session of its own, so that Ctrl-C here does not reach it."""
    chosen = {} if kafka is None else {"KAFKA": "embedded" if isinstance(kafka, EmbeddedKafka) else "apache"}
    with open_log(settings.folder("logs"), "supervisor") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **chosen},
            start_new_session=True,
        )


def _wait_until_healthy(
    settings: StackSettings,
    run_folder: RunFolder,
    say: Say,
    supervisor: subprocess.Popen[bytes] | None = None,
) -> None:
    told: set[str] = set()
    deadline = time.monotonic() + PATIENCE_SECONDS
    if supervisor is None and (state := run_folder.read()) is not None and state.is_healthy:
        return
    while True:
        ended = supervisor is not None and supervisor.poll() is not None
        state = run_folder.read()
        if state is not None:
            told |= _tell(state, told, say)
            if state.is_healthy and not ended:
                return
        if ended or (state is not None and state.failure):
            raise CannotStart(_why(settings, state))
        if time.monotonic() > deadline:
            raise CannotStart(_late(settings, state))
        time.sleep(POLL_SECONDS)


def _late(settings: StackSettings, state: StackState | None) -> str:
    """Name what keeps the others waiting."""
    records = [] if state is None else state.processes
    late = [record.name for record in records if record.state not in {*GOOD_STATES, "waiting"}]
    return f"not healthy after {PATIENCE_SECONDS:.0f} s: {', '.join(late)}; logs: {settings.folder('logs')}"


def _tell(state: StackState, told: set[str], say: Say) -> set[str]:
    fresh = [record for record in state.processes if record.state in GOOD_STATES and record.name not in told]
    for record in fresh:
        ports = f" on {', '.join(map(str, record.ports))}" if record.ports else ""
        say(f"  {record.name}: {record.state}{ports}")
    return {record.name for record in fresh}


def _why(settings: StackSettings, state: StackState | None) -> str:
    """Say which part failed, with the end of its log."""
    failed = [] if state is None else [record for record in state.processes if record.state == "failed"]
    if state is not None and state.failure and failed and failed[0].last_exit is None:
        return state.failure  # it never ran, so its log is empty
    name = failed[0].name if failed else "supervisor"
    logs = settings.folder("logs")
    lines = last_lines(logs, name, LOG_LINES_SHOWN)
    return "\n".join([f"{name} could not be started; the end of {logs / name}.log:", *lines])
