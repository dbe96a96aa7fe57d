"""The user that runs a program: the same one, or one with fewer rights."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Runner:
    """The user that the launcher changes to; None means no change."""

    uid: int | None

    def own(self, path: Path) -> None:
        """Give one of our files or folders to that user."""
        if self.uid is not None:
            os.chown(path, self.uid, self.uid)


SAME_USER = Runner(uid=None)
