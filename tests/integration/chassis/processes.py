"""The example service as real processes that may be killed at a failpoint and are started again."""

import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


class Kept:
    """One process that is started again whenever it dies, as a supervisor would; deaths are counted."""

    def __init__(self, name: str, environ: Mapping[str, str], folder: Path, failpoints: str = "") -> None:
        self.name = name
        self.deaths = 0
        self._environ = {**environ, "FAILPOINTS": failpoints}
        self._log = (folder / f"{name}.log").open("ab")
        self.process = self._start()

    def look_after(self) -> None:
        """Start it again when it is dead."""
        if self.process.poll() is not None:
            self.deaths += 1
            self.process = self._start()

    def spare(self) -> None:
        """No more failpoints: kill it once more and let the next one live."""
        self._environ["FAILPOINTS"] = ""
        self.kill()
        self.process = self._start()

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)
        self.deaths += 1

    def stop(self) -> int:
        """SIGTERM, and its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(15)
        finally:
            self.process.kill()
            self.process.wait()
            self._log.close()

    def _start(self) -> subprocess.Popen[bytes]:
        process = self.name.split("-")[0]
        command = [sys.executable, "-m", "fault_runner.failpoints", "tallies", process]
        return subprocess.Popen(command, env=self._environ, stdout=self._log, stderr=self._log)


def look_after_for(seconds: float, kept: list[Kept]) -> None:
    """Play the supervisor for so long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for process in kept:
            process.look_after()
        time.sleep(0.05)
