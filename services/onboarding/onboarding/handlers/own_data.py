"""What people of a partner do with what is kept of it: choose a language, take all of it along."""

from onboarding.domain import events
from onboarding.domain.partners import Partner
from onboarding.handlers.commands import ChooseLanguage, ExportPartner
from onboarding.handlers.emit import emit, note, save
from onboarding.handlers.ports import Work


def choose_language(work: Work, command: ChooseLanguage) -> Partner:
    """Keep it, and tell who writes the mails; raises NotAMember."""
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
    """Leave a line in the timeline, which is a part of what is taken along."""
    partner = work.partners.lock(command.partner_id)
    note(work, partner.id, "partner.exported", {})
    return partner
