"""A contact signs in by a link; the first one verifies the email address."""

from collections.abc import Container
from uuid import UUID

from onboarding.domain.events import PartnerEmailVerified
from onboarding.domain.links import OF_CONTACTS, Link, Purpose
from onboarding.domain.partners import Partner
from onboarding.domain.refusals import LinkRefused
from onboarding.domain.states import State
from onboarding.handlers import jobs
from onboarding.handlers.commands import OpenLink
from onboarding.handlers.emit import emit_move
from onboarding.handlers.mail_turn import confirm_mailbox
from onboarding.handlers.ports import Work


def open_link(work: Work, command: OpenLink) -> Partner:
    """Use up the link and return the partner it opens; raises LinkRefused.

    The link of a first mail verifies the address if that is still to be done; later (a second
    mail, or the deadline has passed) it just signs the contact in.
    """
    partner, link = lock_link(work, command.link_id, OF_CONTACTS)
    if not link.burn(work.now(), command.visit):
        if link.used_at and partner.contact_since and link.used_at <= partner.contact_since:
            raise LinkRefused("link_used")  # the one who clicked first is no longer the contact
        return partner
    work.links.save(link)
    if link.purpose is Purpose.VERIFY_EMAIL and partner.state is State.APPLIED:
        verify_email(work, partner)
    return partner


def look_at_link(work: Work, command: OpenLink) -> tuple[Partner, Link]:
    """Return the link and the partner that it would open, without changing anything; raises LinkRefused."""
    partner, link = lock_link(work, command.link_id, OF_CONTACTS)
    link.check(work.now())
    return partner, link


def verify_email(work: Work, partner: Partner) -> None:
    """Move on, and have a job screen the application."""
    partner.verify_email(work.now())
    confirm_mailbox(work, partner.contact.email)
    emit_move(work, partner, PartnerEmailVerified(partner_id=partner.id))
    work.defer(jobs.screen(partner.id))


def lock_link(work: Work, link_id: UUID, purposes: Container[Purpose]) -> tuple[Partner, Link]:
    """A link for one of these purposes, and its partner; raises LinkRefused."""
    # The partner is locked before the link, as everywhere, so that two openers cannot deadlock.
    partner = work.partners.lock(work.links.partner_of(link_id))
    link = work.links.lock(link_id)
    if link.purpose not in purposes:
        raise LinkRefused("link_invalid")
    return partner, link
