"""A partner that has left is erased: its rows are deleted, and the other services are notified."""

from chassis.events import Tombstone
from onboarding.domain.events import PartnerErased, PartnerState
from onboarding.domain.refusals import NotErasable
from onboarding.domain.states import FINAL
from onboarding.handlers.commands import ErasePartner
from onboarding.handlers.ports import Work
from onboarding.handlers.sessions import emit_ended


def erase(work: Work, command: ErasePartner) -> PartnerErased:
    """Erase it with everything that belongs to it. Raises NotErasable; PartnerUnknown when repeated."""
    partner = work.partners.lock_to_erase(command.partner_id)
    if partner.state not in FINAL:
        raise NotErasable(partner.state)
    now = work.now()
    ended = work.sessions.end(partner.id, now)
    work.partners.erase(partner)
    emit_ended(work, partner.id, ended)
    erased = PartnerErased(partner_id=partner.id, erased_at=now)
    work.emit(erased)
    work.emit(Tombstone(PartnerState, erased.subject))
    return erased
