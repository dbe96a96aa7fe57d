"""A mail waited for its mailbox's turn."""

from onboarding.domain.states import State
from onboarding.handlers.apply import ask_again_to_verify
from onboarding.handlers.commands import SendWaitingMail
from onboarding.handlers.membership import request_confirmation
from onboarding.handlers.ports import Work


def send_waiting_mail(work: Work, command: SendWaitingMail) -> None:
    """Send the mail, keep it waiting, or drop it if it no longer makes sense; harmless when repeated."""
    partner = work.partners.lock(command.partner_id)
    waiting = work.mail_turns.waiting(command.partner_id, command.member_id)
    if waiting is None or waiting.due_at > work.now():
        return
    if partner.state is State.APPLIED and partner.contact.id == waiting.member_id:
        ask_again_to_verify(work, partner, waiting.reason)
        return
    named = [person for person in partner.named_people if person.id == waiting.member_id]
    if named and partner.takes_members:
        request_confirmation(work, partner, named[0], waiting.reason)
        return
    work.mail_turns.drop_waiting(partner.id, waiting.member_id)
