"""Asking for a fresh link: silent about who is known, and limited."""

from uuid import UUID

import pytest
from tests.unit.onboarding.companies import LIMITED_MAILS, applied, policies, screened
from tests.unit.onboarding.fake_work import FakeWork

from onboarding.domain.links import MOST_REACHED
from onboarding.domain.states import State
from onboarding.handlers.commands import MeetDeadline, OpenLink, RequestLink, SendRequestedLink
from onboarding.handlers.forget import forget
from onboarding.handlers.meet_deadline import meet_deadline
from onboarding.handlers.open_link import open_link
from onboarding.handlers.request_link import request_link, send_requested_link

JANA = "jana@mueller-soehne.example"


def ask(work: FakeWork, email: str = JANA) -> None:
    """Ask, and let the job run if there is one."""
    queued = len(work.jobs)
    request_link(work, RequestLink(email))
    for job in work.jobs[queued:]:
        send_requested_link(work, SendRequestedLink(UUID(job.arguments["request_id"])))


def test_known_and_unknown_addresses_cause_the_same_work(work: FakeWork) -> None:
    screened(work)
    effects = []
    for email in (JANA, "nobody@nowhere.example"):
        events, queued = len(work.events), len(work.jobs)
        request_link(work, RequestLink(email))
        effects.append((len(work.events) - events, [job.task for job in work.jobs[queued:]]))
    assert effects[0] == effects[1]


def test_a_verified_contact_gets_a_link_to_sign_in(work: FakeWork) -> None:
    screened(work)
    ask(work, JANA.upper())
    link = work.last("partner.sign_in_requested")["link"]
    opening = OpenLink(link_id=UUID(link["id"]))
    assert open_link(work, opening).state is State.APPROVED


def test_an_unverified_contact_gets_another_link_to_verify(work: FakeWork) -> None:
    applied(work)
    ask(work)
    request = work.last("partner.email_verification_requested")
    assert request["reason"] == "requested_again"
    opening = OpenLink(link_id=UUID(request["link"]["id"]))
    assert open_link(work, opening).state is State.EMAIL_VERIFIED


def test_who_never_proved_the_address_and_expired_gets_nothing(work: FakeWork) -> None:
    partner_id = applied(work)
    work.let_pass(hours=72)
    meet_deadline(work, MeetDeadline(partner_id))
    told = work.names()
    ask(work)
    assert work.names() == told


def test_a_double_click_sends_one_link_to_sign_in() -> None:
    work = FakeWork(policies(limits=LIMITED_MAILS))
    screened(work)
    ask(work)
    ask(work, JANA.upper())
    ask(work)
    assert work.names().count("partner.sign_in_requested") == 1
    work.let_pass(minutes=1)
    ask(work)
    assert work.names().count("partner.sign_in_requested") == 2


def test_several_partners_of_one_contact_share_a_mail(work: FakeWork) -> None:
    names = ("Müller GmbH", "Müller Nord GmbH", "Müller Süd GmbH")
    partner_ids = [screened(work, legal_name=name) for name in names]
    screened(work, "somebody@else.example")
    ask(work)
    told = work.last("partner.sign_in_requested")
    assert work.names().count("partner.sign_in_requested") == 1
    pages = [told, *told["others"]]
    told_names = {page["partner_id"]: page["legal_name"] for page in pages}
    assert told_names == dict(zip(map(str, partner_ids), names, strict=True))
    for page in pages:
        opened = open_link(work, OpenLink(link_id=UUID(page["link"]["id"])))
        assert str(opened.id) == page["partner_id"]
    noted = [entry for entry in work.timelines.entries if entry.code == "partner.sign_in_requested"]
    assert {entry.partner_id for entry in noted} == set(partner_ids)


@pytest.mark.parametrize(
    ("victim", "attacker"),
    [
        ("jana@gmail.com", "j.ana+x@googlemail.com"),
        ("jana@firma.example", "JANA@firma.example"),
    ],
)
def test_links_go_to_no_other_address_than_the_contacts_own(
    work: FakeWork, victim: str, attacker: str
) -> None:
    mine = screened(work, victim, legal_name="Müller GmbH")
    work.let_pass(minutes=1)
    theirs = screened(work, attacker, legal_name="Mueller AG")
    ask(work, victim)
    requests = [event.data for event in work.events if event.name == "partner.sign_in_requested"]
    assert {data["partner_id"] for data in requests} == {str(mine), str(theirs)}
    assert not any("others" in data or "legal_name" in data for data in requests)


def test_an_application_in_a_partners_name_takes_no_link_from_the_partner() -> None:
    work = FakeWork(policies(limits=LIMITED_MAILS))
    screened(work)
    for _ in range(MOST_REACHED):
        work.let_pass(minutes=1)
        applied(work)
    ask(work)
    assert work.names().count("partner.sign_in_requested") == 1


def test_a_repeated_job_sends_nothing_more(work: FakeWork) -> None:
    screened(work)
    request_link(work, RequestLink(JANA))
    job = SendRequestedLink(UUID(work.jobs[-1].arguments["request_id"]))
    send_requested_link(work, job)
    send_requested_link(work, job)
    assert work.names().count("partner.sign_in_requested") == 1


def test_old_requests_are_forgotten(work: FakeWork) -> None:
    request_link(work, RequestLink(JANA))
    work.let_pass(days=1, seconds=1)
    forget(work)
    assert not work.links.requests


@pytest.mark.parametrize(
    ("mine", "others"),
    [("jana@outlook.com", "jana@outlook.de"), ("strasse@firma.example", "straße@firma.example")],
)
def test_an_address_reaches_the_partners_of_its_own_mailbox_only(mine: str, others: str) -> None:
    """And a mail to somebody who is only counted as the same keeps nobody from signing in."""
    work = FakeWork(policies(limits=LIMITED_MAILS))
    partner_ids = []
    for address in (mine, others):
        partner_ids.append(str(screened(work, address)))
        work.let_pass(days=1)
    for address in (mine, others):
        ask(work, address)
    told = [event.data for event in work.events if event.name == "partner.sign_in_requested"]
    assert [data["partner_id"] for data in told] == partner_ids
