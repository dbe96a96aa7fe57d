"""The partner accepts the agreement in force."""

from onboarding.domain import events
from onboarding.domain.agreements import Acceptance
from onboarding.domain.moves import Move
from onboarding.domain.partners import Partner
from onboarding.handlers.commands import AcceptAgreement
from onboarding.handlers.emit import emit_move
from onboarding.handlers.ports import Work


def accept_agreement(work: Work, command: AcceptAgreement) -> Partner:
    """Record who accepted which text and when; raises AgreementOutdated."""
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
    event = events.PartnerAgreementAccepted(
        partner_id=partner.id,
        agreement_version=acceptance.version,
        accepted_by=acceptance.accepted_by,
        accepted_at=acceptance.accepted_at,
    )
    emit_move(work, partner, event)
    return partner
