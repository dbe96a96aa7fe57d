"""PostgreSQL refuses to run as root: find out whether it can run as nobody, even in closed folders."""

import os
import subprocess
from pathlib import Path

from local_stack.machine import children
from local_stack.machine.runner import SAME_USER, Runner

NOBODY = Runner(uid=65534)

# Prints the first path that its user may not enter or run.
_FIRST_CLOSED = 'for path; do [ -x "$path" ] || { echo "nobody may not reach $path" >&2; exit 1; }; done'


class CannotStepDown(RuntimeError):
    """We are root, and cannot run a program as another user here."""


def choose_runner(folder: Path, program: Path) -> Runner:
    """Choose who runs `program` with its data in `folder`. Raises CannotStepDown if root cannot step down.

    The launcher keeps the capability to enter closed folders, such as a work tree that only root may enter.
    If the system does not allow that, everybody must be able to enter the folders above; the one around
    `folder` is ours, so it is opened.
    """
    if os.geteuid() != 0:
        return SAME_USER
    if _may_run(program, _existing(folder)) is None:
        return NOBODY
    home = folder.parent
    if home.is_dir():
        home.chmod(home.stat().st_mode | 0o011)
    if (reason := _may_run(program, _existing(home))) is None:
        return NOBODY
    raise CannotStepDown(
        f"PostgreSQL does not run as root, and root cannot run it as nobody here: {reason}. "
        "Run Gangway as another user, or in a folder that everybody may pass, "
        "or grant root its usual capabilities (CAP_SETUID, CAP_SETGID, CAP_SETPCAP, CAP_CHOWN)."
    )


def _may_run(program: Path, folder: Path) -> str | None:
    """Return None if the user nobody can run it, otherwise the reason."""
    command = children.launched(["sh", "-c", _FIRST_CLOSED, "sh", str(program), str(folder)], runner=NOBODY)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else done.stderr.strip().rpartition("\n")[2]


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.is_dir())
