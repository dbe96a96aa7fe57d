"""All mails whose mailbox may have its turn, each in a transaction of its own."""

from collections.abc import Sequence

from chassis.running.sweep import sweep
from onboarding.bootstrap import OnboardingService
from onboarding.domain.limits import WaitingMail
from onboarding.handlers.commands import SendWaitingMail
from onboarding.handlers.send_waiting_mail import send_waiting_mail

MAILS_PER_PAGE = 200


def send_all_due(service: OnboardingService) -> int:
    """Come back to every mail that is due by now; return how many."""
    with service.open_work() as work:
        now = work.now()

    def find(after: WaitingMail | None) -> Sequence[WaitingMail]:
        with service.open_work() as work:
            return work.mail_turns.due(now, MAILS_PER_PAGE, after)

    def settle(mail: WaitingMail) -> None:
        with service.open_work() as work:
            send_waiting_mail(work, SendWaitingMail(partner_id=mail.partner_id, member_id=mail.member_id))

    return sweep(find, settle)
