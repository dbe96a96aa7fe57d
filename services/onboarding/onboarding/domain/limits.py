"""Rate limits of what costs something; how often a mailbox is written to, and which mails wait."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from chassis.frozen import Frozen


class Act(StrEnum):
    """What needs no sign-in, has mails sent to unconfirmed addresses, or stores something each time."""

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


# Those that need no mail address: what cannot be read has none.
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
    """So many within a period, which begins with the first of them."""

    at_most: int
    period: timedelta


@dataclass(frozen=True)
class MailGaps:
    """How long a mailbox is left alone after a mail; twice as long after each that led to nothing."""

    first: timedelta
    longest: timedelta

    def after(self, sent: int) -> timedelta:
        """The gap once so many mails were sent."""
        return min(self.first * (1 << min(sent - 1, 20)), self.longest)


class Limits(Frozen):
    """The limits file. ``None`` for mails means that there is no limit."""

    acts: Mapping[Act, Mapping[Measure, Limit]]
    ipv4_prefix: int
    ipv6_prefix: int
    mails_to_unconfirmed: MailGaps | None
    sign_in_mails: MailGaps | None


class Mailing(StrEnum):
    """Mails that take turns with each other, and with no others."""

    TO_UNCONFIRMED = "to_unconfirmed"
    SIGN_IN = "sign_in"


class WaitingMail(Frozen):
    """The one mail that a person who has not confirmed the address is to get next from a partner."""

    partner_id: UUID
    member_id: UUID
    reason: str
    due_at: datetime
