"""The events that this service sends, built from its own records."""

from datetime import datetime
from typing import Any

from chassis.failures import Failure
from notifications.domain import events
from notifications.domain.invitations import Invitation
from notifications.domain.learning_paths import LearningPaths
from notifications.domain.messages import Message, Transport


def message_sent(message: Message, transport: Transport) -> events.MessageSent:
    return events.MessageSent(**_mail(message), transport=transport)


def message_failed(message: Message, failure: Failure) -> events.MessageFailed:
    """Of one failed attempt; it is tried again if the message says when."""
    return events.MessageFailed(
        **_mail(message),
        code=failure.code,
        message=message.cause or failure.message,
        attempt=message.attempts,
        will_retry=message.retry_at is not None,
        retry_at=message.retry_at,
    )


def invitation_sent(invitation: Invitation, paths: LearningPaths) -> events.LearningInvitationSent:
    return events.LearningInvitationSent(
        **_offer(invitation, paths), language=invitation.language, expires_at=invitation.expires_at
    )


def invitation_accepted(
    invitation: Invitation, paths: LearningPaths, at: datetime
) -> events.LearningInvitationAccepted:
    return events.LearningInvitationAccepted(**_offer(invitation, paths), accepted_at=at)


def invitation_expired(invitation: Invitation, paths: LearningPaths) -> events.LearningInvitationExpired:
    return events.LearningInvitationExpired(**_offer(invitation, paths), expired_at=invitation.expires_at)


def path_started(invitation: Invitation, paths: LearningPaths, at: datetime) -> events.LearningPathStarted:
    return events.LearningPathStarted(**_offer(invitation, paths), started_at=at)


def path_completed(
    invitation: Invitation, paths: LearningPaths, at: datetime
) -> events.LearningPathCompleted:
    return events.LearningPathCompleted(**_offer(invitation, paths), completed_at=at)


def _mail(message: Message) -> dict[str, Any]:
    """The fields that every event of a mail has."""
    return {
        "partner_id": message.partner_id,
        "message_id": message.id,
        "kind": message.kind,
        "member_id": message.member_id,
    }


def _offer(invitation: Invitation, paths: LearningPaths) -> dict[str, Any]:
    """The fields that every event of an invitation has."""
    return {
        "partner_id": invitation.partner_id,
        "invitation_id": invitation.id,
        "member_id": invitation.member_id,
        "path": invitation.path,
        "path_title": paths.title(invitation.path, invitation.language),
    }
