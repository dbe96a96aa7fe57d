"""Write down that a mail is due; the worker sends it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.events import ReceivedEvent
from notifications.domain.messages import AWAITED, Kind, LinkIntent, Message, Verdict, verdict
from notifications.domain.partners import Member, Partner
from notifications.handlers import jobs
from notifications.handlers.ports import Work


def plan_mail(
    work: Work,
    partner: Partner,
    member: Member,
    kind: Kind,
    *,
    occasion: str,
    facts: Mapping[str, Any] | None = None,
    link: LinkIntent | None = None,
    not_before: datetime | None = None,
) -> Message | None:
    """Plan one mail and its job; None when this occasion has its mail already, or it makes no sense."""
    if verdict(kind, partner.standing) is Verdict.CANCEL:
        return None
    message = Message(
        id=uuid7(),
        partner_id=partner.id,
        member_id=member.id,
        kind=kind,
        occasion=occasion,
        planned_at=work.now(),
        facts=facts or {},
        link=link,
        retry_at=not_before,
    )
    if not work.messages.add(message):
        return None
    work.defer(jobs.send_mails(partner.id, not_before, is_awaited=kind in AWAITED))
    return message


def write_to_contact(
    work: Work, event: ReceivedEvent, partner_id: UUID, kind: Kind, facts: Mapping[str, Any]
) -> None:
    """Plan a mail to the contact; of a partner that is not known, or has nobody to write to, nobody hears."""
    partner, contact = work.partners.lock(partner_id), work.partners.contact(partner_id)
    if partner is not None and contact is not None:
        plan_mail(work, partner, contact, kind, occasion=event.id, facts=facts)


def plan_offers(work: Work, partner: Partner, member: Member, *, occasion: str) -> None:
    """Have one mail tell this person all that becomes due within the gathering time.

    One that waits and was not begun takes along what is new.
    """
    if work.messages.lock_unbegun(partner.id, member.id, Kind.INVITATION) is None:
        not_before = work.database_now() + work.policies.mail_gathering
        plan_mail(work, partner, member, Kind.INVITATION, occasion=occasion, not_before=not_before)


def cancel_moot(work: Work, partner: Partner) -> None:
    """Cancel what makes no sense any more where the partner stands now.

    A mail that was tried before carries offers; they are left to the next mail.
    """
    moot = [kind for kind in Kind if verdict(kind, partner.standing) is Verdict.CANCEL]
    cause = f"The partner is {partner.standing} now."
    for message_id in work.messages.cancel_planned(partner.id, moot, "no_longer_needed", cause):
        work.invitations.release(message_id)
    if Kind.INVITATION in moot:
        work.invitations.cancel_open(partner.id)
