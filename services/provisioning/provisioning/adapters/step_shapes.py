"""Shapes that outside steps share."""

import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from chassis.failures import Kind, NeverPossible, NotNow
from provisioning.domain.orders import GrantOrder, Member
from provisioning.domain.standings import ABSENT, Observation
from provisioning.handlers.ports import Outputs, RefusedFor

_SECONDS_OF_PAUSES = (0.25, 0.5, 1.0)
_PAUSES_MOST = 30
_WORTH_A_PAUSE = timedelta(seconds=2)
_CONCERNS_EVERYBODY = {Kind.THROTTLED, Kind.UNAVAILABLE}


class FrozenElsewhere:
    """Freezing does nothing here: another step of the same product is its switch."""

    def freeze(self, order: GrantOrder, outputs: Outputs) -> None: ...

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> None: ...


class PeopleLeave(FrozenElsewhere):
    """Step: takes away what the order's people have of a people's step, and makes nothing.

    Who stays by another membership keeps it, unless each membership has something of its own.
    """

    def __init__(
        self,
        of_step: str,
        observe: Callable[[GrantOrder, Outputs], Observation],
        let_go: Callable[[GrantOrder, Outputs], None],
        *,
        is_by_membership: bool = False,
    ) -> None:
        self.name = f"{of_step}_leaving"
        self._observe = observe
        self._let_go = let_go
        self._is_by_membership = is_by_membership

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        gone = self._gone(order)
        return self._observe(gone, outputs) if gone.members else ABSENT

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        raise NeverPossible("nothing_to_make", "People leave by this step, and nobody comes by it.")

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        gone = self._gone(order)
        if gone.members:
            self._let_go(gone, outputs)

    def _gone(self, order: GrantOrder) -> GrantOrder:
        return order if self._is_by_membership else order.gone


def serve_each(
    members: Iterable[Member],
    serve: Callable[[Member], object],
    failures_sorted: Callable[[], AbstractContextManager[None]],
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Serve one person after the other; who cannot be served keeps nobody else from it.

    What ``serve`` returns is true if anything was left to do for the person. Raises RefusedFor when all
    others were served. Raises NotNow, with the progress made, after which all are served again: at the end
    when it concerns one person, at once when the outside is unavailable.
    """
    turns = _Turns(serve, failures_sorted, pause)
    refusals: list[tuple[Member, NeverPossible]] = []
    for member in members:
        try:
            turns.take(member)
        except NeverPossible as refusal:
            refusals.append((member, refusal))
    if turns.put_off:
        raise turns.with_progress(turns.put_off[0])
    if refusals:
        first = min((refusal for _, refusal in refusals), key=lambda refusal: refusal.kind is Kind.DRIFT)
        refused = RefusedFor(first, [member.member_id for member, _ in refusals])
        refused.kind = first.kind
        raise refused from first


class _Turns:
    """Who is served when the outside says "slow down" is served again after a pause: a throttled call did
    nothing, and many people are more calls than may fail in a row.
    """

    def __init__(
        self,
        serve: Callable[[Member], object],
        failures_sorted: Callable[[], AbstractContextManager[None]],
        pause: Callable[[float], None],
    ) -> None:
        self._serve = serve
        self._failures_sorted = failures_sorted
        self._pause = pause
        self._pauses = 0
        self._made_progress = False
        self.put_off: list[NotNow] = []

    def take(self, member: Member) -> None:
        for seconds in (*_SECONDS_OF_PAUSES, None):
            try:
                with self._failures_sorted():
                    self._made_progress |= bool(self._serve(member))
            except NotNow as failure:
                if seconds is None or not self._is_worth_a_pause(failure):
                    self._put_off(failure)
                    return
                self._pauses += 1
                self._pause(max(seconds, failure.retry_after.total_seconds() if failure.retry_after else 0))
            else:
                return

    def with_progress(self, failure: NotNow) -> NotNow:
        failure.made_progress = self._made_progress
        return failure

    def _is_worth_a_pause(self, failure: NotNow) -> bool:
        is_short = failure.retry_after is None or failure.retry_after <= _WORTH_A_PAUSE
        return failure.kind is Kind.THROTTLED and is_short and self._pauses < _PAUSES_MOST

    def _put_off(self, failure: NotNow) -> None:
        if failure.kind in _CONCERNS_EVERYBODY:
            raise self.with_progress(failure)
        self.put_off.append(failure)
