"""What people and jobs may ask for."""

from uuid import UUID

from chassis.frozen import Command
from notifications.domain.invitations import Lesson


class OpenInvitation(Command, kw_only=False):
    """Someone holds a link of an invitation, whose signature was checked."""

    link_id: UUID


class LookUpInvitation(OpenInvitation):
    """The page behind it is shown."""


class AcceptInvitation(OpenInvitation):
    """They say yes."""


class RenewInvitation(OpenInvitation):
    """It ran out, and they want a new one mailed to the invited address."""


class ExpireInvitation(Command):
    """The time of an invitation is over; ``link_id`` is the link that ran out."""

    invitation_id: UUID
    link_id: UUID


class ChooseLearningMail(Command):
    """The person behind a link wants learning offers, or wants no more of them."""

    link_id: UUID
    is_wanted: bool


class RetryMessage(Command, kw_only=False):
    """An operator wants a failed mail tried again."""

    message_id: UUID


class NoteLesson(Command):
    """A learning system tells of somebody, by their address or their id, at what it calls ``activity``."""

    activity: str
    lesson: Lesson
    email: str | None = None
    member_id: UUID | None = None
