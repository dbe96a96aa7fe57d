"""aws-nuke, run as a process: the tool that deletes everything in one account.

https://aws-nuke.ekristen.dev (version 3). It gets keys to this one account only, valid for an hour. Its
configuration names the account, spares the role that we assume, and lists the organization's own account as
never to be touched. The keys are passed in the environment of the process, never in a file.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Any

import yaml

from chassis.failures import Kind, NeverPossible, NotNow
from chassis.redaction import redacted_cause
from provisioning.adapters.aws import dies_with_parent
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import aws_failures_sorted
from provisioning.domain.accounts import CLEANER_REACHES

# What each kind of thing has to be freed of first, else it fails in every round. Types and settings as
# aws-nuke 3 registers them (its resources/*.go); a version that does not know one leaves it unread.
_PROTECTED = (
    "CloudFormationStack",
    "CloudWatchLogsLogGroup",
    "CognitoUserPool",
    "DSQLCluster",
    "DocDBCluster",
    "DynamoDBTable",
    "EC2Instance",
    "EKSCluster",
    "ELBv2",
    "NeptuneCluster",
    "NeptuneGraph",
    "NeptuneInstance",
    "PinpointPhoneNumber",
    "QLDBLedger",
    "RDSInstance",
)
_FURTHER = {
    "EC2Image": {"IncludeDisabled": True, "IncludeDeprecated": True, "DisableDeregistrationProtection": True},
    "EC2Instance": {"DisableStopProtection": True},
    "LightsailInstance": {"ForceDeleteAddOns": True},
    "NeptuneInstance": {"DisableClusterDeletionProtection": True},
    "QuickSightSubscription": {"DisableTerminationProtection": True},
    "S3Bucket": {"BypassGovernanceRetention": True, "RemoveObjectLegalHold": True},
}
_SETTINGS = {
    kind: {**({"DisableDeletionProtection": True} if kind in _PROTECTED else {}), **_FURTHER.get(kind, {})}
    for kind in (*_PROTECTED, *_FURTHER)
}
# It ends with 1, too, when it did all it could and something would not go: that was a round. Not in a line
# about a thing ("REGION - KIND - NAME"), whose name is the tenant's.
_LEFT_SOMETHING = re.compile(
    rb"(?:(?! - ).)*There are resources in failed state, but none are ready for deletion"
)
_POLL_SECONDS = 0.5
_SAID_LAST = 500


@dataclass(frozen=True)
class NukeCleaner:
    """Implements the port `AccountCleaner`."""

    aws: AwsClients
    _: KW_ONLY
    program: str
    regions: Sequence[str]
    member_role: str
    seconds_most: float
    should_leave: Callable[[], bool]

    def clean(self, account_id: str) -> None:
        """Run it once, within the time limit; our own check finds what is left for the next round."""
        with aws_failures_sorted():
            own_id = self.aws.caller.account_id
            keys = self.aws.member_keys(account_id, int(CLEANER_REACHES.total_seconds()))
        if account_id == own_id:
            raise NeverPossible("account_not_ours", f"The account {account_id} is the organization's own.")
        with tempfile.TemporaryDirectory(prefix="gangway-nuke-") as folder:
            config = Path(folder) / "nuke.yaml"
            config.write_text(yaml.safe_dump(self.config(account_id, own_id)))
            self._run(config, {name.upper(): value for name, value in keys.items()}, Path(folder) / "said")

    def config(self, account_id: str, own_id: str) -> dict[str, Any]:
        # "ROLE -> POLICY": a tenant's role whose name only begins like ours is not spared.
        of_role = [{"type": "glob", "value": f"{self.member_role} -> *"}]
        spared = {
            "IAMRole": [self.member_role],
            "IAMRolePolicy": of_role,
            "IAMRolePolicyAttachment": of_role,
        }
        return {
            "regions": ["global", *self.regions],
            "settings": _SETTINGS,
            "blocklist": [own_id],
            "bypass-alias-check-accounts": [account_id],
            "accounts": {account_id: {"filters": spared}},
        }

    def _run(self, config: Path, keys: dict[str, str], said: Path) -> None:
        """The process inherits nothing of our environment but PATH, and dies with us."""
        launched = [sys.executable, "-I", "-S", dies_with_parent.__file__, str(os.getpid()), self.program]
        command = [*launched, "run", "--config", str(config), "--no-alias-check", "--no-prompt"]
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "AWS_REGION": self.regions[0], **keys}
        with said.open("wb") as output:
            try:
                process = subprocess.Popen(  # noqa: S603  the program is an operator's setting
                    [*command, "--no-dry-run", "--quiet"],
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
            except OSError as error:
                message = f"{Path(self.program).name} cannot be started: {error.strerror}"
                raise NotNow("cleaner_not_there", message) from error
            code = self._wait(process)
        if code is None:
            raise NotNow("cleaner_stopped", "The worker was stopped while it emptied the account.")
        if code and not _says(said, _LEFT_SOMETHING):
            last = _end_of(said).decode(errors="backslashreplace").strip()
            message = redacted_cause(f"{Path(self.program).name} ended with {code}: {last}")
            raise NotNow("cleaner_failed", message, kind=Kind.CONFLICT)

    def _wait(self, process: "subprocess.Popen[bytes]") -> int | None:
        """Return its exit code, 0 if its time was up, or None if we have to stop ourselves."""
        ends_at = time.monotonic() + self.seconds_most
        try:
            while process.poll() is None:
                if self.should_leave():
                    return None
                if time.monotonic() > ends_at:
                    return 0
                time.sleep(_POLL_SECONDS)
            return process.returncode
        finally:
            process.kill()
            process.wait()


def _says(said: Path, wanted: re.Pattern[bytes]) -> bool:
    """Log one line at a time: the output for a full account is long."""
    with said.open("rb") as lines:
        return any(wanted.match(line) for line in lines)


def _end_of(said: Path) -> bytes:
    with said.open("rb") as output:
        output.seek(max(0, said.stat().st_size - _SAID_LAST))
        return output.read()
