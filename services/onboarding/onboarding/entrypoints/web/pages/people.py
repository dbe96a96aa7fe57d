"""The people of a partner on its status page: who belongs to it, who is asked, and asking once more."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, request

from onboarding.domain.application import Member
from onboarding.domain.membership import may_ask_again
from onboarding.domain.partners import Partner
from onboarding.domain.refusals import AskedTooOften, NotAMember
from onboarding.entrypoints.web.pages.product_words import in_utc
from onboarding.entrypoints.web.pages.signed_in import service, signed_in, to_status
from onboarding.handlers.commands import AskAgain
from onboarding.handlers.membership import ask_again

pages = Blueprint("people", __name__, template_folder="templates")


@dataclass(frozen=True)
class PersonLine:
    """One person as the contact sees them; ``at`` says since when, where there is a when."""

    person: Member
    standing: str
    at: datetime | None
    may_be_asked: bool


def lines_of(partner: Partner, now: datetime) -> list[PersonLine]:
    """Everybody whom the contact named and who did not decline, the contact first."""
    return [_line(partner, person, now) for person in partner.members]


@pages.post("/people/asked-again")
@signed_in
def ask(partner_id: UUID) -> Response:
    """Have a person asked again who has not answered; what cannot be done leads back to what is so."""
    try:
        member_id = UUID(request.form.get("member_id", ""))
    except ValueError:
        return to_status()
    try:
        with service().open_work() as work:
            ask_again(work, AskAgain(partner_id=partner_id, member_id=member_id))
    except (AskedTooOften, NotAMember):
        pass  # the page says whom one may ask
    return to_status()


def _line(partner: Partner, person: Member, now: datetime) -> PersonLine:
    at = partner.confirmation_of(person) or person.asked_at
    return PersonLine(
        person, partner.standing_of(person), at and in_utc(at), may_ask_again(person, partner.state, now)
    )
