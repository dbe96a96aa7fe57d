"""Local stacks of tests: each has ports and data of its own, beside any other on this machine."""

import json
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, STDOUT

from local_stack.machine.ports import is_free
from local_stack.settings import HIGHEST_OFFSET

# Below the ports that systems hand out by themselves.
LOWEST_BASE, HIGHEST_BASE = 20_000, 31_000
ODD_NAME = 'Jürgen\'s 100% "big" #1, $HOME a:b'


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

    def started_twice(self) -> list[str]:
        """Two `gangway up` at once, with nothing forbidden to anybody; what each said, were it not 0."""
        up = [sys.executable, "-m", "operator_cli", "up"]
        starts = [
            subprocess.Popen(up, env=self.environ, umask=0, stdout=PIPE, stderr=STDOUT, text=True)
            for _ in range(2)
        ]
        said = [start.communicate()[0] for start in starts]
        if any(start.returncode for start in starts):
            raise RuntimeError("the stack did not start:\n" + "\n".join(said))
        return said

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


def odd_stack(folder: Path, **settings: str) -> LocalStack:
    """All that a machine may have of oddities: folders, locale, time zone, proxy, no home."""
    closed = folder / "closed" / ODD_NAME
    temporary = closed / f"{'long' * 30} tmp"
    temporary.mkdir(parents=True)
    for each in (closed.parent, closed):
        each.chmod(0o700)
    odd = {
        "TMPDIR": str(temporary),
        "LC_ALL": "C",
        "TZ": "Pacific/Kiritimati",
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
    }
    stack = new_stack(closed / "home", **odd, **settings)
    for name in ("HOME", "no_proxy", "NO_PROXY"):
        stack.environ.pop(name, None)
    return stack


def new_stack(home: Path, **settings: str) -> LocalStack:
    """Describe a stack of its own, not started yet."""
    return LocalStack(
        {
            **os.environ,
            "GANGWAY_HOME": str(home),
            "PORT_BASE": str(free_port_base()),
            # Few tests look at webhooks or the console, and each process costs a second of work to start.
            "GANGWAY_CONSOLE": "no",
            "GANGWAY_INTEGRATIONS": "no",
            **settings,
        }
    )
