"""Someone asks for a fresh link, without learning whether the address is known."""

from datetime import timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from onboarding.domain.links import Purpose
from onboarding.domain.states import State
from onboarding.handlers import jobs
from onboarding.handlers.apply import ask_to_verify
from onboarding.handlers.commands import RequestLink, SendRequestedLink
from onboarding.handlers.ports import OnboardingWork
from onboarding.handlers.telling import issue_link, tell

LIMIT_PERIOD = timedelta(hours=1)
KEPT_FOR = timedelta(days=1)


def request_link(work: OnboardingWork, command: RequestLink) -> None:
    """Note the wish and look who it is in a job: the same work for a known and an unknown address.

    An address that was given too often within the hour is ignored, also without a word.
    """
    now = work.now()
    asked = work.link_requests.count(command.email, now - LIMIT_PERIOD)
    if asked >= work.policies.links_per_address_and_hour:
        return
    request_id = uuid7()
    work.link_requests.add(request_id, command.email, now)
    work.defer(jobs.send_requested_link(request_id))


def send_requested_link(work: OnboardingWork, command: SendRequestedLink) -> None:
    """Have a link sent to each partner behind the address; harmless when repeated."""
    email = work.link_requests.take(command.request_id)
    if email is None:
        return
    for partner_id in work.partners.reached_by(email):
        _send_link(work, partner_id)


def _send_link(work: OnboardingWork, partner_id: UUID) -> None:
    partner = work.partners.locked(partner_id)
    if not may_be_sent_a_link(work, partner_id):
        return
    if partner.state is State.APPLIED:
        ask_to_verify(work, partner, reason="requested_again")
    elif partner.email_verified_at:
        link = issue_link(work, partner, Purpose.SIGN_IN, is_requested=True)
        tell(work, partner, "partner.sign_in_requested", {"link": link})


def may_be_sent_a_link(work: OnboardingWork, partner_id: UUID) -> bool:
    """Whether fewer links were asked for within the hour than one partner may."""
    sent = work.links.count_requested(partner_id, work.now() - LIMIT_PERIOD)
    return sent < work.policies.links_per_partner_and_hour


def forget_link_requests(work: OnboardingWork) -> int:
    """Delete what no limit needs any more; return how many."""
    return work.link_requests.forget(work.now() - KEPT_FOR)
