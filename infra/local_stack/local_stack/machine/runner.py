"""Who runs a program: the same user, or one with fewer rights."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Runner:
    """The user that the launcher changes to; None means that it stays who it is."""

    uid: int | None

    def own(self, path: Path) -> None:
        """Give a file or folder of ours to that user."""
        if self.uid is not None:
            os.chown(path, self.uid, self.uid)


SAME_USER = Runner(uid=None)
