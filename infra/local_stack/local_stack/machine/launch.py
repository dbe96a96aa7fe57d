"""Becomes a program that dies with its parent: `launch.py PARENT_PID SIGNAL [--uid UID] -- COMMAND…`.

Uses the standard library only and none of our packages, so that it starts in a few milliseconds. The kernel
forgets the parent-death signal when the user changes, so the user is changed first.
"""

import contextlib
import ctypes
import os
import sys
import warnings  # noqa: F401 (execvp imports it, when the folder of Python may be closed already)

# linux/prctl.h, linux/securebits.h, linux/capability.h
PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 1 << 2
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
CAP_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1

IS_LINUX = sys.platform == "linux"


def main(arguments: list[str]) -> None:
    """Request `SIGNAL` for when the parent thread ends, then exec; exit if it is already gone."""
    split = arguments.index("--")
    parent_pid, signal_number, *rest = arguments[:split]
    command = arguments[split + 1 :]
    if rest[:1] == ["--uid"]:
        _step_down(int(rest[1]))
    if IS_LINUX:
        _call("prctl", PR_SET_PDEATHSIG, int(signal_number))
        if os.getppid() != int(parent_pid):
            sys.exit("the parent is gone")
    os.execvp(command[0], command)  # noqa: S606 (no shell is wanted)


def _step_down(uid: int) -> None:
    """Become another user who may still enter closed folders, if the kernel lets root keep that capability.

    access(2) checks the capabilities that a change of user leaves, so they must not be cleared by it; all but
    that one are dropped right after it.
    """
    keeps = False
    if IS_LINUX:
        with contextlib.suppress(OSError):
            _call("prctl", PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
            keeps = True
    os.chdir("/")
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
    if keeps:
        _keep_only(CAP_DAC_OVERRIDE)


def _keep_only(capability: int) -> None:
    """Reduce this process to one inheritable capability, or to none if that is refused."""
    try:
        _set_capabilities(1 << capability)
        _call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)
    except OSError:
        _set_capabilities(0)


def _set_capabilities(mask: int) -> None:
    header = (ctypes.c_uint32 * 2)(CAP_VERSION_3, 0)
    effective_permitted_inheritable = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    _call("capset", header, effective_permitted_inheritable)


def _call(function: str, *arguments: object) -> None:
    """Call the C library with long arguments. Raises OSError."""
    passed = [ctypes.c_ulong(value) if isinstance(value, int) else value for value in arguments]
    if getattr(ctypes.CDLL(None, use_errno=True), function)(*passed) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function}: {os.strerror(number)}")


if __name__ == "__main__":
    main(sys.argv[1:])
