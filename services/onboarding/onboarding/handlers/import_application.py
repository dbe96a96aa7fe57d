"""An operator brings an application in that came another way, once however often it is sent."""

from uuid import UUID

from onboarding.domain.refusals import PartnerUnknown
from onboarding.domain.states import FINAL
from onboarding.handlers.apply import apply
from onboarding.handlers.commands import ImportApplication
from onboarding.handlers.ports import Work


def import_application(work: Work, command: ImportApplication) -> tuple[UUID, bool]:
    """Take it as if the contact had applied; return whose it is, and whether that is new.

    What it came to before may be over: nobody clicked, or it was withdrawn. Then it is brought in anew.
    """
    partner_id = command.application.partner_id
    holder = work.imported_applications.take(command.digest, partner_id, work.now())
    if holder != partner_id:
        if not _is_over(work, holder):
            return holder, False
        work.imported_applications.hand_on(command.digest, partner_id, work.now())
    return apply(work, command.application), True


def _is_over(work: Work, partner_id: UUID) -> bool:
    try:
        return work.partners.lock(partner_id).state in FINAL
    except PartnerUnknown:
        return True
