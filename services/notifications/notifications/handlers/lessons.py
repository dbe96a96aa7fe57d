"""What a learning system tells of the people that we invited."""

from notifications.domain import events
from notifications.domain.invitations import Invitation, Lesson
from notifications.handlers.commands import NoteLesson
from notifications.handlers.ports import Work
from notifications.handlers.tell import of_invitation


def note_lesson(work: Work, command: NoteLesson) -> bool:
    """Keep what is new of it; False for a path or a person that is not known, or was not invited.

    One person in two partners is told of in both. Harmless when repeated, or late.
    """
    path = work.policies.learning_paths.of_activity(command.activity)
    if path is None:
        return False
    found = work.invitations.lock_of_learner(path.name, command.email, command.member_id)
    for invitation in found:
        _note(work, invitation, command.lesson)
    return bool(found)


def _note(work: Work, before: Invitation, lesson: Lesson) -> None:
    after = before.learned(lesson)
    if after == before:
        return
    work.invitations.save(after)
    told = of_invitation(after, work.policies.learning_paths)
    if after.accepted_at and not before.accepted_at:
        work.emit(events.LearningInvitationAccepted(**told, accepted_at=after.accepted_at))
    if after.started_at and not before.started_at:
        work.emit(events.LearningPathStarted(**told, started_at=after.started_at))
    if after.completed_at and not before.completed_at:
        work.emit(events.LearningPathCompleted(**told, completed_at=after.completed_at))
