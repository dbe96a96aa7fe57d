"""What ends if nobody acts is said in time, once: a contact's deadline, the question to a named person."""

from onboarding.domain.application import Member
from onboarding.domain.events import PartnerDeadlineNear
from onboarding.domain.links import Purpose
from onboarding.domain.membership import may_ask_again
from onboarding.domain.partners import Partner
from onboarding.domain.states import WAITS_FOR, State
from onboarding.handlers.commands import RemindContact, RemindPerson
from onboarding.handlers.emit import emit, issue_link, save
from onboarding.handlers.mail_turn import take_turn
from onboarding.handlers.membership import send_question
from onboarding.handlers.ports import Work


def remind_contact(work: Work, command: RemindContact) -> None:
    """Have the contact reminded, once in a state; by what is true now.

    An address that nobody has confirmed is left alone while it is not its turn: whoever floods a mailbox gets
    no further mail out of it.
    """
    partner = work.partners.lock(command.partner_id)
    end, now, waits_for = partner.deadline_at, work.now(), WAITS_FOR.get(partner.state)
    if waits_for is None or partner.reminded_at or end is None:
        return
    wait = end - partner.state_entered_at
    if not now < end <= now + wait * work.policies.deadlines.share_left:
        return
    partner.reminded_at = now
    work.partners.save(partner)
    is_new = partner.state is State.APPLIED
    if is_new and not _has_turn(work, partner, partner.contact):
        return
    link = issue_link(work, partner, Purpose.VERIFY_EMAIL if is_new else Purpose.SIGN_IN)
    emit(work, PartnerDeadlineNear(partner_id=partner.id, waits_for=waits_for, deadline_at=end, link=link))


def _has_turn(work: Work, partner: Partner, person: Member) -> bool:
    if work.mail_turns.waiting(partner.id, person.id):
        return False
    return take_turn(work, person) is None


def remind_person(work: Work, command: RemindPerson) -> None:
    """Have a named person asked a second time, who has not answered the first; no other time.

    While it is not the mailbox's turn nothing is done, nor counted as asked.
    """
    partner = work.partners.lock(command.partner_id)
    found = next((person for person in partner.named_people if person.id == command.member_id), None)
    if found is None or found.times_asked != 1 or not may_ask_again(found, partner.state, work.now()):
        return
    if not _has_turn(work, partner, found):
        return
    person = partner.ask(found.id, work.now())
    save(work, partner)
    send_question(work, partner, person, reason="named", is_reminder=True)
