"""Files that only their owner reads, and that are never seen half-written."""

import json
import os
from pathlib import Path
from typing import Any


def write_private_json(path: Path, content: Any) -> None:
    """Replace the file in one step; its mode is 0600 from the first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
    fresh.replace(path)


def read_json(path: Path) -> Any:
    """Return the content, None when there is no such file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
