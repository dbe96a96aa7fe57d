"""Files that only the intended people can read, and that are never seen half-written."""

import contextlib
import json
import os
import stat
from pathlib import Path
from typing import Any


def keep_to_ourselves() -> None:
    """From now on, only the owner can open files that this process and its children create."""
    os.umask(0o077)


def close_to_others(*paths: Path) -> None:
    """Remove the access that an earlier version, or a more generous umask, left to others."""
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & 0o077:
                path.chmod(mode & 0o700)


def write_private(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace the file atomically; nobody excluded by its mode can ever read a byte of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        os.fchmod(file.fileno(), mode)
    fresh.replace(path)


def write_private_json(path: Path, content: Any) -> None:
    """Replace the file atomically; its mode is 0600 from the first byte on."""
    write_private(path, json.dumps(content, indent=2) + "\n")


def read_json(path: Path) -> Any:
    """Return the content, None if there is no such file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
