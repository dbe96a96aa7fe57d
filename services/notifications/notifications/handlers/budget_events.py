"""What a budget that is spent means for the words: the contact hears of it."""

from collections.abc import Mapping
from typing import Any

from chassis.events import ReceivedEvent
from notifications.domain.messages import Kind
from notifications.handlers.event_facts import which_grant
from notifications.handlers.planning import plan_mail
from notifications.handlers.ports import Work

Data = Mapping[str, Any]


def when_access_budget_warned(work: Work, event: ReceivedEvent, data: Data) -> None:
    _tell(work, event, data, Kind.BUDGET_WARNED)


def when_access_budget_exceeded(work: Work, event: ReceivedEvent, data: Data) -> None:
    _tell(work, event, data, Kind.BUDGET_EXCEEDED)


def _tell(work: Work, event: ReceivedEvent, data: Data, kind: Kind) -> None:
    """Of a partner that is not known, or has nobody to write to, nobody hears."""
    partner, contact = work.partners.lock(data["partner_id"]), work.partners.contact(data["partner_id"])
    if partner is None or contact is None:
        return
    facts = which_grant(data) | {name: data[name] for name in ("percent", "budget_usd", "spent_usd")}
    plan_mail(work, partner, contact, kind, occasion=event.id, facts=facts)
