"""What an operator has done to a grant: that does not get on, that is to be off, whose time changes."""

from datetime import datetime

from provisioning.domain.grant_states import Intent, MoveNotAllowed, State
from provisioning.domain.grants import Grant
from provisioning.domain.leases import FrozenFor, Lease
from provisioning.domain.refusals import LeaseNotToBeChanged, Refused
from provisioning.domain.settling import settle


def retry(grant: Grant, now: datetime) -> None:
    """Try again what is stuck or waits for its next attempt, with all patience anew.

    What somebody else switched off is given back. Where nothing failed, look. Raises MoveNotAllowed when
    nothing stands outside.
    """
    in_trouble = [step for step in grant.all_steps if step.is_stuck or step.retry_at]
    if not in_trouble:
        look(grant, now)
    for step in in_trouble:
        step.give_back()
    settle(grant)


def repair(grant: Grant, now: datetime) -> None:
    """Look at once, and have everything made as it should be, also what somebody else switched off.

    Raises MoveNotAllowed when nothing stands outside.
    """
    look(grant, now)
    grant.gives_back = True
    for step in grant.all_steps:
        step.give_back()
    settle(grant)


def look(grant: Grant, now: datetime) -> None:
    """Raises MoveNotAllowed when nothing stands outside."""
    if not grant.may_stand_outside:
        raise MoveNotAllowed(grant.state, State.PROVISIONING)
    grant.look_at = now


def skip(grant: Grant, step_name: str, reason: str) -> None:
    """Leave the step as it stands, and go on as if it were off or gone, until another intent.

    Raises Refused when it is wanted, or is in nobody's way.
    """
    step = next((step for step in grant.all_steps if step.name == step_name), None)
    if step is None or not step.may_stand_outside:
        raise Refused("nothing_to_skip", "No step of this name stands outside.")
    if grant.target_of(step) is Intent.ON:
        message = "What is wanted cannot be skipped: waive the grant, or retry."
        raise Refused("step_is_wanted", message)
    device = grant.device_of(step_name)
    if device is not None and grant.is_wanted and device.connects_by(step):
        message = "The removed device may still connect: retry, or delete it outside and retry."
        raise Refused("device_may_connect", message)
    step.start_over()
    step.skipped_because, step.attempt_id = reason, None
    settle(grant)


def force(grant: Grant) -> None:
    """Take everything away whatever holds it, and try all of it anew.

    Raises Refused unless it is to be taken away, MoveNotAllowed when nothing stands outside.
    """
    if grant.intent is not Intent.OFF:
        message = "Only what is to be removed can be forced: end the partnership, or waive the grant."
        raise Refused("still_wanted", message)
    if not grant.may_stand_outside:
        raise MoveNotAllowed(grant.state, State.REVOKING)
    grant.is_forced = True
    for step in grant.all_steps:
        step.start_over()


def waive(grant: Grant, reason: str) -> None:
    """Go on without this product; what was begun of it is undone.

    Raises MoveNotAllowed unless it is planned, in the making, or failed, and wanted.
    """
    if grant.intent is not Intent.ON and not grant.waits_for_approval:
        raise MoveNotAllowed(grant.state, State.WAIVED)
    grant.move_to(State.WAIVED)
    grant.aim_at(Intent.OFF)
    grant.waiver_reason = reason
    settle(grant)


def approve(grant: Grant) -> None:
    """Have it made, unless something else holds it. Raises MoveNotAllowed unless it waits for that."""
    if not grant.waits_for_approval:
        raise MoveNotAllowed(grant.state, State.PROVISIONING)
    grant.unfreeze(FrozenFor.APPROVAL)


def refuse(grant: Grant, reason: str) -> None:
    """Go on without it. Raises MoveNotAllowed unless it waits for approval."""
    if not grant.waits_for_approval:
        raise MoveNotAllowed(grant.state, State.WAIVED)
    waive(grant, reason)


def freeze(grant: Grant) -> None:
    """Raises MoveNotAllowed when an operator has switched it off already, or it is not wanted any more."""
    if not grant.is_wanted:
        raise MoveNotAllowed(grant.state, State.FROZEN)
    if FrozenFor.OPERATOR in grant.frozen_for:
        raise MoveNotAllowed(grant.state, State.FROZEN, "An operator has frozen it already.")
    grant.freeze(FrozenFor.OPERATOR)


def reinstate(grant: Grant) -> bool:
    """Lift the freeze and return whether it comes back; what else holds it goes on.

    Raises MoveNotAllowed unless an operator had frozen it.
    """
    if not grant.is_wanted:
        raise MoveNotAllowed(grant.state, State.GRANTED)
    if FrozenFor.OPERATOR not in grant.frozen_for:
        others = f" What holds it off: {', '.join(sorted(grant.frozen_for))}." if grant.frozen_for else ""
        raise MoveNotAllowed(grant.state, State.GRANTED, f"No operator has frozen it.{others}")
    return grant.unfreeze(FrozenFor.OPERATOR)


def extend_lease(grant: Grant, days: int, now: datetime) -> bool:
    """Give more time and return whether it comes back. Raises LeaseNotToBeChanged."""
    _running_lease(grant).extend(days, now)
    return grant.unfreeze(FrozenFor.LEASE)


def extend_lease_to(grant: Grant, ends_at: datetime, now: datetime) -> bool:
    """The same to a moment, so that nothing comes of it twice; a later end stays."""
    lease = _running_lease(grant)
    if lease.ends_at < ends_at <= now:
        message = "The time that was asked for has passed meanwhile: ask for more from now on."
        raise LeaseNotToBeChanged("time_has_passed", message)
    if lease.ends_at < ends_at:
        lease.extend_to(ends_at, now)
    return grant.unfreeze(FrozenFor.LEASE) if lease.ends_at > now else False


def end_lease(grant: Grant, now: datetime) -> None:
    """Raises LeaseNotToBeChanged."""
    _running_lease(grant).end(now)


def _running_lease(grant: Grant) -> Lease:
    if grant.lease is None or not grant.is_wanted:
        raise LeaseNotToBeChanged("no_lease", "The grant has no lease, or is not wanted any more.")
    return grant.lease
