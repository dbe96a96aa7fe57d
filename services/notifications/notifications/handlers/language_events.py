"""In which language a person is written to."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chassis.events import ReceivedEvent
from notifications.domain.partners import Membership
from notifications.handlers.ports import Work


def when_partner_language_chosen(work: Work, event: ReceivedEvent, data: Mapping[str, Any]) -> None:
    """Nothing for who is not known here: the newest choice comes along when they are asked or added."""
    work.partners.lock(data["partner_id"])
    person = work.partners.member(data["partner_id"], data["member_id"])
    if person is not None and person.membership is not Membership.DECLINED:
        work.partners.save_member(replace(person, language=data["language"]))
