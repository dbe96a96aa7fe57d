"""`gangway logs NAME -f`: the end of a log, and everything appended to it."""

import time
from collections.abc import Iterator
from pathlib import Path

POLL_SECONDS = 0.2


def follow(log: Path) -> Iterator[str]:
    """Yield what is appended from now on, even after the file was truncated; never ends."""
    position = log.stat().st_size if log.exists() else 0
    while True:
        size = log.stat().st_size if log.exists() else 0
        position = min(position, size)
        if size > position:
            with log.open("rb") as file:
                file.seek(position)
                added = file.read()
            position += len(added)
            yield added.decode(errors="replace")
        time.sleep(POLL_SECONDS)
