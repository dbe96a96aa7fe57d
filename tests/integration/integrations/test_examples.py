"""The receivers in `examples/webhooks` take what we send, once; the consumers' kit finds nothing wrong."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.integration.integrations.conftest import World
from tests.integration.integrations.receivers import wait_until

from consumer_kit.consumer_command import consumer
from local_stack.machine.ports import find_free_port, is_free
from local_stack.settings import REPOSITORY

APPLIED = "partner.applied.v1"
EXAMPLES = REPOSITORY / "examples" / "webhooks"
REQUIRED = bool(os.environ.get("REQUIRE_APACHE"))


def command_of(file: str, folder: Path) -> list[str]:
    """What runs it; skips where the language is not there. CI has Node and Java."""
    program = {".py": sys.executable, ".mjs": "node", ".java": "java", ".go": "go"}[Path(file).suffix]
    if shutil.which(program) is None:
        assert not REQUIRED or program == "go", f"no {program} here"
        pytest.skip(f"no {program} here")
    if program != "go":
        return [program, str(EXAMPLES / file)]
    # `go run` leaves what it started behind when it is killed.
    subprocess.run(["go", "build", "-o", folder / "receiver", EXAMPLES / file], check=True)
    return [str(folder / "receiver")]


@pytest.mark.timeout(400)  # Go compiles its whole library first, where nobody used it before
@pytest.mark.parametrize(
    ("file", "body"),
    [
        ("receiver.py", "structured"),
        ("receiver.mjs", "structured"),
        ("Receiver.java", "binary"),
        ("receiver.go", "structured"),
    ],
)
def test_a_receiver_of_twenty_lines(world: World, tmp_path: Path, file: str, body: str) -> None:
    port, vendor = find_free_port(), world.vendor()
    url = f"http://127.0.0.1:{port}/"
    secret = vendor.endpoint(url, body=body)["secret"]
    command, environ = [*command_of(file, tmp_path), str(port)], {**os.environ, "WEBHOOK_SECRET": secret}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=environ, text=True, **pipes) as process:
        try:
            wait_until(lambda: not is_free(port))
            with world.sending():
                world.tell(APPLIED, count=2)
                wait_until(lambda: len(vendor.deliveries("state=delivered")) == 2)
                vendor.call("POST", f"/v1/deliveries/{vendor.deliveries()[0]['id']}/retries", 202)
                wait_until(lambda: vendor.deliveries("state=waiting") == [])
            checked = CliRunner(env=environ).invoke(consumer, ["check", url, "--body", body])
        finally:
            process.kill()
        lines = (process.stdout.read() if process.stdout else "").splitlines()
    assert [line.split()[0] for line in lines[:2]] == [f"gangway.{APPLIED}"] * 2
    assert checked.exit_code == 0, checked.output
    assert "RIGHT           agreement" in checked.output
