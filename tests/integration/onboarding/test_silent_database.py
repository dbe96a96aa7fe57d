"""The web process of onboarding while its database says nothing: 503 within seconds, and nothing doubled."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest
from tests.benchmarks.applications import application
from tests.integration.silence import SwallowingProxy

from chassis.settings.database_timeouts import TIMEOUTS_OF
from local_stack.machine.ports import find_free_port
from local_stack.postgres import LocalPostgres
from onboarding.bootstrap import OnboardingService

WEB = TIMEOUTS_OF["web"]
SECONDS_MOST = WEB.statement_seconds + WEB.connect_seconds + 8


class Web:
    """A real web process behind a network of ours."""

    def __init__(self, environ: dict[str, str], database_port: int, folder: Path) -> None:
        self.proxy = SwallowingProxy(database_port)
        port, health_port = find_free_port(), find_free_port()
        self.url, self.health = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{health_port}/health"
        own = {
            "DATABASE_URL": environ["DATABASE_URL"].replace(f":{database_port}/", f":{self.proxy.port}/"),
            "BIND": f"127.0.0.1:{port}",
            "HEALTH_PORT": str(health_port),
            "WEB_WORKERS": "1",
        }
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "onboarding", "web"],
                env={**os.environ, **environ, **own},
                stdout=log,
                stderr=log,
            )

    def apply(self, name: str) -> httpx.Response:
        """One company applies; a repetition has the same key."""
        headers = {"Idempotency-Key": name}
        return httpx.post(f"{self.url}/v1/applications", json=application(name), headers=headers, timeout=60)

    def ready(self) -> int:
        return httpx.get(f"{self.health}/ready", timeout=5).status_code

    def await_ready(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if self.ready() == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise AssertionError("not ready in time")


@pytest.fixture
def web(
    environ: dict[str, str], postgres: LocalPostgres, service: OnboardingService, tmp_path: Path
) -> Iterator[Web]:
    web = Web(environ, postgres.port, tmp_path)
    try:
        web.await_ready(60)
        yield web
    finally:
        web.process.kill()
        web.process.wait()
        web.proxy.close()


@contextmanager
def locked(service: OnboardingService) -> Iterator[None]:
    """Another session holds what an application writes."""
    with service.open_work() as work:
        work.connection.exec_driver_sql("LOCK TABLE partners IN ACCESS EXCLUSIVE MODE")
        yield


@pytest.mark.parametrize("kind", ["swallowed", "locked"])
def test_an_application_is_told_to_come_again(web: Web, service: OnboardingService, kind: str) -> None:
    assert web.apply("before").status_code == 202
    silent: AbstractContextManager[None] = {
        "swallowed": web.proxy.swallowing,
        "locked": lambda: locked(service),
    }[kind]()
    names = [f"during-{number}" for number in range(12)]
    with silent, ThreadPoolExecutor(12) as clients:
        started = time.monotonic()
        answers = list(clients.map(web.apply, names))
        assert time.monotonic() - started < SECONDS_MOST * 2  # more clients than threads
        for answer in answers:
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert int(answer.headers["Retry-After"]) > 0
        started = time.monotonic()
        assert web.apply("during-0").status_code == 503
        assert time.monotonic() - started < SECONDS_MOST
        assert web.ready() == (200 if kind == "locked" else 503)
        assert httpx.get(f"{web.health}/live", timeout=1).status_code == 200
    web.await_ready(10)
    assert {web.apply(name).status_code for name in names} == {202}
    with service.open_work() as work:
        emails = work.connection.exec_driver_sql("SELECT contact_email FROM partners").scalars().all()
    assert len(emails) == len(set(emails)) == 13
