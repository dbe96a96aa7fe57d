"""The events that notifications publishes, one class for each contract of its topics."""

from datetime import datetime
from uuid import UUID

from chassis.events import Event
from notifications.domain.messages import Kind, Transport


class DeliveryEvent(Event, topic="message.delivery.v1", subject_field="partner_id", may_wait=True):
    """About one mail."""

    partner_id: UUID
    message_id: UUID
    kind: Kind
    member_id: UUID


class MessageSent(DeliveryEvent, name="message.sent"):
    """A mail server accepted the mail."""

    transport: Transport


class MessageFailed(DeliveryEvent, name="message.failed"):
    """An attempt failed: why, and whether there will be another."""

    code: str
    message: str
    attempt: int
    will_retry: bool
    retry_at: datetime | None


class LearningEvent(Event, topic="learning.progress.v1", subject_field="partner_id", may_wait=True):
    """About one invitation to a learning path."""

    partner_id: UUID
    invitation_id: UUID
    member_id: UUID
    path: str
    path_title: str | None = None


class LearningInvitationSent(LearningEvent, name="learning.invitation_sent"):
    """The invitation's mail went out."""

    language: str
    expires_at: datetime


class LearningInvitationAccepted(LearningEvent, name="learning.invitation_accepted"):
    """The invited person accepted."""

    accepted_at: datetime


class LearningInvitationExpired(LearningEvent, name="learning.invitation_expired"):
    """Nobody answered in time."""

    expired_at: datetime


class LearningPathStarted(LearningEvent, name="learning.path_started"):
    """The learning system reported that the person began."""

    started_at: datetime


class LearningPathCompleted(LearningEvent, name="learning.path_completed"):
    """The learning system reported that the person finished."""

    completed_at: datetime
