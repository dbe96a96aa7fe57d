"""Named places between two effects, so that tests can reach them: `reach("relay.after_ack")`.

Nothing happens there. What kills a process at such a place replaces `reach` from outside, and is no part of
any service: no setting of a service can switch it on.
"""

from collections.abc import Callable


def _pass(name: str) -> None:
    """The process goes on."""


# Called through the module, so that it can be replaced.
reach: Callable[[str], None] = _pass
