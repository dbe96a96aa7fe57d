"""Mails whose mailbox may get its next one, each in a transaction of its own."""

from chassis.running.sweep import sweep_by
from onboarding.bootstrap import OnboardingService
from onboarding.handlers.commands import SendWaitingMail
from onboarding.handlers.send_waiting_mail import send_waiting_mail

MAILS_PER_PAGE = 200


def send_all_due(service: OnboardingService) -> int:
    """Handle every mail that is due; return how many."""
    with service.open_work() as work:
        now = work.now()
    return sweep_by(
        service.open_work,
        lambda work, after: work.mail_turns.due(now, MAILS_PER_PAGE, after),
        lambda work, mail: send_waiting_mail(
            work, SendWaitingMail(partner_id=mail.partner_id, member_id=mail.member_id)
        ),
    )
