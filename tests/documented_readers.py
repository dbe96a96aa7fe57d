"""The readers of docs/events.md as files, exactly as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

from local_stack.settings import REPOSITORY

_BLOCK = re.compile(r"```python\n(# (\w+\.py)\n.*?)```", re.DOTALL)


def write_readers(folder: Path) -> set[str]:
    """Write each block of code that names a file, and return the names."""
    text = (REPOSITORY / "docs" / "events.md").read_text(encoding="utf-8")
    blocks = {name: code for code, name in _BLOCK.findall(text)}
    for name, code in blocks.items():
        (folder / name).write_text(code, encoding="utf-8")
    return set(blocks)


def start_reader(folder: Path, name: str, kafka: str) -> subprocess.Popen[str]:
    """Run it as its reader would: in the folder, with nothing set but where Kafka is."""
    return subprocess.Popen(
        [sys.executable, name],
        cwd=folder,
        env={**os.environ, "KAFKA_BOOTSTRAP_SERVERS": kafka},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
