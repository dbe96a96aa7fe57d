"""What people and jobs may ask for."""

from dataclasses import dataclass
from uuid import UUID

from notifications.domain.invitations import Lesson


@dataclass(frozen=True)
class OpenInvitation:
    """Someone holds a link of an invitation, whose signature was checked."""

    link_id: UUID


class LookUpInvitation(OpenInvitation):
    """The page behind it is shown."""


class AcceptInvitation(OpenInvitation):
    """They say yes."""


class RenewInvitation(OpenInvitation):
    """It ran out, and they want a new one mailed to the invited address."""


@dataclass(frozen=True, kw_only=True)
class ExpireInvitation:
    """The time of an invitation is over; ``link_id`` is the link that ran out."""

    invitation_id: UUID
    link_id: UUID


@dataclass(frozen=True, kw_only=True)
class ChooseLearningMail:
    """The person behind a link wants learning offers, or wants no more of them."""

    link_id: UUID
    is_wanted: bool


@dataclass(frozen=True)
class RetryMessage:
    """An operator wants a failed mail tried again."""

    message_id: UUID


@dataclass(frozen=True, kw_only=True)
class NoteLesson:
    """A learning system tells of somebody, by their address or their id, at what it calls ``activity``."""

    activity: str
    lesson: Lesson
    email: str | None = None
    member_id: UUID | None = None
