"""The events that this service sends, built from its own records."""

from datetime import UTC, datetime
from uuid import UUID

from chassis.events import OutgoingEvent
from chassis.failures import Failure
from notifications.domain.invitations import Invitation
from notifications.domain.learning_paths import LearningPaths
from notifications.domain.messages import Message

LEARNING_TOPIC = "learning.progress.v1"
DELIVERY_TOPIC = "message.delivery.v1"


def message_sent(message: Message) -> OutgoingEvent:
    return _event(
        DELIVERY_TOPIC,
        message.partner_id,
        "message.sent",
        message_id=str(message.id),
        kind=str(message.kind),
        member_id=str(message.member_id),
        transport=message.transport,
    )


def message_failed(message: Message, failure: Failure) -> OutgoingEvent:
    """Of one failed attempt; it is tried again if the message says when."""
    return _event(
        DELIVERY_TOPIC,
        message.partner_id,
        "message.failed",
        message_id=str(message.id),
        kind=str(message.kind),
        member_id=str(message.member_id),
        code=failure.code,
        message=message.cause or failure.message,
        attempt=message.attempts,
        will_retry=message.retry_at is not None,
        retry_at=message.retry_at and on_the_wire(message.retry_at),
    )


def invitation_sent(invitation: Invitation, paths: LearningPaths) -> OutgoingEvent:
    return _learning(
        invitation,
        paths,
        "learning.invitation_sent",
        language=invitation.language,
        expires_at=on_the_wire(invitation.expires_at),
    )


def invitation_accepted(invitation: Invitation, paths: LearningPaths, at: datetime) -> OutgoingEvent:
    return _learning(invitation, paths, "learning.invitation_accepted", accepted_at=on_the_wire(at))


def invitation_expired(invitation: Invitation, paths: LearningPaths) -> OutgoingEvent:
    expired_at = on_the_wire(invitation.expires_at)
    return _learning(invitation, paths, "learning.invitation_expired", expired_at=expired_at)


def on_the_wire(at: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _learning(invitation: Invitation, paths: LearningPaths, name: str, **facts: object) -> OutgoingEvent:
    title = paths.title(invitation.path, invitation.language)
    if title is not None:
        facts["path_title"] = title
    return _event(
        LEARNING_TOPIC,
        invitation.partner_id,
        name,
        invitation_id=str(invitation.id),
        member_id=str(invitation.member_id),
        path=invitation.path,
        **facts,
    )


def _event(topic: str, partner_id: UUID, name: str, **data: object) -> OutgoingEvent:
    subject = str(partner_id)
    return OutgoingEvent(topic=topic, subject=subject, name=name, data={"partner_id": subject, **data})
