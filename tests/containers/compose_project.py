"""docker-compose.yml under a name, ports and volumes of its own, so that nobody else's are touched."""

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from local_stack.machine.ports import find_free_port
from local_stack.settings import REPOSITORY

NAME = "gangway-check"
PORTS = (
    *("SITE", "ONBOARDING", "PROVISIONING", "NOTIFICATIONS", "INTEGRATIONS", "CONSOLE"),
    *("AWS", "SCIM", "MAILBOX", "KAFKA_USERS"),
)
ONE_SHOTS = frozenset(
    {
        "keys",
        "databases",
        "topics",
        "onboarding-migrate",
        "provisioning-migrate",
        "notifications-migrate",
        "integrations-migrate",
    }
)
UP_SECONDS = 900


class ComposeProject:
    """Runs `docker compose` for the project; every command's output is in the failure if it fails."""

    def __init__(self) -> None:
        self.ports = {name: find_free_port() for name in PORTS}
        self._environ = {
            **os.environ,
            "COMPOSE_PROJECT_NAME": NAME,
            "GANGWAY_TAG": "check",
            **{f"{name}_PORT": str(port) for name, port in self.ports.items()},
        }

    def run(self, *command: str, check: bool = True, timeout: float = UP_SECONDS) -> str:
        """Run `docker …`; return what it says on both outputs."""
        done = subprocess.run(
            ["docker", *command],
            cwd=REPOSITORY,
            env=self._environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=timeout,
        )
        assert not check or done.returncode == 0, f"docker {' '.join(command)}:\n{done.stdout[-8000:]}"
        return done.stdout

    def up(self, *options: str) -> None:
        self.run("compose", "up", "--detach", "--wait", *options)

    def containers(self) -> dict[str, dict[str, Any]]:
        """`docker inspect` of each container, by the name of its process."""
        ids = self.run("compose", "ps", "--all", "--quiet").split()
        found: list[dict[str, Any]] = json.loads(self.run("inspect", *ids))
        return {one["Config"]["Labels"]["com.docker.compose.service"]: one for one in found}

    def running(self) -> dict[str, dict[str, Any]]:
        """The containers that run for good."""
        return {name: one for name, one in self.containers().items() if name not in ONE_SHOTS}

    def await_healthy(self, seconds: float = 600) -> None:
        """Wait until each container that runs for good is healthy."""
        give_up = time.monotonic() + seconds
        while waiting := {
            name: one["State"].get("Health", {}).get("Status")
            for name, one in self.running().items()
            if one["State"]["Status"] != "running" or one["State"]["Health"]["Status"] != "healthy"
        }:
            assert time.monotonic() < give_up, f"not healthy after {seconds:.0f} s: {waiting}"
            time.sleep(1)

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service.upper()]}"

    def copy_keys(self, folder: Path) -> Path:
        """Bring all keys and passwords out of their volumes."""
        self.run("compose", "cp", "keys:/keys", str(folder))
        return folder / "keys"
