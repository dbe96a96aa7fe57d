"""The partner changes its people: names one more, removes one, makes another one the contact."""

from onboarding.domain import events
from onboarding.domain.application import Member
from onboarding.domain.links import Purpose
from onboarding.domain.partners import Partner
from onboarding.handlers.commands import HandOver, NamePerson, RemovePerson
from onboarding.handlers.emit import emit, issue_link, save
from onboarding.handlers.membership import request_confirmation
from onboarding.handlers.ports import Work


def name_person(work: Work, command: NamePerson) -> tuple[Partner, Member]:
    """Have one more person asked whether they belong to the company; raises PersonRefused."""
    partner = work.partners.lock(command.partner_id)
    partner.name(command.person)
    asked = partner.ask(command.person.id, work.now())
    save(work, partner)
    request_confirmation(work, partner, asked, reason="named")
    return partner, asked


def remove_person(work: Work, command: RemovePerson) -> Partner:
    """Remove a person; their access ends by the event. Raises NotAMember, PersonRefused.

    The link of a person who was only named opens nothing from now on.
    """
    partner = work.partners.lock(command.partner_id)
    partner.remove(command.member_id)
    work.mail_turns.drop_waiting(partner.id, command.member_id)
    save(work, partner)
    removed = events.PartnerMemberRemoved(
        partner_id=partner.id,
        member_id=command.member_id,
        requested_by=events.RequestedBy.of(command.by),
        removed_at=work.now(),
    )
    emit(work, removed)
    return partner


def hand_over(work: Work, command: HandOver) -> Partner:
    """Make a member the contact; the former one's sessions, links and passkeys end.

    Raises NotAMember, PersonRefused.
    """
    partner = work.partners.lock(command.partner_id)
    now = work.now()
    former = partner.hand_over(command.member_id, now)
    work.links.expire_unused(partner.id, now, of_contact=True)
    work.passkeys.forget_person(former.id)
    save(work, partner)
    changed = events.PartnerContactChanged(
        partner_id=partner.id,
        member_id=command.member_id,
        former_member_id=former.id,
        requested_by=events.RequestedBy.of(command.by),
        link=issue_link(work, partner, Purpose.SIGN_IN),
        changed_at=now,
    )
    emit(work, changed)
    return partner
