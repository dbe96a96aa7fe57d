"""What other services tell enters the timeline of the partner it concerns."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.events import ReceivedEvent
from chassis.failures import NeverPossible
from onboarding.domain.timeline import entry_of
from onboarding.handlers.ports import Work


def when_anything_happened(work: Work, event: ReceivedEvent, data: Mapping[str, Any]) -> None:
    """Keep a line about the event; NeverPossible for a partner that onboarding does not know."""
    partner_id = data["partner_id"]
    if not work.partners.is_known(partner_id):
        raise NeverPossible("partner_unknown", f"No partner goes by the id {partner_id}.")
    facts = _plain(data)
    work.timelines.add(entry_of(partner_id, event.name, event.occurred_at, event.source, event.id, facts))


def _plain(value: Any) -> Any:
    """What a schema has loaded, as JSON values again; only what it checked may enter the timeline."""
    if isinstance(value, Mapping):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
