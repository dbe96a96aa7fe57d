"""An operator brings an application in that came another way, once however often it is sent."""

from uuid import UUID

from onboarding.handlers.apply import apply
from onboarding.handlers.commands import ImportApplication
from onboarding.handlers.ports import Work


def import_application(work: Work, command: ImportApplication) -> tuple[UUID, bool]:
    """Take it as if the contact had applied; return whose it is, and whether that is new."""
    partner_id = command.application.partner_id
    holder = work.imported_applications.take(command.digest, partner_id, work.now())
    if holder != partner_id:
        return holder, False
    return apply(work, command.application), True
