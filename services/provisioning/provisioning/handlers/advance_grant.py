"""Takes a grant as far as it comes now: the job behind everything that happens outside.

Each step is called by `OutsideCalls`: its attempt is committed first, its outcome afterwards with the event
and the attempt at the next step. Dying between any two lines is harmless: the job of a dead worker is
repeated, and the attempt that was noted makes it look outside before it does anything.
"""

import logging
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.database.outside_calls import HELD_BY_ANOTHER, Hold, OutsideCalls
from chassis.failures import Kind, NeverPossible, NotNow
from chassis.redaction import redacted_cause
from provisioning.domain.former_people import former_person_id_of
from provisioning.domain.grant_states import State
from provisioning.domain.grants import Attempt, Grant
from provisioning.domain.orders import GrantOrder, OtherSeat
from provisioning.domain.partners import Partner
from provisioning.domain.patience import Patience
from provisioning.domain.steps import Action, Cause
from provisioning.handlers.ports import RefusedFor, Step, Work
from provisioning.handlers.settle import clear_if_settled, defer_advance, tell_members_who_have_access
from provisioning.handlers.tell import tell_failure, tell_granted, tell_move

_log = logging.getLogger(__name__)

Known = tuple[Partner, Grant] | None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an attempt ended: with facts, or with a cause that is final, counts, or only asks to wait.

    ``is_at_work``: the outside is, so nothing failed that anybody should hear of. ``is_counted`` False: it
    uses up no attempt. ``seated`` are the people of the order who have what the attempt is about.
    """

    outputs: Mapping[str, Any] = field(default_factory=dict)
    cause: Cause | None = None
    is_final: bool = False
    retry_after: timedelta | None = None
    is_at_work: bool = False
    is_counted: bool = True
    seated: frozenset[UUID] = frozenset()


@dataclass(frozen=True, kw_only=True)
class AdvanceGrant:
    """The job. It may be repeated, doubled, late or early: the grant's row decides what is done."""

    outside: OutsideCalls[Work]
    steps: Mapping[str, Step]
    patience: Patience
    random: Callable[[], float] = random.random

    def __call__(self, grant_id: UUID) -> None:
        """Do the moves of the grant that are due, the intent read anew for each. Blocks while outside.

        Who has to leave in between leaves the rest to a job.
        """
        self.outside.make(MovesOfGrant(grant_id, self))


@dataclass(frozen=True)
class Call:
    """One attempt, with all that its step needs."""

    attempt: Attempt
    order: GrantOrder
    outputs: Mapping[str, Any]


@dataclass(frozen=True)
class MovesOfGrant:
    """The calls of one grant, attempt by attempt; an attempt's id guards the note of its outcome.

    The lock is on the grant, and at the people's step on each person of it whom another grant may share.
    """

    grant_id: UUID
    job: AdvanceGrant

    @property
    def lock_name(self) -> str:
        return f"grant:{self.grant_id}"

    def come_back(self, work: Work, after: timedelta) -> None:
        """Whoever holds the grant now may have read an older intent."""
        grant = work.grants.get(self.grant_id)
        if grant is not None:
            again_at = work.now() + after
            defer_advance(work, grant, again_at, queueing_lock=f"held:{self.grant_id}")

    def begin(self, work: Work, hold: Hold, known: Known) -> Call | None:
        found = known or _locked(work, self.grant_id)
        if found is None:
            return None
        partner, grant = found
        move = grant.next_move()
        if move is None:
            return None
        now = work.now()
        if move.step.retry_at is not None and work.database_now() < move.step.retry_at:
            defer_advance(work, grant, move.step.retry_at, queueing_lock=f"early:{grant.grant_id}")
            return None
        elsewhere: Mapping[UUID, tuple[OtherSeat, ...]] = {}
        if move.step is grant.people_step:
            people = {
                person
                for member in partner.members
                for person in (member.person_id, former_person_id_of(member.email))
            }
            if not hold.try_also([f"person:{grant.product_name}:{one}" for one in people]):
                # Another partner's grant is at work on a person of ours; neither waits for the other.
                again_at = now + HELD_BY_ANOTHER
                defer_advance(work, grant, again_at, queueing_lock=f"held:{grant.grant_id}")
                return None
            elsewhere = _claim_seats(work, partner, grant, move.action)
        before = grant.state
        attempt = grant.begin(move, uuid7(), now)
        work.grants.save(grant)
        tell_move(work, before, grant)
        return Call(attempt, partner.order_for(grant, elsewhere), dict(grant.outputs))

    def call(self, call: Call) -> Outcome:
        """Make the call and sort its failure; what nobody sorted is tried again and stays visible."""
        attempt, order, outputs = call.attempt, call.order, call.outputs
        people = frozenset(member.member_id for member in order.members)
        try:
            step = self.job.steps[attempt.step_name]
            if attempt.action is Action.APPLY:
                return Outcome(outputs=step.apply(order, outputs), seated=people)
            getattr(step, attempt.action)(order, outputs)
            return Outcome()
        except NotNow as failure:
            renews_itself = failure.retry_after is not None and failure.kind in {Kind.UNDER_WAY, Kind.QUOTA}
            return Outcome(
                cause=_cause(failure.code, failure.message, order),
                retry_after=failure.retry_after,
                is_at_work=renews_itself and failure.kind is Kind.UNDER_WAY,
                is_counted=not renews_itself and not failure.made_progress,
            )
        except NeverPossible as failure:
            seated = people - failure.member_ids if isinstance(failure, RefusedFor) else frozenset()
            return Outcome(cause=_cause(failure.code, failure.message, order), is_final=True, seated=seated)
        except Exception as error:
            _log.exception("step_failed_unexpectedly", extra={"step": attempt.step_name})
            kind = type(error).__name__
            message = f"The step ended in an unexpected {kind}."
            return Outcome(cause=_cause("unexpected_error", message, order))

    def note(self, work: Work, call: Call, outcome: Outcome) -> Known:
        found = _locked(work, self.grant_id)
        if found is None:
            return None
        partner, grant = found
        attempt, before = call.attempt, grant.state
        if outcome.cause is None:
            counts = grant.note_success(attempt, outcome.outputs)
        else:
            counts = self._note_failure(work, grant, attempt, outcome, outcome.cause)
        work.grants.save(grant)
        is_again = counts and before is State.GRANTED and attempt.action is Action.APPLY
        seats = work.seats.made_for(partner.partner_id) if is_again else set()
        if counts:
            _note_seats(work, grant, attempt, outcome)
        tell_move(work, before, grant)
        if is_again and (outcome.cause is None or work.seats.made_for(partner.partner_id) > seats):
            tell_granted(work, grant)
        clear_if_settled(work, partner)
        tell_members_who_have_access(work, partner)
        return partner, grant

    def _note_failure(
        self, work: Work, grant: Grant, attempt: Attempt, outcome: Outcome, cause: Cause
    ) -> bool:
        """Note the cause, tell it unless the outside is only at work; return whether it still matters."""
        retry_at = self._retry_at(attempt, outcome, work.now())
        is_counted = outcome.is_counted or retry_at is None
        if not grant.note_failure(attempt, cause, retry_at, counts=is_counted):
            return False
        if retry_at is None or not outcome.is_at_work:
            tell_failure(work, grant, attempt, cause, retry_at)
        return True

    def _retry_at(self, attempt: Attempt, outcome: Outcome, now: datetime) -> datetime | None:
        """Return when to try again, not before the outside asked for it; None for never."""
        patience = self.job.patience
        if outcome.is_final:
            return None
        if not outcome.is_counted and outcome.retry_after is not None:
            return patience.look_again_at(attempt.begun_at, now, outcome.retry_after)
        backed_off = patience.next_attempt_at(
            attempt.number if outcome.is_counted else 1, now, self.job.random
        )
        return backed_off and max(backed_off, now + (outcome.retry_after or timedelta(0)))


def _locked(work: Work, grant_id: UUID) -> Known:
    """Return the grant with its partner, whose row is held first, so that nobody waits in a ring."""
    partner = work.partners.lock_owner(grant_id)
    grant = work.grants.get(grant_id) if partner else None
    return (partner, grant) if partner and grant else None


def _claim_seats(
    work: Work, partner: Partner, grant: Grant, action: Action
) -> Mapping[UUID, tuple[OtherSeat, ...]]:
    """Have other grants know of the people before the outside does; return what the people have of those."""
    work.seats.claim(grant, partner.members)
    if action is Action.UNFREEZE:
        work.seats.switch(grant, is_on=True)
    return work.seats.elsewhere(grant, partner.members)


def _note_seats(work: Work, grant: Grant, attempt: Attempt, outcome: Outcome) -> None:
    """Claimed early and given up late: whoever shares a person never takes too much away."""
    if attempt.step_name != grant.product.people_step:
        return
    if attempt.action is Action.APPLY:
        work.seats.note_made(grant, outcome.seated)
    elif outcome.cause is None and attempt.action is Action.FREEZE:
        work.seats.switch(grant, is_on=False)
    elif outcome.cause is None and attempt.action is Action.UNDO:
        work.seats.release(grant)


def _cause(code: str, message: str, order: GrantOrder) -> Cause:
    """Return a cause within the bounds of the contract of `access.failed`, and that names nobody."""
    is_stable = re.fullmatch(r"[a-z][a-z0-9_]{0,63}", code) is not None
    people = [word for one in order.members for word in (one.email, one.given_name, one.family_name)]
    words = redacted_cause(message, people)
    return Cause(code if is_stable else "unknown", words or "No reason was given.")
