"""A person reads pages and mails in another language."""

from onboarding.domain import events
from onboarding.domain.partners import Partner
from onboarding.handlers.commands import ChooseLanguage
from onboarding.handlers.ports import Work
from onboarding.handlers.tell import save, tell


def choose_language(work: Work, command: ChooseLanguage) -> Partner:
    """Keep it, and tell who writes the mails; raises NotAMember."""
    partner = work.partners.lock(command.partner_id)
    if partner.choose_language(command.member_id, command.language):
        save(work, partner)
        tell(
            work,
            events.PartnerLanguageChosen(
                partner_id=partner.id, member_id=command.member_id, language=command.language
            ),
        )
    return partner
