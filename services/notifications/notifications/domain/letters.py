"""What one person is told, before it is put into words; and the finished mail."""

from collections.abc import Sequence
from uuid import UUID

from chassis.frozen import Frozen
from notifications.domain.invitations import Invitation
from notifications.domain.learning_paths import LearningPath
from notifications.domain.messages import Message
from notifications.domain.partners import Member


class Offer(Frozen):
    """An open invitation and its path."""

    invitation: Invitation
    path: LearningPath


class Letter(Frozen):
    """Everything needed to write one mail."""

    message: Message
    member: Member
    company: str | None
    offers: Sequence[Offer] = ()


class Mail(Frozen):
    """A rendered mail, ready to send; it exists for one attempt and is never stored."""

    intent: UUID
    sender: str
    recipient: str
    content: bytes
