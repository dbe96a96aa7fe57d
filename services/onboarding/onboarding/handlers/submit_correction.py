"""The applicant puts the application right."""

from onboarding.domain import events
from onboarding.domain.partners import Partner
from onboarding.handlers import jobs
from onboarding.handlers.commands import SubmitCorrection
from onboarding.handlers.ports import Work
from onboarding.handlers.tell import tell_move


def submit_correction(work: Work, command: SubmitCorrection) -> Partner:
    """Take the changes in and have the application screened again; raises CorrectionRefused."""
    partner = work.partners.lock(command.partner_id)
    changed = partner.submit_correction(command.changes, work.now())
    tell_move(work, partner, events.PartnerCorrectionSubmitted(partner_id=partner.id, changed_fields=changed))
    work.defer(jobs.screen(partner.id))
    return partner
