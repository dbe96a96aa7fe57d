"""Turns moves of grants into the events of provisioning."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from provisioning.domain import events
from provisioning.domain.attempts import Attempt
from provisioning.domain.budgets import Action, Threshold
from provisioning.domain.device_claims import DeviceClaim
from provisioning.domain.drift import Drift
from provisioning.domain.findings import Finding, FindingState, Settlement
from provisioning.domain.grant_states import Intent, State
from provisioning.domain.grants import Grant
from provisioning.domain.leases import Lease
from provisioning.domain.meters import Spending
from provisioning.domain.standings import Standing
from provisioning.domain.steps import Cause, StepRecord
from provisioning.handlers.kept_results import keep_results
from provisioning.handlers.ports import Work

EVENT_OF_MOVE: Mapping[tuple[State, State], type[events.GrantEvent]] = {
    (State.PLANNED, State.PROVISIONING): events.AccessProvisioningStarted,
    (State.FAILED, State.PROVISIONING): events.AccessProvisioningStarted,
    (State.GRANTED, State.PROVISIONING): events.AccessProvisioningStarted,
    (State.PROVISIONING, State.GRANTED): events.AccessGranted,
    (State.PROVISIONING, State.FROZEN): events.AccessFrozen,
    (State.GRANTED, State.FROZEN): events.AccessFrozen,
    (State.FAILED, State.FROZEN): events.AccessFrozen,
    (State.FROZEN, State.GRANTED): events.AccessUnfrozen,
    (State.FROZEN, State.PROVISIONING): events.AccessProvisioningStarted,
    (State.REVOKING, State.REVOKED): events.AccessRevoked,
}


def emit_planned(work: Work, partner_id: UUID, catalogue_version: str, grants: Sequence[Grant]) -> None:
    planned = tuple(
        events.PlannedGrant(grant_id=grant.grant_id, product=grant.product.name, required=grant.is_required)
        for grant in grants
    )
    work.emit(
        events.AccessPlanned(partner_id=partner_id, catalogue_version=catalogue_version, grants=planned)
    )


def emit_approvals_requested(work: Work, grants: Sequence[Grant]) -> None:
    for grant in grants:
        if grant.waits_for_approval:
            work.emit(events.AccessApprovalRequested(**_which(grant)))


def emit_approved(work: Work, grant: Grant, reason: str, approved_by: str) -> None:
    work.emit(events.AccessApproved(**_which(grant), reason=reason, approved_by=approved_by))


def save_and_emit(work: Work, grant: Grant) -> None:
    """Save the grant with the events of the moves that it made."""
    moves, grant.untold = grant.untold, []
    for move in moves:
        event = _event_of(grant, move)
        if event is events.AccessGranted:
            is_first, grant.was_granted = not grant.was_granted, True
            grant.begin_lease(work.now())
            emit_granted(work, grant, is_first=is_first)
        elif event:
            work.emit(event(**_which(grant)))
        if move[1] in (State.REVOKED, State.WAIVED):
            keep_results(work, grant)
    _emit_devices(work, grant)
    work.grants.save(grant)


def _emit_devices(work: Work, grant: Grant) -> None:
    """Emit once when a device is ready, and once when it is gone; not when it is removed with the grant."""
    for device in list(grant.devices):
        which: dict[str, Any] = {**_which(grant), "device_id": device.device_id}
        if device.is_ready and not device.is_told:
            thing_name, claim_id = str(device.outputs["thing_name"]), device.claim_id
            came: dict[str, Any] = {"thing_name": thing_name, "claim_id": claim_id, "added_at": work.now()}
            work.emit(events.AccessDeviceAdded(**which, **came))
            device.is_told = True
        elif device.is_gone:
            grant.forget_device(device)
            if device.is_told:
                work.emit(events.AccessDeviceRemoved(**which, removed_at=work.now()))


def _event_of(grant: Grant, move: tuple[State, State]) -> type[events.GrantEvent] | None:
    """Only what was granted before is reported as frozen; the rest is granted when it is switched on."""
    if not grant.was_granted and move[1] is State.FROZEN:
        return None
    if not grant.was_granted and move[1] is State.GRANTED:
        return events.AccessGranted
    return EVENT_OF_MOVE.get(move)


def emit_granted(work: Work, grant: Grant, *, is_first: bool = False) -> None:
    """Emitted again when the key was replaced or people were added, since the facts have changed."""
    member_ids = None
    if grant.product.people_step is not None:
        seats = work.seats.made_for(grant.partner_id)
        member_ids = tuple(sorted(member for grant_id, member in seats if grant_id == grant.grant_id))
    work.emit(
        events.AccessGranted(
            **_which(grant),
            identifiers=grant.identifiers,
            collectable=grant.is_collectable,
            member_ids=member_ids,
            lease_ends_at=grant.lease.ends_at if grant.lease else None,
            first=is_first,
        )
    )


def emit_failure(work: Work, grant: Grant, attempt: Attempt, cause: Cause, retry_at: datetime | None) -> None:
    work.emit(
        events.AccessFailed(
            **_which(grant),
            required=grant.is_required,
            step=attempt.step_name,
            code=cause.code,
            message=cause.message,
            attempt=attempt.number,
            will_retry=retry_at is not None,
            retry_at=retry_at,
        )
    )


def emit_stuck(work: Work, grant: Grant, step: StepRecord, cause: Cause) -> None:
    """Something exists outside that should be off, gone or restored, and only an operator can help.

    For a device, which delays nothing but itself, it is an event of its own.
    """
    facts: dict[str, Any] = {
        **_which(grant),
        "wanted": grant.target_of(step),
        "step": step.name,
        "code": cause.code,
        "message": cause.message,
        "attempt": max(1, step.attempts),
    }
    device = grant.device_of(step.name)
    if grant.intent is Intent.ON and device is not None:
        work.emit(events.AccessDeviceStuck(**facts, device_id=device.device_id))
    else:
        work.emit(events.AccessStuck(**facts))


def emit_held(work: Work, grant: Grant) -> None:
    """What somebody else switched off is not restored with the rest."""
    step = grant.stuck_step
    if step is not None and step.cause is not None:
        emit_stuck(work, grant, step, step.cause)


def emit_drift(work: Work, grant: Grant, drift: Drift) -> None:
    """Also report what waits for an operator because of it: until then the access is missing."""
    step = grant.step(drift.step_name)
    work.emit(
        events.AccessDriftDetected(
            **_which(grant),
            wanted=Intent.OFF if step is grant.leaving else grant.intent,
            step=drift.step_name,
            expected=drift.expected,
            found=drift.found,
            differences=tuple(sorted({difference.code for difference in drift.differences})),
            is_left=step.standing is Standing.HELD,
        )
    )
    if step.standing is Standing.HELD and step.is_stuck and step.cause is not None:
        emit_stuck(work, grant, step, step.cause)


def emit_expiring(work: Work, grant: Grant, lease: Lease) -> None:
    days = max(1, round((lease.ends_at - work.now()) / timedelta(days=1)))
    work.emit(events.AccessExpiring(**_named(grant), ends_at=lease.ends_at, days_left=days))


def emit_expired(work: Work, grant: Grant, lease: Lease) -> None:
    work.emit(events.AccessExpired(**_named(grant), ended_at=lease.ends_at, removal_at=lease.removal_at))


def emit_renewed(work: Work, grant: Grant, lease: Lease, reason: str, renewed_by: str) -> None:
    work.emit(
        events.AccessRenewed(**_named(grant), ends_at=lease.ends_at, reason=reason, renewed_by=renewed_by)
    )


def emit_spent(work: Work, grant: Grant, spending: Spending, at: Threshold) -> None:
    facts: dict[str, Any] = {
        **_named(grant),
        "month": f"{spending.month:%Y-%m}",
        "percent": at.percent,
        "budget_usd": f"{spending.budget_usd:.2f}",
        "spent_usd": f"{spending.spent_usd:.2f}",
    }
    if at.action is Action.WARN:
        work.emit(events.AccessBudgetWarned(**facts))
    else:
        work.emit(events.AccessBudgetExceeded(**facts, action=at.action))


def emit_waived(
    work: Work, grant: Grant, reason: str, waived_by: str, *, is_refused: bool | None = None
) -> None:
    event = events.AccessWaived(**_which(grant), reason=reason, waived_by=waived_by, refused=is_refused)
    work.emit(event)


def emit_claim_made(work: Work, grant: Grant, claim: DeviceClaim) -> None:
    facts: Any = {name: getattr(claim, name) for name in ("claim_id", "places", "expires_at")}
    work.emit(events.AccessDeviceClaimMade(**_which(grant), **facts, made_at=claim.created_at))


def emit_claim_revoked(work: Work, grant: Grant, claim: DeviceClaim) -> None:
    work.emit(
        events.AccessDeviceClaimRevoked(**_which(grant), claim_id=claim.claim_id, revoked_at=work.now())
    )


def emit_key_replacement(
    work: Work, grant: Grant, why: Literal["rotation", "revocation", "release"], device_id: UUID | None = None
) -> None:
    work.emit(
        events.AccessKeyReplacementStarted(
            **_which(grant), why=why, device_id=device_id, started_at=work.now()
        )
    )


def emit_member_added(work: Work, partner_id: UUID, member_id: UUID, grants: Sequence[Grant]) -> None:
    products = tuple(
        events.ProductOfMember(
            product=grant.product.name,
            grant_id=grant.grant_id,
            sign_in_url=grant.product.identifiers_in(grant.outputs).get("sign_in_url"),
        )
        for grant in grants
    )
    work.emit(
        events.AccessMemberAdded(
            partner_id=partner_id, member_id=member_id, products=products, added_at=work.now()
        )
    )


def emit_member_removed(work: Work, partner_id: UUID, member_id: UUID, grants: Sequence[Grant]) -> None:
    products = tuple(
        events.LeftProduct(product=grant.product.name, grant_id=grant.grant_id) for grant in grants
    )
    work.emit(
        events.AccessMemberRemoved(
            partner_id=partner_id, member_id=member_id, products=products, removed_at=work.now()
        )
    )


def save_and_emit_finding(work: Work, finding: Finding) -> None:
    """Emit when it is opened and when it is settled, if its owner is known."""
    states, finding.untold = finding.untold, []
    for state in states:
        if finding.partner_id is None:
            continue
        which: dict[str, Any] = {
            "partner_id": finding.partner_id,
            "finding_id": finding.finding_id,
            "product": finding.product,
            "kind": finding.kind,
            "outside_id": finding.outside_id,
        }
        if state is FindingState.OPEN:
            work.emit(events.AccessOrphanFound(**which, first_seen_at=finding.first_seen_at))
        elif finding.is_told:
            work.emit(events.AccessOrphanSettled(**which, outcome=Settlement(state)))
        finding.is_told = state is FindingState.OPEN
    work.findings.save(finding)


def _named(grant: Grant) -> dict[str, Any]:
    return _which(grant) | {"entry_name": grant.entry_name or None}


def _which(grant: Grant) -> dict[str, Any]:
    """The fields that every event of a grant has."""
    return {"partner_id": grant.partner_id, "grant_id": grant.grant_id, "product": grant.product.name}
