"""When a request of a partner was decided, the contact is notified."""

from collections.abc import Mapping
from typing import Any

from chassis.events import ReceivedEvent
from notifications.domain.messages import Kind
from notifications.handlers.planning import write_to_contact
from notifications.handlers.ports import Work


def when_partner_request_decided(work: Work, event: ReceivedEvent, data: Mapping[str, Any]) -> None:
    """If more time was granted, another mail says so when it takes effect: `access.renewed`."""
    is_approved = data["outcome"] == "approved"
    if is_approved and data["kind"] == "more_time":
        return
    facts = {"kind": data["kind"], "reason": data["reason"]}
    if data["kind"] in {"product", "competence"}:
        facts["about"] = data[data["kind"]]
    kind = Kind.REQUEST_APPROVED if is_approved else Kind.REQUEST_REFUSED
    write_to_contact(work, event, data["partner_id"], kind, facts)
