"""Turns moves of grants into the events of ``access.lifecycle.v1``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.events import OutgoingEvent
from provisioning.domain.grant_states import State
from provisioning.domain.grants import Attempt, Grant
from provisioning.domain.steps import Cause
from provisioning.handlers.ports import Work

TOPIC = "access.lifecycle.v1"

EVENT_OF_MOVE = {
    (State.PLANNED, State.PROVISIONING): "access.provisioning_started",
    (State.FAILED, State.PROVISIONING): "access.provisioning_started",
    (State.PROVISIONING, State.GRANTED): "access.granted",
    (State.PROVISIONING, State.FROZEN): "access.frozen",
    (State.GRANTED, State.FROZEN): "access.frozen",
    (State.FAILED, State.FROZEN): "access.frozen",
    (State.FROZEN, State.GRANTED): "access.unfrozen",
    (State.FROZEN, State.PROVISIONING): "access.unfrozen",
    (State.REVOKING, State.REVOKED): "access.revoked",
}


def tell_planned(work: Work, partner_id: UUID, catalogue_version: str, grants: Sequence[Grant]) -> None:
    planned = [
        {"grant_id": str(grant.grant_id), "product": grant.product_name, "required": grant.is_required}
        for grant in grants
    ]
    _emit(work, "access.planned", partner_id, catalogue_version=catalogue_version, grants=planned)


def tell_move(work: Work, before: State, grant: Grant) -> None:
    """Emit the event of the move from ``before`` to the grant's state, if that move has one."""
    name = EVENT_OF_MOVE.get((before, grant.state))
    if name == "access.granted":
        tell_granted(work, grant)
    elif name:
        _emit_grant(work, name, grant)


def tell_granted(work: Work, grant: Grant) -> None:
    """Told again when the key was replaced or people were added, since the facts are others then."""
    facts: dict[str, Any] = {
        "identifiers": grant.product.identifiers_in(grant.outputs),
        "collectable": grant.is_collectable,
    }
    if grant.product.people_step is not None:
        seats = work.seats.made_for(grant.partner_id)
        facts["member_ids"] = sorted(str(member) for grant_id, member in seats if grant_id == grant.grant_id)
    _emit_grant(work, "access.granted", grant, **facts)


def tell_failure(work: Work, grant: Grant, attempt: Attempt, cause: Cause, retry_at: datetime | None) -> None:
    _emit_grant(
        work,
        "access.failed",
        grant,
        required=grant.is_required,
        step=attempt.step_name,
        code=cause.code,
        message=cause.message,
        attempt=attempt.number,
        will_retry=retry_at is not None,
        retry_at=retry_at and retry_at.isoformat(),
    )


def tell_waived(work: Work, grant: Grant, reason: str, waived_by: str) -> None:
    _emit_grant(work, "access.waived", grant, reason=reason, waived_by=waived_by)


def tell_member_added(work: Work, partner_id: UUID, member_id: UUID, grants: Sequence[Grant]) -> None:
    products = [{"product": grant.product_name, "grant_id": str(grant.grant_id)} for grant in grants]
    _emit(
        work,
        "access.member_added",
        partner_id,
        member_id=str(member_id),
        products=products,
        added_at=work.now().isoformat(),
    )


def tell_cleared(work: Work, partner_id: UUID) -> None:
    _emit(work, "access.cleared", partner_id)


def _emit_grant(work: Work, name: str, grant: Grant, **data: Any) -> None:
    _emit(work, name, grant.partner_id, grant_id=str(grant.grant_id), product=grant.product_name, **data)


def _emit(work: Work, name: str, partner_id: UUID, **data: Any) -> None:
    subject = str(partner_id)
    work.emit(OutgoingEvent(topic=TOPIC, subject=subject, name=name, data={"partner_id": subject, **data}))
