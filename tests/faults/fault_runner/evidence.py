"""The evidence of a run: append-only files, one JSON object a line, on the disk before anybody goes on."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Evidence:
    """One file that only grows; several processes and threads may write to the same one."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path

    def note(self, what: str, **facts: Any) -> None:
        """Append one line, whole or not at all."""
        line = json.dumps({"at": round(time.time(), 3), "what": what, **facts}, default=str) + "\n"
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)

    def read(self, what: str | None = None) -> Iterator[dict[str, Any]]:
        """All lines, or those of one sort, in the order in which they were written."""
        if not self._path.exists():
            return
        with self._path.open(encoding="utf-8") as lines:
            for line in lines:
                entry = json.loads(line)
                if what in (None, entry["what"]):
                    yield entry

    def count(self, what: str) -> int:
        return sum(1 for _ in self.read(what))
