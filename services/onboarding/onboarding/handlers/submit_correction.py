"""The applicant puts the application right."""

from onboarding.domain import events
from onboarding.domain.partner import Partner
from onboarding.handlers import jobs
from onboarding.handlers.commands import SubmitCorrection
from onboarding.handlers.ports import OnboardingWork
from onboarding.handlers.telling import tell_move


def submit_correction(work: OnboardingWork, command: SubmitCorrection) -> Partner:
    """Take the changes in and have the application screened again; raises CorrectionRefused."""
    partner = work.partners.locked(command.partner_id)
    changed = partner.submit_correction(command.changes, work.now())
    tell_move(work, partner, events.PartnerCorrectionSubmitted(partner_id=partner.id, changed_fields=changed))
    work.defer(jobs.screen(partner.id))
    return partner
