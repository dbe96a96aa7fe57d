"""A mailbox that nobody has confirmed gets one mail at a time: the others wait, and none is lost."""

from datetime import datetime
from uuid import UUID

from onboarding.domain.application import Member
from onboarding.domain.limits import Mailing, WaitingMail
from onboarding.handlers.ports import Work


def take_turn(work: Work, person: Member) -> datetime | None:
    """Count a mail to a mailbox that nobody has confirmed, or return when it may be written to again.

    The count is the transaction's. Call it for a locked or a new partner.
    """
    gaps = work.policies.limits.mails_to_unconfirmed
    if gaps is None:
        return None
    return work.mail_turns.take(Mailing.TO_UNCONFIRMED, person.email, gaps, work.now())


def keep_waiting(work: Work, partner_id: UUID, person: Member, reason: str, turn: datetime) -> None:
    """Write a mail down under partner and person; `send_waiting_mail` sends it with this ``reason``."""
    mail = WaitingMail(partner_id=partner_id, member_id=person.id, reason=reason, due_at=turn)
    work.mail_turns.keep_waiting(mail, person.email)


def confirm_mailbox(work: Work, email: str) -> None:
    """Somebody has shown that the mailbox is theirs: what waits for it is due."""
    work.mail_turns.release(Mailing.TO_UNCONFIRMED, email, work.now())


def is_sign_in_mail_due(work: Work, email: str) -> bool:
    """Whether no mail with links to sign in went to this mailbox a moment ago."""
    gaps = work.policies.limits.sign_in_mails
    return not gaps or work.mail_turns.take(Mailing.SIGN_IN, email, gaps, work.now()) is None
