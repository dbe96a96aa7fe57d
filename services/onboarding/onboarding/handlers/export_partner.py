"""Somebody takes along all that is kept about a partner."""

from onboarding.domain.partners import Partner
from onboarding.handlers.commands import ExportPartner
from onboarding.handlers.ports import Work
from onboarding.handlers.tell import note


def note_export(work: Work, command: ExportPartner) -> Partner:
    """Leave a line in the timeline, which is a part of what is taken along."""
    partner = work.partners.lock(command.partner_id)
    note(work, partner.id, "partner.exported", {})
    return partner
