"""The lease of a grant: what became due is carried out, and operators change it."""

from provisioning.domain import interventions
from provisioning.domain.grant_states import Intent
from provisioning.domain.grants import Grant
from provisioning.domain.leases import FrozenFor, Stage
from provisioning.handlers import commands
from provisioning.handlers.emit import emit_expired, emit_expiring, emit_held, emit_renewed
from provisioning.handlers.grants import act_on_grant
from provisioning.handlers.ports import Work


def follow_lease(work: Work, command: commands.FollowLease) -> None:
    """Warn, switch off, or remove, depending on the present state.

    Harmless when repeated, when it comes too early, and when the lease was extended meanwhile.
    """
    act_on_grant(work, command.grant_id, lambda grant: _follow(work, grant))


def extend_lease(work: Work, command: commands.ExtendLease) -> Grant:
    """Give more time, and restore what its end switched off. Raises GrantNotFound, LeaseNotToBeChanged."""

    def extend(grant: Grant) -> None:
        comes_back = interventions.extend_lease(grant, command.days, work.now())
        _emit_renewed(work, grant, command.reason, command.by, comes_back=comes_back)

    return act_on_grant(work, command.grant_id, extend)


def extend_lease_to(work: Work, command: commands.ExtendLeaseTo) -> Grant:
    """The same up to a time; no effect if it already lasts as long. Raises as `extend_lease`."""

    def extend(grant: Grant) -> None:
        before = grant.lease and grant.lease.ends_at
        comes_back = interventions.extend_lease_to(grant, command.ends_at, work.now())
        if grant.lease and grant.lease.ends_at != before:
            _emit_renewed(work, grant, command.reason, command.by, comes_back=comes_back)

    return act_on_grant(work, command.grant_id, extend)


def end_lease(work: Work, command: commands.EndLease) -> Grant:
    """End it now. Raises GrantNotFound, LeaseNotToBeChanged."""

    return act_on_grant(work, command.grant_id, lambda grant: end_now(work, grant))


def end_now(work: Work, grant: Grant) -> None:
    """Raises LeaseNotToBeChanged."""
    interventions.end_lease(grant, work.now())
    _follow(work, grant)


def freeze_grant(work: Work, command: commands.FreezeGrant) -> Grant:
    """Switch it off until an operator reinstates it. Raises GrantNotFound, MoveNotAllowed."""
    return act_on_grant(work, command.grant_id, interventions.freeze)


def reinstate_grant(work: Work, command: commands.ReinstateGrant) -> Grant:
    """Lift the freeze; other reasons still keep it off. Raises GrantNotFound, MoveNotAllowed."""

    def reinstate(grant: Grant) -> None:
        if interventions.reinstate(grant):
            emit_held(work, grant)

    return act_on_grant(work, command.grant_id, reinstate)


def _emit_renewed(work: Work, grant: Grant, reason: str, by: str, *, comes_back: bool) -> None:
    if grant.lease is not None:
        emit_renewed(work, grant, grant.lease, reason, by)
    if comes_back:
        emit_held(work, grant)


def _follow(work: Work, grant: Grant) -> None:
    lease = grant.lease
    while lease is not None and grant.is_wanted and (stage := lease.follow(work.now())):
        if stage is Stage.EXPIRING:
            emit_expiring(work, grant, lease)
        elif stage is Stage.EXPIRED:
            emit_expired(work, grant, lease)
            grant.freeze(FrozenFor.LEASE)
        else:
            grant.want(Intent.OFF)
