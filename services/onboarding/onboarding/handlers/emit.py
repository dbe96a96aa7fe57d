"""How a change is told: an event, a line in the timeline, and the snapshot of what the partner is now."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.events import as_json
from onboarding.domain import events
from onboarding.domain.access import AccessPlan
from onboarding.domain.links import Link, Purpose
from onboarding.domain.partners import Partner
from onboarding.domain.timeline import entry_of
from onboarding.handlers.commands import PublishState
from onboarding.handlers.ports import Work

SOURCE = "onboarding"


def emit_move(work: Work, partner: Partner, event: events.LifecycleEvent) -> None:
    """Save a partner that just moved, tell the move, and start the new state's deadline.

    Raises RegistrationTaken where the new state may be held by one partner of a company only.
    """
    partner.deadline_at = work.policies.deadlines.end(partner.state, partner.state_entered_at)
    save(work, partner)
    emit(work, event)


def save(work: Work, partner: Partner) -> None:
    """Save a partner, and tell what it is now; raises RegistrationTaken."""
    work.partners.save(partner)
    emit_state(work, partner)


def emit_profile(work: Work, partner: Partner, changed: Sequence[str]) -> None:
    """Save a partner whose profile changed, and tell all of the profile; raises RegistrationTaken."""
    save(work, partner)
    facts = events.PartnerProfileChanged.facts_of(partner.profile)
    emit(
        work,
        events.PartnerProfileChanged(partner_id=partner.id, changed_fields=tuple(sorted(changed)), **facts),
    )


def emit_state(work: Work, partner: Partner, plan: AccessPlan | None = None) -> None:
    """Tell the snapshot of a locked or new partner; of several in one transaction the last one is sent.

    To be called after every change of a partner or of the grants in its plan.
    """
    plan = work.access_plans.of(partner.id) if plan is None else plan
    work.emit(events.PartnerState.of(partner, plan))


def emit(work: Work, event: events.LifecycleEvent) -> None:
    """Emit an event and put it into the partner's timeline."""
    sent = work.emit(event)
    entry = entry_of(event.partner_id, sent.name, sent.occurred_at, SOURCE, str(sent.id), sent.data or {})
    work.timelines.add(entry)


def note(work: Work, partner_id: UUID, code: str, facts: Mapping[str, Any]) -> None:
    """Put something into the timeline that no other service needs to know."""
    facts = as_json(facts)
    work.timelines.add(entry_of(partner_id, code, work.now(), SOURCE, str(uuid7()), facts))


def issue_link(work: Work, partner: Partner, purpose: Purpose, *, is_requested: bool = False) -> events.Link:
    """Make a link for the partner's contact and return what an event says about it.

    One that comes with news works as long as the partner may take to act on it; one that somebody asked
    for is meant to be used at once. None promises to confirm an address after the application is closed.
    """
    now = work.now()
    expires_at = now + work.policies.link_lifetime
    # The one that is kept outlasts a change of the setting; a move just made has none yet.
    deadline_at = partner.deadline_at or work.policies.deadlines.end(partner.state, partner.state_entered_at)
    if deadline_at is not None and not is_requested:
        expires_at = max(expires_at, deadline_at)
    if deadline_at is not None and purpose is Purpose.VERIFY_EMAIL:
        expires_at = min(expires_at, deadline_at)
    link = Link(
        id=uuid7(),
        partner_id=partner.id,
        purpose=purpose,
        created_at=now,
        expires_at=expires_at,
        is_requested=is_requested,
    )
    work.links.add(link)
    return events.Link.of(link)


def publish_state(work: Work, command: PublishState) -> None:
    """Tell what the rows say now; the lock keeps it in order with every change. Raises PartnerUnknown."""
    emit_state(work, work.partners.lock(command.partner_id))
