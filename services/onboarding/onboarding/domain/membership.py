"""People whom a contact named: asked by mail, and members only once they say so themselves."""

from datetime import datetime, timedelta

from onboarding.domain.application import Member
from onboarding.domain.finding import Finding
from onboarding.domain.states import State

# From the approval on, while there is something to be a member of.
TAKES_MEMBERS = frozenset(
    {State.APPROVED, State.AGREEMENT_ACCEPTED, State.PROVISIONING, State.ACTIVE, State.SUSPENDED}
)
# Who does not answer gets neither a fourth mail nor two a day.
ASKED_AT_MOST = 3
ASK_AGAIN_AFTER = timedelta(days=1)
# One person may have been named by mistake; several look like abuse.
DECLINES_TO_LOOK_AT = 2
DECLINED = "members_declined"


def may_ask_again(person: Member, state: State, now: datetime) -> bool:
    """Whether the contact may have the person asked once more."""
    if person.is_contact or person.confirmed_at is not None or state not in TAKES_MEMBERS:
        return False
    has_waited = person.asked_at is None or now - person.asked_at >= ASK_AGAIN_AFTER
    return has_waited and person.times_asked < ASKED_AT_MOST


def finding_of(declined_count: int) -> Finding | None:
    """What operators should look at; None while it may be a mistake."""
    if declined_count < DECLINES_TO_LOOK_AT:
        return None
    message = f"{declined_count} people whom the contact named said that this is not right."
    return Finding(DECLINED, message)
