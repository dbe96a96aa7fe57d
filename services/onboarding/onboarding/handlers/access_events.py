"""Events of provisioning about a partner's access, and the moves that follow from them.

Every handler puts the event into the timeline and is harmless when the event comes twice, late or
out of order: moves follow from the state the partner is in, never from the event alone.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.events import ReceivedEvent
from chassis.failures import NeverPossible
from onboarding.domain import events
from onboarding.domain.access import AccessPlan, Cause, GrantState, Report
from onboarding.domain.links import Purpose
from onboarding.domain.moves import Move
from onboarding.domain.partners import Partner
from onboarding.domain.refusals import PartnerUnknown
from onboarding.domain.states import FINAL, State
from onboarding.handlers.emit import emit_move, emit_state, issue_link
from onboarding.handlers.ports import Work
from onboarding.handlers.sessions import emit_ended
from onboarding.handlers.timeline_events import when_anything_happened

Data = Mapping[str, Any]


def when_access_planned(work: Work, event: ReceivedEvent, data: Data) -> None:
    """The plan is complete: wait for it, or become active at once if nothing is required."""
    partner = find_partner(work, event, data)
    if partner.state in FINAL:
        return
    planned = [(grant["grant_id"], grant["product"], grant["required"]) for grant in data["grants"]]
    plan = _change_plan(work, partner, lambda plan: plan.plan(planned))
    if partner.state is State.AGREEMENT_ACCEPTED:
        partner.go(Move.START_PROVISIONING, work.now())
        emit_move(work, partner, events.PartnerProvisioningStarted(partner_id=partner.id))
    _activate_if_ready(work, partner, plan)


def when_access_provisioning_started(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Work on a grant has begun, or has begun again."""
    _report(work, event, data, GrantState.PROVISIONING)


def when_access_granted(work: Work, event: ReceivedEvent, data: Data) -> None:
    """A grant is ready; the last required one makes the partner active."""
    _report(work, event, data, GrantState.GRANTED)


def when_access_failed(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Work on a grant failed; its cause is shown to the partner and to operators."""
    cause = Cause(
        code=data["code"],
        message=data["message"],
        step=data["step"],
        will_retry=data["will_retry"],
        retry_at=data["retry_at"],
    )
    _report(work, event, data, GrantState.FAILED, cause)


def when_access_stuck(work: Work, event: ReceivedEvent, data: Data) -> None:
    """A grant cannot be switched off, restored or removed: it still exists, and the cause is shown."""
    partner = find_partner(work, event, data)
    if partner.state in FINAL:
        return
    cause = Cause(code=data["code"], message=data["message"], step=data["step"], will_retry=False)
    _change_plan(work, partner, lambda plan: plan.note_stuck(data["grant_id"], cause, event.sequence))


def when_access_expiring(work: Work, event: ReceivedEvent, data: Data) -> None:
    """A grant ends soon; for one that is older than leases, this is the first event with its end."""
    _note_end(work, event, data, data["ends_at"])


def when_access_renewed(work: Work, event: ReceivedEvent, data: Data) -> None:
    """A grant lasts longer than reported before."""
    _note_end(work, event, data, data["ends_at"])


def when_access_expired(work: Work, event: ReceivedEvent, data: Data) -> None:
    """The lease of a grant is over; that it is off is reported once that was observed."""
    _note_end(work, event, data, data["ended_at"])


def when_access_waived(work: Work, event: ReceivedEvent, data: Data) -> None:
    """An operator decided that activation need not wait for this grant."""
    _report(work, event, data, GrantState.WAIVED)


def when_access_frozen(work: Work, event: ReceivedEvent, data: Data) -> None:
    """A grant is switched off and kept."""
    _report(work, event, data, GrantState.FROZEN)


def when_access_unfrozen(work: Work, event: ReceivedEvent, data: Data) -> None:
    """A grant is switched on again."""
    _report(work, event, data, GrantState.GRANTED)


def when_access_revoked(work: Work, event: ReceivedEvent, data: Data) -> None:
    """A grant is gone."""
    _report(work, event, data, GrantState.REVOKED)


def when_access_cleared(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Nothing is left outside: the partnership is over."""
    partner = find_partner(work, event, data)
    if partner.state is State.OFFBOARDING:
        partner.go(Move.FINISH_OFFBOARDING, work.now())
        emit_move(work, partner, events.PartnerOffboarded(partner_id=partner.id))
        # Here sessions go on for a while, to show the end; elsewhere there is nothing left to see.
        emit_ended(work, partner.id, [one.id for one in work.sessions.open_of(partner.id, work.now())])


def _note_end(work: Work, event: ReceivedEvent, data: Data, ends_at: datetime) -> None:
    partner = find_partner(work, event, data)
    if partner.state not in FINAL:
        _change_plan(work, partner, lambda plan: plan.note_end(data["grant_id"], ends_at, event.sequence))


def _report(
    work: Work, event: ReceivedEvent, data: Data, state: GrantState, cause: Cause | None = None
) -> None:
    partner = find_partner(work, event, data)
    if partner.state in FINAL:
        return
    report = Report(
        grant_id=data["grant_id"],
        product=data["product"],
        state=state,
        sequence=event.sequence,
        cause=cause,
        identifiers=data.get("identifiers", {}),
        is_collectable=data.get("collectable", False),
        lease_ends_at=data.get("lease_ends_at"),
    )
    plan = _change_plan(work, partner, lambda plan: plan.record(report))
    _activate_if_ready(work, partner, plan)


def _change_plan(work: Work, partner: Partner, change: Callable[[AccessPlan], None]) -> AccessPlan:
    """Save the changed plan, and emit the snapshot if it is affected."""
    plan = work.access_plans.of(partner.id)
    before = events.grants_of(plan)
    change(plan)
    work.access_plans.save(partner.id, plan)
    if events.grants_of(plan) != before:
        emit_state(work, partner, plan)
    return plan


def _activate_if_ready(work: Work, partner: Partner, plan: AccessPlan) -> None:
    if partner.state is not State.PROVISIONING or not plan.is_ready:
        return
    partner.go(Move.ACTIVATE, work.now())
    products = tuple(
        events.ActivatedProduct(
            product=grant.product,
            grant_id=grant.id,
            state=grant.state,
            sign_in_url=grant.identifiers.get("sign_in_url") or None,
        )
        for grant in plan.grants.values()
    )
    link = issue_link(work, partner, Purpose.SIGN_IN)
    emit_move(work, partner, events.PartnerActivated(partner_id=partner.id, products=products, link=link))


def find_partner(work: Work, event: ReceivedEvent, data: Data) -> Partner:
    """Lock the partner and put the event into its timeline; NeverPossible for an unknown one."""
    partner_id: UUID = data["partner_id"]
    try:
        partner = work.partners.lock(partner_id)
    except PartnerUnknown:
        raise NeverPossible("partner_unknown", f"No partner goes by the id {partner_id}.") from None
    when_anything_happened(work, event, data)
    return partner
