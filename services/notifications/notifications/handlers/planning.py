"""Write down that a mail is due; the worker sends it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.unit_of_work import Job
from notifications.domain.messages import Kind, LinkIntent, Message, Verdict, verdict
from notifications.domain.partners import Member, Partner
from notifications.handlers.ports import Work

SEND_MESSAGE = "send_message"


def plan_mail(
    work: Work,
    partner: Partner,
    member: Member,
    kind: Kind,
    *,
    occasion: str,
    facts: Mapping[str, Any] | None = None,
    link: LinkIntent | None = None,
    invitation_id: UUID | None = None,
) -> bool:
    """Plan one mail and its job; False when this occasion has its mail already, or it makes no sense."""
    if verdict(kind, partner.standing) is Verdict.CANCEL:
        return False
    message = Message(
        id=uuid7(),
        partner_id=partner.id,
        member_id=member.id,
        kind=kind,
        occasion=occasion,
        planned_at=datetime.now(UTC),
        facts=facts or {},
        link=link,
        invitation_id=invitation_id,
    )
    if not work.messages.add(message):
        return False
    defer_sending(work, message.id)
    return True


def defer_sending(work: Work, message_id: UUID, not_before: datetime | None = None) -> None:
    """Put the job that sends a message into the queue, with this transaction.

    One waits at a time, and the earlier due time counts: two would each defer their next attempt.
    """
    work.defer(
        Job(
            task=SEND_MESSAGE,
            arguments={"message_id": str(message_id)},
            not_before=not_before,
            queueing_lock=f"send/{message_id}",
        )
    )


def cancel_moot(work: Work, partner: Partner) -> None:
    """Cancel what makes no sense any more where the partner stands now."""
    moot = [kind for kind in Kind if verdict(kind, partner.standing) is Verdict.CANCEL]
    cause = f"The partner is {partner.standing} now."
    work.messages.cancel_planned(partner.id, moot, "no_longer_needed", cause)
    if Kind.INVITATION in moot:
        work.invitations.cancel_open(partner.id)
