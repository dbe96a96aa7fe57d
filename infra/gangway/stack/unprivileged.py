"""PostgreSQL refuses to run as root: find a way to run its programs as nobody, also in closed folders."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

NOBODY = 65534


class CannotStepDown(RuntimeError):
    """We are root, and there is no way here to run a program as somebody else."""


@dataclass(frozen=True)
class Runner:
    """Who runs a program: the same user, or nobody, by one of two ways."""

    uid: int | None
    prefix: tuple[str, ...] = ()

    @property
    def launcher_uid(self) -> int | None:
        """The user that the launcher itself has to change to, if the prefix does not do it."""
        return None if self.prefix else self.uid

    def own(self, path: Path) -> None:
        """Give a file or folder of ours to that user."""
        if self.uid is not None:
            os.chown(path, self.uid, self.uid)


SAME_USER = Runner(uid=None)


def choose_runner(*paths: Path) -> Runner:
    """Choose how to run programs that read `paths`; raises CannotStepDown when root has no way.

    `setpriv` keeps the ability to pass closed folders, such as a work tree that only root may enter.
    Without it, a plain change of user does, provided that everybody may pass the folders above.
    """
    if os.geteuid() != 0:
        return SAME_USER
    if _setpriv_works():
        return Runner(uid=NOBODY, prefix=_setpriv())
    closed = [str(path) for path in paths if not _everybody_may_reach(path)]
    if closed:
        raise CannotStepDown(
            "PostgreSQL does not run as root, and there is no setpriv (util-linux) to change the user in "
            f"closed folders. Run as another user, or install util-linux, or open: {', '.join(closed)}"
        )
    return Runner(uid=NOBODY)


def _setpriv() -> tuple[str, ...]:
    ability = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override")
    return ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *ability, "--")


@cache
def _setpriv_works() -> bool:
    if shutil.which("setpriv") is None:
        return False
    return subprocess.run([*_setpriv(), "true"], capture_output=True, check=False).returncode == 0


def _everybody_may_reach(path: Path) -> bool:
    existing = [folder for folder in (path, *path.parents) if folder.is_dir()]
    return all(folder.stat().st_mode & 0o001 for folder in existing if folder != path)
