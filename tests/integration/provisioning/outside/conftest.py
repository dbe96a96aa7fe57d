"""A real moto server and a real scim2-server, each a process of its own, empty for each test."""

import contextlib
import dataclasses
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import botocore.session
import pytest
from tests.integration.provisioning.outside.hostile_proxy import HostileProxy
from tests.integration.provisioning.outside.world import World

from local_stack.machine.ports import LOOPBACK, accepts_connections, find_free_port
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.outside import Outside
from provisioning.adapters.outside_settings import OutsideSettings

_STARTS_WITHIN_SECONDS = 60
_ROOT = Path(__file__).parents[4]
_TOKEN = "outside-tests"


@pytest.fixture(scope="session", autouse=True)
def _models_read_once() -> Iterator[None]:
    """Each test makes sessions of its own; AWS's models, most of what a client costs, are read for all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", cache(botocore.session.create_loader))
        yield


@pytest.fixture(scope="session")
def moto_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = find_free_port()
    # One process, as moto's state is; connections that are kept, where werkzeug's server ends each at once.
    options = ["--threads", "8", "--keep-alive", "60", "--graceful-timeout", "1"]
    application = "tests.integration.provisioning.outside.moto_process:application"
    command = ["gunicorn", "--bind", f"{LOOPBACK}:{port}", *options, application]
    with _running(command, port, tmp_path_factory.mktemp("moto")):
        yield f"http://{LOOPBACK}:{port}"


@pytest.fixture(scope="session")
def scim_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The CRM makes an empty tenant of each first part of a path."""
    port = find_free_port()
    command = ["scim2_server.testserver.cli", "--port", str(port), "--bearer-token", _TOKEN]
    with _running([*command, "--dynamic-tenants"], port, tmp_path_factory.mktemp("scim")):
        yield f"http://{LOOPBACK}:{port}"


@pytest.fixture(scope="session")
def _whole_world(moto_url: str, scim_url: str) -> Iterator[World]:
    """Its clients are made once: they cost more than most tests."""
    made = World(
        OutsideSettings(
            aws_region="eu-central-1",
            aws_endpoint_url=moto_url,
            scim_url=scim_url,
            scim_token=_TOKEN,
            budget_alert_email="alerts@vendor.example",
            crm_sign_in_url="https://crm.example/login",
        )
    )
    yield made
    made.close()


@pytest.fixture
def world(_whole_world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    _whole_world.empty()
    return _whole_world


@contextlib.contextmanager
def _running(command: Sequence[str], port: int, folder: Path) -> Iterator[None]:
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", *command], stdout=output, stderr=output, cwd=_ROOT)
    try:
        deadline = time.monotonic() + _STARTS_WITHIN_SECONDS
        while not accepts_connections(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} did not start: {log.read_text()}")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def hostile(world: World, moto_url: str) -> Iterator[HostileProxy]:
    """A proxy between the adapters and moto; what the inventory sees goes past it."""
    with HostileProxy(moto_url) as proxy:
        settings = dataclasses.replace(world.settings, aws_endpoint_url=proxy.url)
        world.steps = Outside(settings, AwsClients(settings), world.crm).steps()
        yield proxy
