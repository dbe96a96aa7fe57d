"""Named people are asked whether they belong to the company: yes makes a member, no has them forgotten."""

from enum import StrEnum

from uuid_utils.compat import uuid7

from onboarding.domain import events
from onboarding.domain.application import Member
from onboarding.domain.links import Link, Purpose
from onboarding.domain.membership import DECLINES_TO_LOOK_AT
from onboarding.domain.partners import Partner
from onboarding.domain.refusals import LinkRefused, NotAMember
from onboarding.handlers.commands import AnswerMembership, AskAgain, OpenLink
from onboarding.handlers.emit import emit, note, save
from onboarding.handlers.mail_turn import confirm_mailbox, keep_waiting, take_turn
from onboarding.handlers.open_link import lock_link
from onboarding.handlers.ports import Work


class Answered(StrEnum):
    """What the person said."""

    CONFIRMED = "confirmed"
    DECLINED = "declined"


def ask_again(work: Work, command: AskAgain) -> None:
    """Have a named person asked once more; raises AskedTooOften, NotAMember."""
    partner = work.partners.lock(command.partner_id)
    person = partner.ask(command.member_id, work.now())
    save(work, partner)
    request_confirmation(work, partner, person, reason="requested_again")


def request_confirmation(work: Work, partner: Partner, person: Member, reason: str) -> None:
    """Have the person sent a link by which they answer, when it is the mailbox's turn.

    What is sent stands for what waits for the same person, which goes only now: all who hold a turn and
    write to what waits lock in this order.
    """
    turn = take_turn(work, person)
    if turn is not None:
        keep_waiting(work, partner.id, person, reason, turn)
        return
    work.mail_turns.drop_waiting(partner.id, person.id)
    send_question(work, partner, person, reason)


def send_question(
    work: Work, partner: Partner, person: Member, reason: str, *, is_reminder: bool = False
) -> None:
    """Have the person sent the link at once, for who has the mailbox's turn."""
    now = work.now()
    is_requested = reason == "requested_again"
    link = Link(
        id=uuid7(),
        partner_id=partner.id,
        purpose=Purpose.CONFIRM_MEMBERSHIP,
        created_at=now,
        expires_at=now + work.policies.membership_link_lifetime,
        is_requested=is_requested,
        member_id=person.id,
    )
    work.links.add(link)
    emit(
        work,
        events.PartnerMemberConfirmationRequested(
            partner_id=partner.id,
            member=events.Member.of(person),
            legal_name=partner.profile.legal_name,
            link=events.Link.of(link),
            reason="requested_again" if is_requested else "named",
            is_reminder=is_reminder,
        ),
    )


def look_at_membership(work: Work, command: OpenLink) -> tuple[Partner, Member]:
    """Return who is asked and by whom, and change nothing; raises LinkRefused."""
    partner, link = lock_link(work, command.link_id, {Purpose.CONFIRM_MEMBERSHIP})
    link.check(work.now())
    return partner, _asked(partner, link)


def answer_membership(work: Work, command: AnswerMembership) -> tuple[Answered, Partner]:
    """Take the person's answer, once; raises LinkRefused, for a yes also where nobody can become a member.

    A second click of the same visit is told what the first one came to.
    """
    partner, link = lock_link(work, command.link_id, {Purpose.CONFIRM_MEMBERSHIP})
    if not link.burn(work.now(), command.visit):
        is_member = any(person.id == link.member_id for person in partner.members)
        return Answered.CONFIRMED if is_member else Answered.DECLINED, partner
    person = _asked(partner, link)
    if command.is_right and not partner.takes_members:
        raise LinkRefused("link_expired")
    work.links.save(link)
    if command.is_right:
        _confirm(work, partner, person)
        return Answered.CONFIRMED, partner
    _decline(work, partner, person)
    return Answered.DECLINED, partner


def _confirm(work: Work, partner: Partner, person: Member) -> None:
    now = work.now()
    member = partner.confirm(person.id, now)
    confirm_mailbox(work, member.email)
    save(work, partner)
    added = events.PartnerMemberAdded(
        partner_id=partner.id, member=events.Member.of(member), confirmed_at=now
    )
    emit(work, added)


def _decline(work: Work, partner: Partner, person: Member) -> None:
    partner.decline(person.id)
    work.mail_turns.drop_waiting(partner.id, person.id)
    save(work, partner)
    work.forget_emitted(partner.id, person.id)
    declined = events.PartnerMemberDeclined(
        partner_id=partner.id, member_id=person.id, declined_at=work.now()
    )
    emit(work, declined)
    if partner.declined_count >= DECLINES_TO_LOOK_AT:
        note(work, partner.id, "partner.members_declined", {"declined_count": partner.declined_count})


def _asked(partner: Partner, link: Link) -> Member:
    """The person behind an open link; raises LinkRefused once they have answered.

    Whatever became of the partner, a no still deletes what it keeps of them.
    """
    if link.member_id is None:
        raise LinkRefused("link_invalid")
    try:
        person = partner.person(link.member_id)
    except NotAMember:
        raise LinkRefused("link_used") from None
    if person.confirmed_at is not None:
        raise LinkRefused("link_used")
    return person
