"""The applicant gave a wrong mail address, and nobody has confirmed it yet."""

from onboarding.domain.moves import Move
from onboarding.handlers.apply import ask_again_to_verify
from onboarding.handlers.commands import CorrectAddress
from onboarding.handlers.ports import Work
from onboarding.handlers.tell import save


def correct_address(work: Work, command: CorrectAddress) -> None:
    """Write to the right address instead; the links sent to the wrong one end, and nothing waits for it.

    Raises MoveNotAllowed once the address is confirmed, CorrectionRefused for the address of somebody else of
    the company.
    """
    partner = work.partners.lock(command.partner_id)
    partner.check(Move.VERIFY_EMAIL)
    partner.correct_address(command.email)
    work.links.expire_unused(partner.id, work.now())
    save(work, partner)
    ask_again_to_verify(work, partner)
