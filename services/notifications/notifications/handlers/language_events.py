"""In which language a person is written to."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chassis.events import ReceivedEvent
from notifications.domain.partners import Membership
from notifications.handlers.ports import Work


def when_partner_language_chosen(work: Work, event: ReceivedEvent, data: Mapping[str, Any]) -> None:
    """Nothing for who is not known here: the newest choice comes along when they are asked or added.

    By the event's number: replayed late, it may be an older choice.
    """
    work.partners.lock(data["partner_id"])
    person = work.partners.member(data["partner_id"], data["member_id"])
    if person is None or person.membership is Membership.DECLINED:
        return
    sequence = event.sequence or person.language_sequence + 1
    if sequence > person.language_sequence:
        work.partners.save_member(replace(person, language=data["language"], language_sequence=sequence))
