"""The jobs of this service by name; their arguments are ids only."""

from uuid import UUID

from chassis.database.deferred_jobs import Job

SCREEN = "onboarding.screen"
MEET_DEADLINES = "onboarding.meet_deadlines"
REMIND = "onboarding.remind"
SEND_REQUESTED_LINK = "onboarding.send_requested_link"
FORGET_LINK_REQUESTS = "onboarding.forget_link_requests"
SEND_WAITING_MAILS = "onboarding.send_waiting_mails"
PUBLISH_STATES = "onboarding.publish_states"
ERASE_PARTNERS = "onboarding.erase_partners"
COUNT_FIGURES = "onboarding.count_figures"


def screen(partner_id: UUID) -> Job:
    """Screen the partner as soon as this transaction has committed."""
    return Job(task=SCREEN, arguments={"partner_id": str(partner_id)})


def send_requested_link(request_id: UUID) -> Job:
    """Look who is behind an address that asked for a link, and waits for it."""
    return Job(task=SEND_REQUESTED_LINK, arguments={"request_id": str(request_id)}, is_urgent=True)


def publish_states(after: UUID | None = None) -> Job:
    """Send the snapshots of all partners, or of those behind one in the order of ids, in small steps.

    A request that comes while one waits is the same; the steps of one that began are no such request.
    """
    if after is None:
        return Job(task=PUBLISH_STATES, queueing_lock=PUBLISH_STATES)
    arguments = {"after": str(after)}
    return Job(task=PUBLISH_STATES, arguments=arguments, queueing_lock=f"{PUBLISH_STATES}/{after}")
