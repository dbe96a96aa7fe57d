"""What people and jobs can request."""

from uuid import UUID

from chassis.frozen import Command
from notifications.domain.invitations import Lesson


class OpenInvitation(Command, kw_only=False):
    """Someone opened a link of an invitation; its signature has been verified."""

    link_id: UUID


class LookUpInvitation(OpenInvitation):
    """Show the page behind it."""


class AcceptInvitation(OpenInvitation):
    """Accept it."""


class RenewInvitation(OpenInvitation):
    """It expired, and they want a new one mailed to the invited address."""


class ExpireInvitation(Command):
    """An invitation expired; ``link_id`` is the expired link."""

    invitation_id: UUID
    link_id: UUID


class ChooseLearningMail(Command):
    """The person behind a link wants learning offers, or no more of them."""

    link_id: UUID
    is_wanted: bool


class RetryMessage(Command, kw_only=False):
    """An operator wants a failed mail to be tried again."""

    message_id: UUID


class NoteLesson(Command):
    """A learning system reports on a person, by address or id, and its ``activity``."""

    activity: str
    lesson: Lesson
    email: str | None = None
    member_id: UUID | None = None
