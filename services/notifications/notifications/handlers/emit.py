"""What this service's events say about its records."""

from typing import Any

from notifications.domain.invitations import Invitation
from notifications.domain.learning_paths import LearningPaths
from notifications.domain.messages import Message


def of_mail(message: Message) -> dict[str, Any]:
    """The fields that every event of a mail has."""
    return {
        "partner_id": message.partner_id,
        "message_id": message.id,
        "kind": message.kind,
        "member_id": message.member_id,
    }


def of_invitation(invitation: Invitation, paths: LearningPaths) -> dict[str, Any]:
    """The fields that every event of an invitation has."""
    return {
        "partner_id": invitation.partner_id,
        "invitation_id": invitation.id,
        "member_id": invitation.member_id,
        "path": invitation.path,
        "path_title": paths.title(invitation.path, invitation.language),
    }
