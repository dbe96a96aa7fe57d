"""What the end of a lease means for the words: the contact hears of it in time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chassis.events import ReceivedEvent
from notifications.domain.messages import Kind
from notifications.handlers.event_facts import which_grant
from notifications.handlers.planning import plan_mail
from notifications.handlers.ports import Work

Data = Mapping[str, Any]


def when_access_expiring(work: Work, event: ReceivedEvent, data: Data) -> None:
    _tell(work, event, data, Kind.LEASE_EXPIRING, data["ends_at"])


def when_access_expired(work: Work, event: ReceivedEvent, data: Data) -> None:
    _tell(work, event, data, Kind.LEASE_EXPIRED, data["removal_at"])


def when_access_renewed(work: Work, event: ReceivedEvent, data: Data) -> None:
    _tell(work, event, data, Kind.LEASE_RENEWED, data["ends_at"])


def _tell(work: Work, event: ReceivedEvent, data: Data, kind: Kind, until: datetime) -> None:
    """Of a partner that is not known, or has nobody to write to, nobody hears."""
    partner, contact = work.partners.lock(data["partner_id"]), work.partners.contact(data["partner_id"])
    if partner is None or contact is None:
        return
    facts = {**which_grant(data), "until": until.isoformat()}
    plan_mail(work, partner, contact, kind, occasion=event.id, facts=facts)
