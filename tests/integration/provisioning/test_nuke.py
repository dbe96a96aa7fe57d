"""aws-nuke as a process: what it is told and given, and how it may end. A script stands in for it."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psutil
import pytest
import yaml

from chassis.failures import NeverPossible, NotNow
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.nuke import NukeCleaner

ROLE, OWN, ACCOUNT = "OrganizationAccountAccessRole", "999988887777", "111122223333"
KEYS = {"aws_access_key_id": "AKIA", "aws_secret_access_key": "hidden", "aws_session_token": "token"}


def cleaner(folder: Path, script: str, **more: Any) -> NukeCleaner:
    program = folder / "aws-nuke"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    aws = SimpleNamespace(
        caller=SimpleNamespace(account_id=OWN), member_keys=lambda account_id, seconds: dict(KEYS)
    )
    told: dict[str, Any] = {
        "program": str(program),
        "regions": ["eu-central-1"],
        "member_role": ROLE,
        "seconds_most": 10,
        "should_leave": lambda: False,
        **more,
    }
    return NukeCleaner(cast(AwsClients, aws), **told)


def test_it_is_given_keys_to_one_account_and_told_what_to_spare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    seen = tmp_path / "seen"
    script = f'cat "$3" > {seen}.yaml; echo "$@" > {seen}.args; env > {seen}.env'
    cleaner(tmp_path, script).clean(ACCOUNT)
    config = yaml.safe_load(Path(f"{seen}.yaml").read_text())
    assert config["regions"] == ["global", "eu-central-1"]
    assert config["blocklist"] == [OWN]
    assert list(config["accounts"]) == [ACCOUNT]
    spared = config["accounts"][ACCOUNT]["filters"]
    assert spared["IAMRole"] == [ROLE]
    assert spared["IAMRolePolicyAttachment"] == [{"type": "glob", "value": f"{ROLE} -> *"}]
    off = config["settings"]["EC2Instance"]
    assert off == {"DisableStopProtection": True, "DisableDeletionProtection": True}
    assert config["settings"]["RDSInstance"] == {"DisableDeletionProtection": True}
    assert config["settings"]["S3Bucket"] == {
        "BypassGovernanceRetention": True,
        "RemoveObjectLegalHold": True,
    }
    assert "--no-dry-run" in Path(f"{seen}.args").read_text()
    assert "hidden" not in Path(f"{seen}.args").read_text()
    environment = Path(f"{seen}.env").read_text()
    assert "AWS_SECRET_ACCESS_KEY=hidden" in environment
    assert "DATABASE_URL" not in environment


def test_the_organizations_own_account_is_never_emptied(tmp_path: Path) -> None:
    with pytest.raises(NeverPossible):
        cleaner(tmp_path, f"touch {tmp_path}/ran").clean(OWN)
    assert not (tmp_path / "ran").exists()


def test_how_it_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotNow, match="bucket is not empty") as caught:
        cleaner(tmp_path, "echo 'bucket is not empty'; exit 3").clean(ACCOUNT)
    assert caught.value.code == "cleaner_failed"


def test_what_would_not_go_is_for_the_next_look_to_find(tmp_path: Path) -> None:
    """Else rounds would never be counted, and the account never reach quarantine."""
    said = "There are resources in failed state, but none are ready for deletion, anymore."
    ran = tmp_path / "ran"
    cleaner(tmp_path, f"echo '{said}'; touch {ran}; exit 1").clean(ACCOUNT)
    assert ran.exists()


def test_a_tenants_name_for_a_thing_does_not_make_it_a_round(tmp_path: Path) -> None:
    said = "There are resources in failed state, but none are ready for deletion, anymore."
    script = f"echo 'eu-central-1 - EC2Instance - i-1 - [tag:Name: \"{said}\"] - failed'; exit 1"
    with pytest.raises(NotNow, match="ended with 1"):
        cleaner(tmp_path, script).clean(ACCOUNT)


def test_it_is_stopped_when_its_time_is_over_or_the_worker_leaves(tmp_path: Path) -> None:
    cleaner(tmp_path, "exec sleep 60", seconds_most=0).clean(ACCOUNT)
    with pytest.raises(NotNow) as caught:
        cleaner(tmp_path, "exec sleep 60", should_leave=lambda: True).clean(ACCOUNT)
    assert caught.value.code == "cleaner_stopped"


def test_a_program_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    one = cleaner(tmp_path, "exit 0")
    (tmp_path / "aws-nuke").chmod(0o644)
    with pytest.raises(NotNow, match="aws-nuke cannot be started: Permission denied"):
        one.clean(ACCOUNT)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux does it")
def test_it_dies_with_a_worker_that_is_killed(tmp_path: Path) -> None:
    """Its keys would be good for an hour, in an account that somebody else may have by then."""
    program, pid = tmp_path / "aws-nuke", tmp_path / "pid"
    program.write_text(f"#!/bin/sh\necho $$ > {pid}.new; mv {pid}.new {pid}; exec sleep 60\n")
    program.chmod(0o755)
    worker = subprocess.Popen([sys.executable, "-c", _WORKER, str(program), str(tmp_path)])
    try:
        wait_for(pid.exists)
        nuke = psutil.Process(int(pid.read_text()))
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        wait_for(lambda: not nuke.is_running() or nuke.status() == psutil.STATUS_ZOMBIE)
    finally:
        worker.kill()


_WORKER = """
import sys
from pathlib import Path
from provisioning.adapters.aws.nuke import NukeCleaner
never = lambda: False
cleaner = NukeCleaner(
    None, program=sys.argv[1], regions=["eu-central-1"], member_role="r", seconds_most=60, should_leave=never
)
folder = Path(sys.argv[2])
cleaner._run(folder / "nuke.yaml", {}, folder / "said")
"""


def wait_for(is_so: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.02)
