"""An unconfirmed mailbox gets one mail at a time: the others wait, and none is lost."""

from datetime import datetime
from uuid import UUID

from onboarding.domain.application import Member
from onboarding.domain.limits import Mailing, WaitingMail
from onboarding.handlers.ports import Work


def take_turn(work: Work, person: Member) -> datetime | None:
    """Count a mail to an unconfirmed mailbox, or return when it may be written to again.

    The count belongs to the transaction. Call it for a locked or a new partner.
    """
    gaps = work.policies.limits.mails_to_unconfirmed
    if gaps is None:
        return None
    return work.mail_turns.take(Mailing.TO_UNCONFIRMED, person.email, gaps, work.now())


def keep_waiting(work: Work, partner_id: UUID, person: Member, reason: str, turn: datetime) -> None:
    """Store a mail under partner and person; `send_waiting_mail` sends it with this ``reason``."""
    mail = WaitingMail(partner_id=partner_id, member_id=person.id, reason=reason, due_at=turn)
    work.mail_turns.keep_waiting(mail, person.email)


def confirm_mailbox(work: Work, email: str) -> None:
    """The mailbox was confirmed: mails that wait for it are due."""
    work.mail_turns.release(Mailing.TO_UNCONFIRMED, email, work.now())


def is_sign_in_mail_due(work: Work, email: str) -> bool:
    """Whether no sign-in links were sent to this mailbox a moment ago."""
    gaps = work.policies.limits.sign_in_mails
    return not gaps or work.mail_turns.take(Mailing.SIGN_IN, email, gaps, work.now()) is None
