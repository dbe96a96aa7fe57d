"""Rate limits, pauses between mails to one mailbox, and which mails wait."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from chassis.frozen import Frozen


class Act(StrEnum):
    """Acts that need no sign-in, send mails to unconfirmed addresses, or store something each time."""

    APPLY = "apply"
    SAVE_DRAFT = "save_draft"
    REQUEST_LINK = "request_link"
    CORRECT_ADDRESS = "correct_address"
    NAME_PERSON = "name_person"
    USE_PASSKEY = "use_passkey"
    CHANGE_OWN = "change_own"
    EXPORT = "export"
    SEND_WRONGLY = "send_wrongly"
    OPEN_LINK_WRONGLY = "open_link_wrongly"


class Measure(StrEnum):
    """What acts are counted by."""

    ADDRESS = "address"
    DOMAIN = "domain"
    FREE_MAIL_DOMAIN = "free_mail_domain"
    APPLICATION = "application"
    NETWORK = "network"
    EVERYBODY = "everybody"


# Those that need no email address: an unreadable request has none.
WITHOUT_ADDRESS = frozenset({Measure.NETWORK, Measure.EVERYBODY})
MEASURES: Mapping[Act, frozenset[Measure]] = {
    Act.APPLY: frozenset(Measure) - {Measure.APPLICATION},
    Act.SAVE_DRAFT: frozenset(Measure) - {Measure.APPLICATION},
    Act.REQUEST_LINK: frozenset(Measure) - {Measure.APPLICATION},
    Act.CORRECT_ADDRESS: frozenset(Measure),
    Act.NAME_PERSON: frozenset({Measure.ADDRESS, Measure.APPLICATION, Measure.EVERYBODY}),
    Act.USE_PASSKEY: WITHOUT_ADDRESS,
    Act.CHANGE_OWN: frozenset({Measure.APPLICATION}),
    Act.EXPORT: frozenset({Measure.APPLICATION}),
    Act.SEND_WRONGLY: WITHOUT_ADDRESS,
    Act.OPEN_LINK_WRONGLY: WITHOUT_ADDRESS,
}


@dataclass(frozen=True)
class Limit:
    """A number of acts within a period, which begins with the first of them."""

    at_most: int
    period: timedelta


@dataclass(frozen=True)
class MailGaps:
    """The pause after a mail to a mailbox; doubled after each mail that led to nothing."""

    first: timedelta
    longest: timedelta

    def after(self, sent: int) -> timedelta:
        """The pause after this many mails."""
        return min(self.first * (1 << min(sent - 1, 20)), self.longest)


class Limits(Frozen):
    """The limits file. ``None`` for mails means that there is no limit."""

    acts: Mapping[Act, Mapping[Measure, Limit]]
    ipv4_prefix: int
    ipv6_prefix: int
    mails_to_unconfirmed: MailGaps | None
    sign_in_mails: MailGaps | None


class Mailing(StrEnum):
    """Kinds of mail; each has turns of its own."""

    TO_UNCONFIRMED = "to_unconfirmed"
    SIGN_IN = "sign_in"


class WaitingMail(Frozen):
    """The next mail to a person of a partner who has not confirmed the address."""

    partner_id: UUID
    member_id: UUID
    reason: str
    due_at: datetime
