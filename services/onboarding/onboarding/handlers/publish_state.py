"""The present snapshot of a partner is sent once more: to a new cluster, or to who lost theirs."""

from onboarding.handlers.commands import PublishState
from onboarding.handlers.ports import Work


def publish_state(work: Work, command: PublishState) -> None:
    """Tell what the rows say now; the lock keeps it in order with every change. Raises PartnerUnknown."""
    work.tell_state(work.partners.lock(command.partner_id))
