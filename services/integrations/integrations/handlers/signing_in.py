"""Signing in by a mailed link, without revealing who is known."""

from datetime import timedelta

from uuid_utils.compat import uuid7

from chassis.identity.single_use import LinkRefused
from integrations.domain.integrator_log import KEPT_FOR as LOG_KEPT_FOR
from integrations.domain.people import LINK_LIFETIME, MOST_LINKS, MOST_REACHED, Person, SignInLink
from integrations.handlers import jobs
from integrations.handlers.commands import OpenLink, RequestLink, SendRequestedLink
from integrations.handlers.emit import emit_sign_in_requested
from integrations.handlers.ports import Work

KEPT_FOR = timedelta(days=1)
LOG_FORGOTTEN_AT_ONCE = 10_000


def request_link(work: Work, command: RequestLink) -> None:
    """Store the request and leave the lookup to a job: the same work for known and unknown addresses."""
    request_id = uuid7()
    work.link_requests.add(request_id, command.email, work.now())
    work.defer(jobs.send_requested_link(request_id))


def send_requested_link(work: Work, command: SendRequestedLink) -> None:
    """Have a link sent to each person behind the address, unless shut off; harmless when repeated."""
    mailbox = work.link_requests.take(command.request_id)
    if mailbox is None:
        return
    for person in work.people.of_mailbox(mailbox, MOST_REACHED):
        integrator = work.integrators.lock(person.integrator_id)
        recently = work.now() - LINK_LIFETIME
        is_enough = work.sign_in_links.made_since(person.id, recently) >= MOST_LINKS
        if integrator is not None and not integrator.is_shut_off and not is_enough:
            emit_sign_in_requested(work, integrator, person)


def look_at_link(work: Work, command: OpenLink) -> Person:
    """The person whom it would sign in; changes nothing. Raises LinkRefused."""
    person, link = _behind(work, command)
    link.check(work.now())
    return person


def open_link(work: Work, command: OpenLink) -> Person:
    """Use up the link and return the person; a second click of the same visit does, too.

    Raises LinkRefused.
    """
    person, link = _behind(work, command)
    if link.burn(work.now(), command.visit):
        work.sign_in_links.save(link)
    return person


def forget_sign_ins(work: Work) -> None:
    """Delete requests whose job never ran, unusable links, and old entries of integrators' logs."""
    before = work.now() - KEPT_FOR
    work.link_requests.forget(before)
    work.sign_in_links.forget(before)
    work.integrator_log.forget(work.now() - LOG_KEPT_FOR, LOG_FORGOTTEN_AT_ONCE)


def _behind(work: Work, command: OpenLink) -> tuple[Person, SignInLink]:
    link = work.sign_in_links.lock(command.link_id)
    person = None if link is None else work.people.get(link.person_id)
    integrator = None if person is None else work.integrators.get(person.integrator_id)
    if link is None or person is None or integrator is None or integrator.is_shut_off:
        raise LinkRefused("link_invalid")
    return person, link
