"""Events of other services are added to the timeline of their partner."""

from collections.abc import Mapping
from typing import Any

from chassis.events import ReceivedEvent, as_json
from chassis.failures import NeverPossible
from onboarding.domain.timeline import entry_of
from onboarding.handlers.ports import Work


def when_anything_happened(work: Work, event: ReceivedEvent, data: Mapping[str, Any]) -> None:
    """Add a line about the event; NeverPossible for an unknown partner."""
    partner_id = data["partner_id"]
    if not work.partners.is_known(partner_id):
        raise NeverPossible("partner_unknown", f"No partner goes by the id {partner_id}.")
    facts = as_json(data)  # only what the schema checked may enter the timeline
    work.timelines.add(entry_of(partner_id, event.name, event.occurred_at, event.source, event.id, facts))
