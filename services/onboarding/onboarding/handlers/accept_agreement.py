"""The partner accepts the agreement in force."""

from onboarding.domain.agreements import Acceptance
from onboarding.domain.moves import Move
from onboarding.domain.partners import Partner
from onboarding.handlers.commands import AcceptAgreement
from onboarding.handlers.ports import Work
from onboarding.handlers.tell import tell_move


def accept_agreement(work: Work, command: AcceptAgreement) -> Partner:
    """Keep who accepted which words and when; raises AgreementOutdated."""
    partner = work.partners.lock(command.partner_id)
    partner.check(Move.ACCEPT_AGREEMENT)
    text = work.policies.agreements.in_force(command.version, command.language)
    acceptance = Acceptance(
        version=text.version,
        language=text.language,
        text_sha256=text.sha256,
        accepted_by=partner.contact.id,
        accepted_at=work.now(),
    )
    partner.accept_agreement(acceptance)
    data = {
        "agreement_version": acceptance.version,
        "accepted_by": str(acceptance.accepted_by),
        "accepted_at": acceptance.accepted_at.isoformat(),
    }
    tell_move(work, partner, Move.ACCEPT_AGREEMENT, data)
    return partner
