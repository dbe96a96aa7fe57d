"""What people see while a run goes on."""

import sys
import time

_STARTED = time.monotonic()


def say(text: str) -> None:
    """One line on standard error, with the minutes since the start."""
    minutes, seconds = divmod(int(time.monotonic() - _STARTED), 60)
    sys.stderr.write(f"[{minutes:02}:{seconds:02}] {text}\n")
    sys.stderr.flush()
