"""How a change is told: one event, one line in the timeline, and the deadline of the new state."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.events import OutgoingEvent
from onboarding.domain.links import Link, Purpose
from onboarding.domain.moves import MOVES, Move
from onboarding.domain.partners import Partner
from onboarding.domain.timeline import entry_of
from onboarding.handlers.ports import Work

TOPIC = "partner.lifecycle.v1"
SOURCE = "onboarding"


def tell_move(work: Work, partner: Partner, move: Move, data: Mapping[str, Any] | None = None) -> None:
    """Save a partner that just made ``move``, tell it, and start the new state's deadline.

    Raises RegistrationTaken where the new state may be held by one partner of a company only.
    """
    partner.deadline_at = work.policies.deadlines.end(partner.state, partner.state_entered_at)
    work.partners.save(partner)
    tell(work, partner, MOVES[move].event, data)


def tell(work: Work, partner: Partner, name: str, data: Mapping[str, Any] | None = None) -> None:
    """Emit an event about the partner and put it into the timeline."""
    facts = {"partner_id": str(partner.id), **(data or {})}
    event = OutgoingEvent(topic=TOPIC, subject=str(partner.id), name=name, data=facts, occurred_at=work.now())
    work.emit(event)
    work.timelines.add(entry_of(partner.id, name, event.occurred_at, SOURCE, str(event.id), facts))


def note(work: Work, partner_id: UUID, code: str, facts: Mapping[str, Any]) -> None:
    """Put something into the timeline that no other service needs to know."""
    work.timelines.add(entry_of(partner_id, code, work.now(), SOURCE, str(uuid7()), facts))


def issue_link(
    work: Work, partner: Partner, purpose: Purpose, *, is_requested: bool = False
) -> dict[str, str]:
    """Make a link for the partner's contact and return what an event says about it.

    One that comes with news works as long as the partner may take to act on it; one that somebody asked
    for is meant to be used at once.
    """
    now = work.now()
    expires_at = now + work.policies.link_lifetime
    deadline_at = work.policies.deadlines.end(partner.state, partner.state_entered_at)
    if deadline_at is not None and not is_requested:
        expires_at = max(expires_at, deadline_at)
    link = Link(
        id=uuid7(),
        partner_id=partner.id,
        purpose=purpose,
        created_at=now,
        expires_at=expires_at,
        is_requested=is_requested,
    )
    return keep_link(work, link)


def keep_link(work: Work, link: Link) -> dict[str, str]:
    """Keep a new link, and return what an event says about it."""
    work.links.add(link)
    return {"id": str(link.id), "purpose": link.purpose, "expires_at": link.expires_at.isoformat()}
