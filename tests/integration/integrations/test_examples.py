"""The receivers in `examples/webhooks` take what we send, once, and refuse what others do."""

import os
import shutil
import subprocess
import sys
import time

import httpx
import pytest
from tests.integration.integrations.conftest import World
from tests.integration.integrations.receivers import wait_until

from local_stack.machine.ports import find_free_port, is_free
from local_stack.settings import REPOSITORY

APPLIED = "partner.applied.v1"


@pytest.mark.parametrize(("program", "file"), [(sys.executable, "receiver.py"), ("node", "receiver.mjs")])
def test_a_receiver_of_twenty_lines(world: World, program: str, file: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"no {program} here")
    port, vendor = find_free_port(), world.vendor()
    secret = vendor.endpoint(f"http://127.0.0.1:{port}/")["secret"]
    command = [program, str(REPOSITORY / "examples" / "webhooks" / file), str(port)]
    environ = {**os.environ, "WEBHOOK_SECRET": secret}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=environ, text=True, **pipes) as process:
        try:
            wait_until(lambda: not is_free(port))
            forged = {
                "webhook-id": "1",
                "webhook-timestamp": str(int(time.time())),
                "webhook-signature": "v1,x",
            }
            assert httpx.post(f"http://127.0.0.1:{port}/", headers=forged, json={}).status_code == 401
            with world.sending():
                world.tell(APPLIED, count=2)
                wait_until(lambda: len(vendor.deliveries("state=delivered")) == 2)
                vendor.call("POST", f"/v1/deliveries/{vendor.deliveries()[0]['id']}/retries", 202)
                wait_until(lambda: vendor.deliveries("state=waiting") == [])
        finally:
            process.kill()
        lines = (process.stdout.read() if process.stdout else "").splitlines()
    assert [line.split()[0] for line in lines] == [f"gangway.{APPLIED}"] * 2
