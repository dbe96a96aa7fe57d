"""Links that sign a contact in, or with which a named person answers: rows with an expiry, used once."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from chassis.identity.single_use import SingleUse
from onboarding.domain.refusals import LinkRefused

# How many partnerships of one person a request for a link reaches, and how many unconfirmed applications.
MOST_REACHED = 3


class Purpose(StrEnum):
    """What opening the link proves."""

    VERIFY_EMAIL = "verify_email"
    SIGN_IN = "sign_in"
    CONFIRM_MEMBERSHIP = "confirm_membership"


# Opening one of these signs the contact in.
OF_CONTACTS = frozenset({Purpose.VERIFY_EMAIL, Purpose.SIGN_IN})


@dataclass(kw_only=True)
class Link(SingleUse):
    """What is stored of a link; its signed form exists only in the mail.

    ``is_requested`` distinguishes those that somebody asked for from those that came with other news.
    ``member_id`` is the person who is asked to confirm; other links are the contact's.
    """

    refusal = LinkRefused

    id: UUID
    partner_id: UUID
    purpose: Purpose
    is_requested: bool = False
    member_id: UUID | None = None
