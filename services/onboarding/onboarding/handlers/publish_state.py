"""The present snapshot of a partner is sent once more: to a new cluster, or to who lost theirs."""

from onboarding.handlers.commands import PublishState
from onboarding.handlers.ports import Work
from onboarding.handlers.tell import tell_state


def publish_state(work: Work, command: PublishState) -> None:
    """Tell what the rows say now; the lock keeps it in order with every change. Raises PartnerUnknown."""
    tell_state(work, work.partners.lock(command.partner_id))
