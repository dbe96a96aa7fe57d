"""One log file per process, limited in size."""

import shutil
from pathlib import Path
from typing import IO

MOST_BYTES = 10 * 1024 * 1024


def open_log(folder: Path, name: str) -> IO[bytes]:
    """Open a log for appending, so that a process can keep writing while the file is truncated."""
    folder.mkdir(parents=True, exist_ok=True)
    return (folder / f"{name}.log").open("ab", buffering=0)


def bound_logs(folder: Path, most_bytes: int = MOST_BYTES) -> None:
    """Move logs that are too long to `NAME.log.1`; lines written meanwhile may be lost."""
    for log in folder.glob("*.log"):
        if log.stat().st_size > most_bytes:
            shutil.copyfile(log, log.with_name(f"{log.name}.1"))
            with log.open("r+b") as file:
                file.truncate(0)


def last_lines(folder: Path, name: str, count: int) -> list[str]:
    """Return the end of a process's log."""
    log = folder / f"{name}.log"
    if not log.exists():
        return []
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 400 * count))
        return file.read().decode(errors="replace").splitlines()[-count:]
