"""The present snapshot of a partner is sent once more: to a new cluster, or to who lost theirs."""

from onboarding.handlers.commands import PublishState
from onboarding.handlers.ports import OnboardingWork
from onboarding.handlers.telling import tell_state


def publish_state(work: OnboardingWork, command: PublishState) -> None:
    """Tell what the rows say now; the lock keeps it in order with every change. Raises PartnerUnknown."""
    tell_state(work, work.partners.locked(command.partner_id))
