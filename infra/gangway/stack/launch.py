"""Become a program that dies with its parent: `launch.py PARENT_PID SIGNAL [--uid UID] -- COMMAND…`.

Only the standard library, and no package of ours, so that it starts in a few milliseconds. The kernel
forgets the parent-death signal when the user changes, so the user is changed first.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(arguments: list[str]) -> None:
    """Ask for `SIGNAL` when the parent thread ends, then exec; exit if it is gone already."""
    split = arguments.index("--")
    parent_pid, signal_number, *rest = arguments[:split]
    command = arguments[split + 1 :]
    if rest[:1] == ["--uid"]:
        os.setgroups([])
        os.setgid(int(rest[1]))
        os.setuid(int(rest[1]))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal_number))
        if os.getppid() != int(parent_pid):
            sys.exit("the parent is gone")
    os.execvp(command[0], command)  # noqa: S606 (no shell is wanted)


if __name__ == "__main__":
    main(sys.argv[1:])
