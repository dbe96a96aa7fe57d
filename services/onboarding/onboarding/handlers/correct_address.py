"""The applicant gave a wrong mail address, and nobody has confirmed it yet."""

from onboarding.domain.moves import Move
from onboarding.handlers.apply import ask_to_verify
from onboarding.handlers.commands import CorrectAddress
from onboarding.handlers.ports import OnboardingWork
from onboarding.handlers.request_link import may_be_sent_a_link


def correct_address(work: OnboardingWork, command: CorrectAddress) -> bool:
    """Write to the right address instead; the links sent to the wrong one end.

    False, and nothing changes, where too many links were asked for within the hour. Raises MoveNotAllowed
    once the address is confirmed, CorrectionRefused for the address of somebody else of the company.
    """
    partner = work.partners.locked(command.partner_id)
    partner.check(Move.VERIFY_EMAIL)
    if not may_be_sent_a_link(work, partner.id):
        return False
    partner.correct_address(command.email)
    work.links.expire_unused(partner.id, work.now())
    work.partners.save(partner)
    ask_to_verify(work, partner, reason="requested_again")
    return True
