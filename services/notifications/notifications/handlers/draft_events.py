"""Whoever saved a draft is mailed the link to it, and is forgotten when it is submitted or expires."""

from collections.abc import Mapping
from typing import Any

from chassis.events import ReceivedEvent
from notifications.domain.messages import Kind
from notifications.domain.partners import Member, Standing
from notifications.handlers.event_facts import known_or_new
from notifications.handlers.planning import plan_mail
from notifications.handlers.ports import Work

Data = Mapping[str, Any]


def when_partner_draft_saved(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Replayed after the end of the draft, it does not restore anybody."""
    writer = data["member"]
    partner = known_or_new(work, data["partner_id"])
    known = work.partners.member(partner.id, writer["member_id"])
    if partner.standing is not Standing.APPLYING or known is not None:
        return
    person = Member(
        id=writer["member_id"], partner_id=partner.id, email=writer["email"], language=writer["language"]
    )
    work.partners.put_members([person])
    plan_mail(work, partner, person, Kind.DRAFT_SAVED, occasion=event.id, link=data["link"])


def when_partner_draft_ended(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Only an id remains."""
    partner = known_or_new(work, data["partner_id"])
    person = Member(id=data["member_id"], partner_id=partner.id).declined()
    work.partners.put_members([person])
    work.partners.save_member(person)
    work.messages.cancel_planned_of(person, [Kind.DRAFT_SAVED], "no_longer_needed", "The draft has ended.")
