"""A partner's people choose their language and export the partner's data."""

from onboarding.domain import events
from onboarding.domain.partners import Partner
from onboarding.handlers.commands import ChooseLanguage, ExportPartner
from onboarding.handlers.emit import emit, note, save
from onboarding.handlers.ports import Work


def choose_language(work: Work, command: ChooseLanguage) -> Partner:
    """Store it, and notify the service that writes the mails; raises NotAMember."""
    partner = work.partners.lock(command.partner_id)
    if partner.choose_language(command.member_id, command.language):
        save(work, partner)
        emit(
            work,
            events.PartnerLanguageChosen(
                partner_id=partner.id, member_id=command.member_id, language=command.language
            ),
        )
    return partner


def note_export(work: Work, command: ExportPartner) -> Partner:
    """Add the export to the timeline, which is part of it."""
    partner = work.partners.lock(command.partner_id)
    note(work, partner.id, "partner.exported", {})
    return partner
