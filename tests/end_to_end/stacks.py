"""Local stacks of tests: each has ports and data of its own, beside any other on this machine."""

import json
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from local_stack.machine.ports import is_free
from local_stack.settings import HIGHEST_OFFSET

# Below the ports that systems hand out by themselves.
LOWEST_BASE, HIGHEST_BASE = 20_000, 31_000


@dataclass(frozen=True)
class LocalStack:
    """A running stack: its addresses by name, and the `gangway` command in its environment."""

    environ: dict[str, str]

    @property
    def addresses(self) -> dict[str, str]:
        """What `.local/addresses.json` says."""
        found: dict[str, str] = json.loads(
            (Path(self.environ["GANGWAY_HOME"]) / "addresses.json").read_text()
        )
        return found

    @property
    def secrets(self) -> dict[str, str]:
        """The keys and passwords that were drawn for this stack."""
        kept: dict[str, str] = json.loads((Path(self.environ["GANGWAY_HOME"]) / "keys.json").read_text())
        return kept

    def gangway(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `gangway …` to its end."""
        command = [sys.executable, "-m", "operator_cli", *arguments]
        return subprocess.run(command, env=self.environ, capture_output=True, text=True, check=False)


def free_port_base() -> int:
    """Find room for all ports of a stack, where no other worker of these tests looks at the same moment."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    while True:
        base = secrets.choice(range(LOWEST_BASE + 50 * worker, HIGHEST_BASE, 50 * workers))
        if all(is_free(base + offset) for offset in range(HIGHEST_OFFSET + 1)):
            return base


def new_stack(home: Path, **settings: str) -> LocalStack:
    """Describe a stack of its own, not started yet."""
    return LocalStack(
        {**os.environ, "GANGWAY_HOME": str(home), "PORT_BASE": str(free_port_base()), **settings}
    )
