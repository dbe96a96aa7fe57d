"""Shapes that outside steps share."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from chassis.failures import NeverPossible
from provisioning.domain.orders import GrantOrder, Member
from provisioning.handlers.ports import Outputs, RefusedFor


class FrozenElsewhere:
    """Freezing does nothing here: another step of the same product is its switch."""

    def freeze(self, order: GrantOrder, outputs: Outputs) -> None: ...

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> None: ...


def serve_each(
    members: Iterable[Member],
    serve: Callable[[Member], object],
    failures_sorted: Callable[[], AbstractContextManager[None]],
) -> None:
    """Serve one person after the other; who is refused for good keeps nobody else from it.

    Raises RefusedFor when all others were served, and NotNow, after which all are served again, at once.
    """
    refusals: list[tuple[Member, NeverPossible]] = []
    for member in members:
        try:
            with failures_sorted():
                serve(member)
        except NeverPossible as refusal:
            refusals.append((member, refusal))
    if refusals:
        first = refusals[0][1]
        raise RefusedFor(first, [member.member_id for member, _ in refusals]) from first
