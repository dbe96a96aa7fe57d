"""Incoming events: what they say about the partner, and a copy for all who want it.

Every handler may see its event again, or late: an event is stored once by its id.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from chassis.events import ReceivedEvent
from integrations.domain.partners import Partner
from integrations.handlers.ports import Work

Data = Mapping[str, Any]


def when_anything_happened(work: Work, event: ReceivedEvent, data: Data) -> None:
    work.events.keep(event, work.policies.catalogue[f"{event.name}.v{event.version}"])


def when_partner_sign_in_requested(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Other partners of the contact are not stored: not all who may see this one may see them."""
    own = {name: value for name, value in event.data.items() if name != "others"}
    when_anything_happened(work, replace(event, data=own), data)


def when_partner_approved(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Tier and products of a partner decide who sees it, this event included."""
    partner = _partner(work, data["partner_id"])
    if partner.tier is None:
        partner = replace(partner, tier=data["tier"])
    work.partners.save(partner.with_products(*data["products_wanted"]))
    when_anything_happened(work, event, data)


def when_partner_state(work: Work, event: ReceivedEvent, data: Data) -> None:
    """The newest snapshot replaces everything that was known about the partner."""
    products = {*data["products_wanted"], *(grant["product"] for grant in data["grants"])}
    _partner(work, data["partner_id"])
    known = {"tier": data["tier"], "products": frozenset(products), "state": data["state"]}
    work.partners.save(Partner(id=data["partner_id"], **known))
    when_anything_happened(work, event, data)


def when_access_granted(work: Work, event: ReceivedEvent, data: Data) -> None:
    work.partners.save(_partner(work, data["partner_id"]).with_products(data["product"]))
    when_anything_happened(work, event, data)


def when_partner_contact_changed(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Sessions of the former contact are over."""
    work.partners.note_new_contact(data["partner_id"], event.occurred_at)
    when_anything_happened(work, event, data)


def when_partner_sessions_ended(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Refuse their tokens from now on; nobody outside is told."""
    work.partners.end_sessions(data["session_ids"])


def forget_partner(work: Work, subject: str) -> None:
    """The partner was erased: its events are deleted with their deliveries, and later ones are not stored."""
    try:
        partner_id = UUID(subject)
    except ValueError:
        return
    work.partners.erase(partner_id, work.now())
    work.events.forget_partner(partner_id)


def when_partner_erased(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Sent to all who could see the partner, so that they erase their copies; nothing else is kept.

    The tombstone says the same on a topic of its own, before or after.
    """
    forget_partner(work, event.subject)
    when_anything_happened(work, event, data)


def _partner(work: Work, partner_id: UUID) -> Partner:
    return work.partners.lock(partner_id) or Partner(id=partner_id)
