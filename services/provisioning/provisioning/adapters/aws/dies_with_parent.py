"""Becomes a program that the kernel kills with its parent: `dies_with_parent.py PARENT_PID COMMAND…`.

Uses the standard library only, because it is run by its path. Works on Linux; elsewhere the program outlives
a parent that is killed.
"""

import ctypes
import os
import signal
import sys

# linux/prctl.h
_PR_SET_PDEATHSIG = 1


def main(parent_pid: int, command: list[str]) -> None:
    """Exit if the parent is already gone; otherwise exec. The parent is the thread that started us."""
    if sys.platform == "linux" and ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL):
        sys.exit("the kernel does not let us die with the worker")
    if os.getppid() != parent_pid:
        sys.exit("the worker is gone")
    try:
        os.execv(command[0], command)  # noqa: S606  no shell is wanted
    except OSError as error:
        sys.exit(f"{command[0]} cannot be started: {error.strerror}")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
