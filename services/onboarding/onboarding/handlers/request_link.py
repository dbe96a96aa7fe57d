"""Somebody asks for a new link, without learning whether the address is known."""

from uuid_utils.compat import uuid7

from onboarding.domain.events import OtherPartner, PartnerSignInRequested
from onboarding.domain.links import Purpose
from onboarding.domain.partners import Partner
from onboarding.domain.states import State
from onboarding.handlers import jobs
from onboarding.handlers.apply import ask_again_to_verify
from onboarding.handlers.commands import RequestLink, SendRequestedLink
from onboarding.handlers.emit import emit, issue_link, note
from onboarding.handlers.mail_turn import is_sign_in_mail_due
from onboarding.handlers.ports import Work


def request_link(work: Work, command: RequestLink) -> None:
    """Store the request and leave the lookup to a job: the same work for known and unknown addresses."""
    request_id = uuid7()
    work.links.request(request_id, command.email, work.now())
    work.defer(jobs.send_requested_link(request_id))


def send_requested_link(work: Work, command: SendRequestedLink) -> None:
    """Have a link to each of the address's partners sent; harmless when repeated.

    Partners whose contact has exactly the same address share a mail. An address that only counts as the same
    mailbox, such as one with another domain of its provider, may be somebody else's, and gets its own.
    """
    email = work.links.take_request(command.request_id)
    if email is None:
        return
    partners = [work.partners.lock(partner_id) for partner_id in work.partners.reached_by(email)]
    for partner in partners:
        if partner.state is State.APPLIED:
            ask_again_to_verify(work, partner)
    proven = [partner for partner in partners if partner.email_verified_at]
    if not proven or not is_sign_in_mail_due(work, email):
        return
    for address in dict.fromkeys(partner.contact.email for partner in proven):
        _send_sign_in_links(work, *(partner for partner in proven if partner.contact.email == address))


def _send_sign_in_links(work: Work, first: Partner, *others: Partner) -> None:
    """One mail for all partners of a contact, carried by the first partner's event."""
    event = PartnerSignInRequested(
        partner_id=first.id,
        link=issue_link(work, first, Purpose.SIGN_IN, is_requested=True),
        legal_name=first.profile.legal_name if others else "",
        others=tuple(
            OtherPartner(
                partner_id=partner.id,
                legal_name=partner.profile.legal_name,
                link=issue_link(work, partner, Purpose.SIGN_IN, is_requested=True),
            )
            for partner in others
        ),
    )
    emit(work, event)
    for partner in others:
        note(work, partner.id, PartnerSignInRequested.name, {})
