"""Mails that wait for their mailbox's turn."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Mailing(StrEnum):
    """Mails that take turns with each other, and with no others."""

    TO_UNCONFIRMED = "to_unconfirmed"
    SIGN_IN = "sign_in"


@dataclass(frozen=True, kw_only=True)
class WaitingMail:
    """The one mail that a person who has not confirmed the address is to get next from a partner."""

    partner_id: UUID
    member_id: UUID
    reason: str
    due_at: datetime
