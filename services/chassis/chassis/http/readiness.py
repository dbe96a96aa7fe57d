"""Whether a process can do its work: its dependencies are checked, optional ones are only reported."""

import threading
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotAnswered
from time import monotonic

import structlog

from chassis.database.outages import describe
from chassis.service import Check, Checks

OK = "ok"

_log = structlog.stdlib.get_logger(__name__)


class Readiness:
    """Runs each named check at most every ``fresh_seconds`` and waits ``patience_seconds`` at most.

    A check raises if its dependency is unavailable. Thread-safe.
    """

    def __init__(self, checks: Checks, *, fresh_seconds: float = 2.0, patience_seconds: float = 2.0) -> None:
        self._needed = frozenset(checks.needed)
        self._checks = {**checks.told, **checks.needed}
        self._fresh_seconds = fresh_seconds
        self._patience_seconds = patience_seconds
        self._lock = threading.Lock()
        self._running: dict[str, Future[None]] = {}
        self._found: Mapping[str, str] = {}
        self._asked_at = float("-inf")

    def answer(self) -> tuple[int, dict[str, object]]:
        """Status and body for a probe. ``information`` never makes a process unready; no details."""
        states = self._states()
        checks = {name: state for name, state in states.items() if name in self._needed}
        told = {name: state for name, state in states.items() if name not in self._needed}
        is_ready = all(state == OK for state in checks.values())
        body: dict[str, object] = {"status": OK if is_ready else "unavailable", "checks": checks}
        return 200 if is_ready else 503, body | ({"information": told} if told else {})

    def is_up(self) -> dict[str, bool]:
        """Tell of each dependency, optional or not, whether it answers."""
        return {name: state == OK for name, state in self._states().items()}

    def _states(self) -> Mapping[str, str]:
        with self._lock:
            if monotonic() - self._asked_at >= self._fresh_seconds:
                self._found = self._ask()
                self._asked_at = monotonic()
            return self._found

    def _ask(self) -> dict[str, str]:
        deadline = monotonic() + self._patience_seconds
        for name, check in self._checks.items():
            if name not in self._running:
                self._running[name] = _started(check)
        return {name: self._state(name, deadline) for name in self._checks}

    def _state(self, name: str, deadline: float) -> str:
        try:
            self._running[name].result(timeout=max(deadline - monotonic(), 0))
        except NotAnswered:
            if not self._running[name].done():
                # The check continues; its result is used next time, and it is never started twice.
                return "not answering"
            state = "failing"
        except Exception as error:
            _log.warning("not ready", check=name, error=type(error).__name__, cause=describe(error))
            state = getattr(error, "readiness", "failing")
        else:
            state = OK
        del self._running[name]
        return state


def _started(check: Check) -> Future[None]:
    """Run a check in a thread that does not delay the process's end: Kafka's takes ten seconds to fail."""
    found: Future[None] = Future()

    def run() -> None:
        try:
            check()
        except BaseException as error:
            found.set_exception(error)
        else:
            found.set_result(None)

    threading.Thread(target=run, name="readiness", daemon=True).start()
    return found


__all__ = ["Check", "Checks", "Readiness"]
