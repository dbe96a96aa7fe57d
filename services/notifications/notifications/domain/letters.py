"""What is to be said to one person, before it has words; and the finished mail."""

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
    """Everything the words of one mail are made of."""

    message: Message
    member: Member
    company: str | None
    offers: Sequence[Offer] = ()


class Mail(Frozen):
    """A rendered mail as it goes over the wire; lives for one attempt and is never stored."""

    intent: UUID
    sender: str
    recipient: str
    content: bytes
