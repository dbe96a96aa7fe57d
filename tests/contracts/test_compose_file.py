"""The containers are told all that the services need to know, and share no private key."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from gangway.stack.handing_out import keys
from gangway.stack.port_plan import PROCESSES, SERVICES, PortPlan
from gangway.stack.settings import DEFAULT_PORT_BASE, REPOSITORY

COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())["services"]


def handed_out(folder: Path) -> dict[str, str]:
    """Draw the keys; return what `--env-file` would tell."""
    assert CliRunner().invoke(keys, [str(folder)]).exit_code == 0
    return dict(line.split("=", 1) for line in (folder / "env").read_text().splitlines())


def environment_of(name: str, folder: Path, told: dict[str, str]) -> dict[str, str]:
    """What a container's process sees, its mounted folders being ours."""
    mounts = {
        target: folder / source.removeprefix("./.local/compose/")
        for source, target, *_ in (volume.split(":") for volume in COMPOSE[name].get("volumes", []))
    }

    def fill(value: str) -> str:
        for target, source in mounts.items():
            value = value.replace(f"{target}/", f"{source}/")
        return re.sub(r"\$\{(\w+)(?::\?[^}]*)?\}", lambda found: told[found[1]], value)

    return {key: fill(value) for key, value in COMPOSE[name]["environment"].items()}


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize("service", SERVICES)
def test_every_process_accepts_its_settings(service: str, process: str, tmp_path: Path) -> None:
    environ = environment_of(f"{service}-{process}", tmp_path, handed_out(tmp_path))
    import_module(f"{service}.settings").read_settings(environ)


def test_a_private_key_reaches_one_service_only(tmp_path: Path) -> None:
    told = handed_out(tmp_path)
    holders: dict[str, set[str]] = {}
    for name in (f"{service}-web" for service in SERVICES):
        for key in environment_of(name, tmp_path, told):
            if "PRIVATE_KEY" in key:
                holders.setdefault(key, set()).add(name)
    assert holders == {
        "SESSION_PRIVATE_KEY_FILE": {"onboarding-web"},
        "LINK_PRIVATE_KEY_FILE": {"notifications-web"},
    }


def test_drawing_keys_again_keeps_them(tmp_path: Path) -> None:
    assert handed_out(tmp_path) == handed_out(tmp_path)
    assert (tmp_path / "keys/onboarding/session_private_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("service", SERVICES)
def test_the_published_port_is_the_local_stacks(service: str) -> None:
    port = PortPlan(DEFAULT_PORT_BASE).of(service)
    assert COMPOSE[f"{service}-web"]["ports"] == [f"127.0.0.1:{port}:8000"]
    assert COMPOSE[f"{service}-web"]["environment"]["PUBLIC_URL"].endswith(f":{port}")
