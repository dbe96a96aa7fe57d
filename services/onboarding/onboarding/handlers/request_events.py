"""Provisioning's answers to requests of partners."""

from collections.abc import Mapping
from typing import Any

from chassis.events import ReceivedEvent
from chassis.failures import NeverPossible
from onboarding.domain.refusals import RequestUnknown
from onboarding.domain.states import FINAL
from onboarding.handlers.access_events import find_partner
from onboarding.handlers.ports import Work
from onboarding.handlers.requests import find_request, note_carried_out, note_impossible


def when_access_request_answered(work: Work, event: ReceivedEvent, data: Mapping[str, Any]) -> None:
    """Done, impossible, or left to an operator; harmless when it comes twice or late."""
    partner = find_partner(work, event, data)
    if partner.state in FINAL:
        return
    try:
        request = find_request(work, partner.id, data["request_id"])
    except RequestUnknown:
        raise NeverPossible("request_unknown", f"No request goes by the id {data['request_id']}.") from None
    if data["answer"] == "carried_out":
        note_carried_out(work, partner, request)
    elif data["answer"] == "impossible":
        note_impossible(work, request, data["message"])
    else:
        request.leave_to_operators()
        work.requests.save(request)
