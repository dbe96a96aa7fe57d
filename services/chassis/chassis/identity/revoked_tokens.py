"""Revoked tokens of machines: ids in a file, one per line, read again when it changes.

The file is the same for all services (mounted, or copied to each); a change takes effect after
`LOOK_SECONDS`. While it cannot be read, its last contents apply.
"""

import os
import threading
import time
from pathlib import Path

import structlog

LOOK_SECONDS = 1.0
LARGEST_FILE = 1024 * 1024
_log = structlog.stdlib.get_logger(__name__)


class RevokedTokens:
    """Thread-safe; without a file nothing is revoked."""

    def __init__(self, file: Path | None) -> None:
        """Raises OSError or ValueError for a file that cannot be used."""
        self._file = file
        self._lock = threading.Lock()
        self._looked_at = time.monotonic()
        self._seen: tuple[int, ...] | None = None
        self._ids: frozenset[str] = frozenset()
        if file is not None:
            self._read(file)

    def __contains__(self, token_id: object) -> bool:
        if self._file is not None and self._lock.acquire(blocking=False):
            try:
                self._look(self._file)
            finally:
                self._lock.release()
        return isinstance(token_id, str) and token_id.lower() in self._ids

    def _look(self, file: Path) -> None:
        now = time.monotonic()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        try:
            self._read(file)
        except (OSError, ValueError) as error:
            _log.error("the revoked tokens cannot be read", file=str(file), cause=str(error))

    def _read(self, file: Path) -> None:
        with file.open("rb") as opened:
            found = os.fstat(opened.fileno())
            seen = (found.st_ino, found.st_size, found.st_mtime_ns)
            if seen == self._seen:
                return
            if found.st_size > LARGEST_FILE:
                raise ValueError(f"larger than {LARGEST_FILE} bytes")
            # A comment in any encoding beside an id must not keep the id from being read.
            lines = opened.read(LARGEST_FILE).decode("utf-8-sig", errors="replace").splitlines()
        ids = frozenset(line.partition("#")[0].strip().lower() for line in lines) - {""}
        if any(not (one.isascii() and one.isprintable()) or " " in one for one in ids):
            raise ValueError("a line holds something else than an id and a comment")
        self._ids, self._seen = ids, seen
