"""Takes a grant as far as it comes now: the job behind everything that happens outside.

Each step is called by `OutsideCalls`: its attempt is committed first, its outcome afterwards with the event
and the attempt at the next step. Dying between any two lines is harmless: the job of a dead worker is
repeated, and the attempt that was noted makes it look outside before it does anything.
"""

import logging
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.database.outside_calls import HELD_BY_ANOTHER, Hold, OutsideCalls
from chassis.failures import Kind, NeverPossible, NotNow
from chassis.redaction import redacted_cause
from provisioning.domain.former_people import former_person_id_of
from provisioning.domain.grant_states import Intent, State
from provisioning.domain.grants import Attempt, Grant
from provisioning.domain.moves import Move
from provisioning.domain.orders import GrantOrder, OtherSeat
from provisioning.domain.partners import Partner
from provisioning.domain.patience import Patience
from provisioning.domain.rounds import Rounds
from provisioning.domain.standings import Observation
from provisioning.domain.steps import Cause
from provisioning.handlers.bringing import bring, look_after_refusal, look_at_each, reaches
from provisioning.handlers.ports import RefusedFor, Step, Work
from provisioning.handlers.settle import (
    clear_if_settled,
    defer_advance,
    let_go_of_people,
    tell_members_who_have_access,
)
from provisioning.handlers.tell import save_and_tell, tell_drift, tell_failure, tell_granted, tell_stuck

_log = logging.getLogger(__name__)

Known = tuple[Partner, Grant] | None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an attempt ended: with what was observed, or with a cause that is final, counts, or asks to wait.

    What was refused for good may come with both: what stands all the same. ``kind`` is the kind of the
    failure, which decides how long patience lasts; progress begins it anew. ``is_at_work``: the outside is,
    so nothing failed that anybody should hear of. ``is_counted`` False: it only asks to wait. ``seated`` are
    the people of the order who have what the attempt is about.
    """

    observation: Observation | None = None
    cause: Cause | None = None
    kind: str = ""
    made_progress: bool = False
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
    rounds: Rounds
    random: Callable[[], float] = random.random

    def __call__(self, grant_id: UUID) -> None:
        """Do the moves of the grant that are due, the intent read anew for each. Blocks while outside.

        Who has to leave in between leaves the rest to a job.
        """
        self.outside.make(MovesOfGrant(grant_id, self))


class CallOfGrant:
    """Something that is asked of the outside for a grant."""


@dataclass(frozen=True)
class Call(CallOfGrant):
    """One attempt, with all that its step needs."""

    attempt: Attempt
    order: GrantOrder
    outputs: Mapping[str, Any]


@dataclass(frozen=True)
class LookCall(CallOfGrant):
    """One look at everything that stands of the grant."""

    look_id: UUID
    step_names: tuple[str, ...]
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

    def begin(self, work: Work, hold: Hold, known: Known) -> CallOfGrant | None:
        """Begin the most urgent move that is due, else the look that is; a job is left for what is due later.

        Neither a step in backoff nor people whom another grant is at work on keep the other steps waiting.
        """
        found = known or _locked(work, self.grant_id)
        if found is None:
            return None
        partner, grant = found
        now, moves = work.now(), grant.moves()
        for move in moves:
            if move.step.retry_at is not None and work.database_now() < move.step.retry_at:
                continue
            if move.step is not grant.people_step or _holds_people(hold, partner, grant):
                return self._begin(work, partner, grant, move)
        if grant.look_at is not None and grant.look_at <= now and _holds_people(hold, partner, grant):
            return _begin_look(work, partner, grant)
        self._leave_to_a_job(work, grant, moves)
        return None

    def _leave_to_a_job(self, work: Work, grant: Grant, moves: Sequence[Move]) -> None:
        """Another partner's grant is at work on a person of ours, or everything waits for its time."""
        if not moves:
            return
        now = work.now()
        times = [move.step.retry_at for move in moves if move.step.retry_at is not None]
        if len(times) < len(moves) or min(times) <= now:
            defer_advance(work, grant, now + HELD_BY_ANOTHER, queueing_lock=f"held:{grant.grant_id}")
        else:
            defer_advance(work, grant, min(times), queueing_lock=f"early:{grant.grant_id}")

    def _begin(self, work: Work, partner: Partner, grant: Grant, move: Move) -> Call:
        elsewhere: Mapping[UUID, tuple[OtherSeat, ...]] = {}
        if move.step is grant.people_step:
            elsewhere = _claim_seats(work, partner, grant, move)
        attempt = grant.begin(move, uuid7(), work.now())
        save_and_tell(work, grant)
        return Call(attempt, partner.order_for(grant, elsewhere), dict(grant.outputs))

    def call(self, call: CallOfGrant) -> Outcome | Mapping[str, Observation]:
        """Make the call and sort its failure; what nobody sorted is tried again and stays visible."""
        if isinstance(call, LookCall):
            return look_at_each(self.job.steps, call.step_names, call.order, call.outputs)
        step_call = cast(Call, call)
        attempt, order, outputs = step_call.attempt, step_call.order, step_call.outputs
        people = frozenset(member.member_id for member in order.members)
        step = self.job.steps[attempt.step_name]
        try:
            observation = bring(step, attempt.target, attempt.known, order, outputs)
            return Outcome(observation=observation, seated=people)
        except NotNow as failure:
            asks_to_wait = failure.retry_after is not None and failure.kind in {Kind.UNDER_WAY, Kind.QUOTA}
            return Outcome(
                cause=_cause(failure.code, failure.message, order),
                kind=failure.kind,
                made_progress=failure.made_progress,
                retry_after=failure.retry_after,
                is_at_work=asks_to_wait and failure.kind is Kind.UNDER_WAY,
                is_counted=not asks_to_wait,
            )
        except NeverPossible as failure:
            return Outcome(
                cause=_cause(failure.code, failure.message, order),
                observation=look_after_refusal(step, order, outputs),
                is_final=True,
                seated=people - failure.member_ids if isinstance(failure, RefusedFor) else frozenset(),
            )
        except Exception as error:
            _log.exception("step_failed_unexpectedly", extra={"step": attempt.step_name})
            kind = type(error).__name__
            message = f"The step ended in an unexpected {kind}."
            return Outcome(cause=_cause("unexpected_error", message, order))

    def note(self, work: Work, call: CallOfGrant, outcome: Outcome | Mapping[str, Observation]) -> Known:
        found = _locked(work, self.grant_id)
        if found is None:
            return None
        partner, grant = found
        if isinstance(call, LookCall):
            self._note_look(work, grant, call, cast("Mapping[str, Observation]", outcome))
        else:
            self._note_attempt(work, partner, grant, cast(Call, call).attempt, cast(Outcome, outcome))
        clear_if_settled(work, partner)
        tell_members_who_have_access(work, partner)
        return partner, grant

    def _note_look(self, work: Work, grant: Grant, call: LookCall, seen: Mapping[str, Observation]) -> None:
        now = work.now()
        next_look_at = self.job.rounds.next_look_at(grant.product_name, now, self.job.random)
        drifts = grant.note_look(call.look_id, seen, now, next_look_at)
        for drift in drifts:
            tell_drift(work, grant, drift)
        save_and_tell(work, grant)
        let_go_of_people(work, grant)

    def _note_attempt(
        self, work: Work, partner: Partner, grant: Grant, attempt: Attempt, outcome: Outcome
    ) -> None:
        before = grant.state
        if outcome.observation is not None and _is_reached(attempt, outcome):
            counts = grant.note_success(attempt, outcome.observation, work.now())
        else:
            counts = self._note_failure(work, grant, attempt, outcome)
        if grant.is_settled and grant.look_at is None:
            grant.look_at = self.job.rounds.next_look_at(grant.product_name, work.now(), self.job.random)
        is_again = counts and attempt.target is Intent.ON and before in (State.GRANTED, State.FROZEN)
        seats = work.seats.made_for(partner.partner_id) if is_again else set()
        if counts:
            _note_seats(work, grant, attempt, outcome)
        save_and_tell(work, grant)
        has_more = is_again and work.seats.made_for(partner.partner_id) > seats
        is_made_anew = is_again and before is State.GRANTED and outcome.cause is None
        if grant.state is State.GRANTED and (has_more or is_made_anew):
            tell_granted(work, grant)

    def _note_failure(self, work: Work, grant: Grant, attempt: Attempt, outcome: Outcome) -> bool:
        """Note the cause, tell it unless the outside is only at work; return whether it still matters."""
        cause = cast(Cause, outcome.cause)
        retry_at = self._retry_at(attempt, outcome, work.now())
        is_counted = outcome.is_counted or retry_at is None
        was_making, seen = grant.is_making, outcome.observation
        if not grant.note_failure(attempt, cause, retry_at, counts=is_counted, seen=seen, now=work.now()):
            return False
        if outcome.made_progress:
            grant.note_progress(attempt, work.now())
        if retry_at is None and not was_making:
            tell_stuck(work, grant, attempt, cause)
        elif retry_at is None or not outcome.is_at_work:
            tell_failure(work, grant, attempt, cause, retry_at)
        return True

    def _retry_at(self, attempt: Attempt, outcome: Outcome, now: datetime) -> datetime | None:
        """Return when to try again, not before the outside asked for it; None for never."""
        patience = self.job.patience
        if outcome.is_final:
            return None
        begun_at = now if outcome.made_progress else attempt.begun_at
        if not outcome.is_counted and outcome.retry_after is not None:
            return patience.look_again_at(begun_at, outcome.kind, now, outcome.retry_after)
        number = 1 if outcome.made_progress else attempt.number
        backed_off = patience.next_attempt_at(number, begun_at, outcome.kind, now, self.job.random)
        return backed_off and max(backed_off, now + (outcome.retry_after or timedelta(0)))


def _is_reached(attempt: Attempt, outcome: Outcome) -> bool:
    """Whether it ended well, or what could not be taken away is seen gone all the same."""
    if outcome.cause is None:
        return True
    return attempt.target is not Intent.ON and reaches(attempt.target, outcome.observation)


def _locked(work: Work, grant_id: UUID) -> Known:
    """Return the grant with its partner, whose row is held first, so that nobody waits in a ring."""
    partner = work.partners.lock_owner(grant_id)
    grant = work.grants.get(grant_id) if partner else None
    return (partner, grant) if partner and grant else None


def _holds_people(hold: Hold, partner: Partner, grant: Grant) -> bool:
    """Hold every person of the partner in this product, or return False: nobody waits for the other."""
    people = {
        person
        for member in partner.members
        for person in (member.person_id, former_person_id_of(member.email))
    }
    return hold.try_also([f"person:{grant.product_name}:{one}" for one in people])


def _begin_look(work: Work, partner: Partner, grant: Grant) -> LookCall:
    look_id = uuid7()
    step_names = grant.begin_look(look_id)
    work.grants.save(grant)
    elsewhere = work.seats.elsewhere(grant, partner.members) if grant.people_step else {}
    return LookCall(look_id, step_names, partner.order_for(grant, elsewhere), dict(grant.outputs))


def _claim_seats(
    work: Work, partner: Partner, grant: Grant, move: Move
) -> Mapping[UUID, tuple[OtherSeat, ...]]:
    """Have other grants know of the people before the outside does; return what the people have of those."""
    work.seats.claim(grant, partner.members)
    if move.target is Intent.ON and move.step.may_be_off:
        work.seats.switch(grant, is_on=True)
    return work.seats.elsewhere(grant, partner.members)


def _note_seats(work: Work, grant: Grant, attempt: Attempt, outcome: Outcome) -> None:
    """Claimed early and given up late: whoever shares a person never takes too much away."""
    if attempt.step_name != grant.product.people_step:
        return
    if attempt.target is Intent.ON:
        work.seats.note_made(grant, outcome.seated)
    elif outcome.cause is None and attempt.target is Intent.FROZEN:
        work.seats.switch(grant, is_on=False)
    elif outcome.cause is None and attempt.target is Intent.OFF:
        work.seats.release(grant)


def _cause(code: str, message: str, order: GrantOrder) -> Cause:
    """Return a cause within the bounds of the contract of `access.failed`, and that names nobody."""
    is_stable = re.fullmatch(r"[a-z][a-z0-9_]{0,63}", code) is not None
    people = [word for one in order.members for word in (one.email, one.given_name, one.family_name)]
    words = redacted_cause(message, people)
    return Cause(code if is_stable else "unknown", words or "No reason was given.")
