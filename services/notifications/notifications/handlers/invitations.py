"""Invites people to learning paths, takes answers and learning reports, and expires invitations."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum, auto
from uuid import UUID

from uuid_utils.compat import uuid7

from notifications.domain import events
from notifications.domain.invitations import Invitation, Lesson, State
from notifications.domain.learning_paths import LearningPath
from notifications.domain.messages import Kind, Verdict, verdict
from notifications.domain.partners import OVER, Member, Partner
from notifications.handlers import commands
from notifications.handlers.emit import of_invitation
from notifications.handlers.planning import plan_mail
from notifications.handlers.ports import Work


class LinkStanding(Enum):
    """What an invitation's link can be used for now."""

    OPEN = auto()
    USED = auto()
    EXPIRED = auto()
    GONE = auto()


def invite(
    work: Work, partner: Partner, members: Sequence[Member], paths: Iterable[LearningPath]
) -> list[Member]:
    """Invite each member once to each path, and return those invited; the caller plans the mail.

    People who were invited before, or want no offers, are left alone.
    """
    now = work.now()
    offers = [
        Invitation(
            id=uuid7(),
            partner_id=partner.id,
            member_id=member.id,
            path=path.name,
            language=member.language,
            link_id=uuid7(),
            expires_at=now + path.link_lifetime,
            created_at=now,
        )
        for path in paths
        for member in members
        if path.is_for(member) and member.wants_learning_mail
    ]
    invited = {invitation.member_id for invitation in work.invitations.add(offers)}
    return [member for member in members if member.id in invited]


def link_standing(invitation: Invitation | None, link_id: UUID, now: datetime) -> LinkStanding:
    """What this link can be used for; GONE also if the path or the partner no longer exists."""
    if invitation is None or invitation.state is State.CANCELLED:
        return LinkStanding.GONE
    if invitation.state is State.ACCEPTED:
        return LinkStanding.USED
    is_over = invitation.state is State.EXPIRED or now >= invitation.expires_at
    return LinkStanding.EXPIRED if is_over or invitation.link_id != link_id else LinkStanding.OPEN


def _standing(work: Work, invitation: Invitation | None, link_id: UUID) -> LinkStanding:
    """Like `link_standing`, but GONE for people who have left, alone or with the partner."""
    if invitation is not None:
        partner = work.partners.get(invitation.partner_id)
        member = work.partners.member(invitation.partner_id, invitation.member_id)
        if partner is None or partner.standing in OVER or member is None or not member.is_confirmed:
            return LinkStanding.GONE
    return link_standing(invitation, link_id, work.now())


def look_up(work: Work, command: commands.LookUpInvitation) -> tuple[LinkStanding, Invitation | None]:
    """For the page of a GET; changes nothing."""
    invitation = work.invitations.lock_by_link(command.link_id)
    return _standing(work, invitation, command.link_id), invitation


def accept(work: Work, command: commands.AcceptInvitation) -> tuple[LinkStanding, Invitation | None]:
    """Accept by an open link, which is used up; returns what the link was before."""
    invitation = work.invitations.lock_by_link(command.link_id)
    now = work.now()
    standing = _standing(work, invitation, command.link_id)
    if invitation is None or standing is not LinkStanding.OPEN:
        return standing, invitation
    accepted = invitation.accepted(now)
    work.invitations.burn_link(command.link_id, now)
    work.invitations.save(accepted)
    told = of_invitation(accepted, work.policies.learning_paths)
    work.emit(events.LearningInvitationAccepted(**told, accepted_at=now))
    return standing, accepted


def expire(work: Work, command: commands.ExpireInvitation) -> bool:
    """Close an expired invitation; False if it was answered or renewed, or is not due."""
    invitation = work.invitations.lock(command.invitation_id)
    if (
        invitation is None
        or invitation.link_id != command.link_id
        or not invitation.may_become(State.EXPIRED)
    ):
        return False
    if work.now() < invitation.expires_at:
        return False
    work.invitations.save(invitation.expired())
    told = of_invitation(invitation, work.policies.learning_paths)
    work.emit(events.LearningInvitationExpired(**told, expired_at=invitation.expires_at))
    return True


def renew(work: Work, command: commands.RenewInvitation) -> bool:
    """Mail a new link to the invited person for an expired one; each old link asks for one mail only.

    The caller gives the same answer whatever this returns.
    """
    invitation = work.invitations.lock_by_link(command.link_id)
    if invitation is None or invitation.link_id != command.link_id:
        return False
    partner = work.partners.get(invitation.partner_id)
    member = work.partners.member(invitation.partner_id, invitation.member_id)
    path = work.policies.learning_paths.by_name.get(invitation.path)
    if partner is None or member is None or path is None:
        return False
    if verdict(Kind.INVITATION, partner.standing) is Verdict.CANCEL:
        return False
    expire(work, commands.ExpireInvitation(invitation_id=invitation.id, link_id=command.link_id))
    current = work.invitations.get(invitation.id)
    if current is None or current.state is not State.EXPIRED:
        return False
    message = plan_mail(work, partner, member, Kind.INVITATION, occasion=f"renewal:{command.link_id}")
    renewed = current.renewed(uuid7(), work.now() + path.link_lifetime)
    work.invitations.save(replace(renewed, message_id=message.id if message else None))
    return message is not None


def choose_learning_mail(work: Work, command: commands.ChooseLearningMail) -> bool:
    """Record whether the person wants offers; links of open invitations keep working."""
    invitation = work.invitations.lock_by_link(command.link_id)
    if invitation is None:
        return False
    work.partners.choose_learning_mail(
        invitation.partner_id, invitation.member_id, is_wanted=command.is_wanted
    )
    return True


def note_lesson(work: Work, command: commands.NoteLesson) -> bool:
    """Record what is new; False if path or person is unknown, or the person was not invited.

    A person with two partners gets it recorded for both. Harmless if repeated or late.
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
