"""A mailbox that nobody has confirmed gets one mail at a time, and nobody's mail is lost."""

from datetime import timedelta
from uuid import UUID

import pytest
from tests.unit.onboarding.companies import LIMITED_MAILS, applied, policies
from tests.unit.onboarding.fake_work import FakeWork

from onboarding.domain.limits import MailGaps
from onboarding.domain.states import State
from onboarding.handlers.apply import correct_address
from onboarding.handlers.commands import (
    CorrectAddress,
    MeetDeadline,
    OpenLink,
    RequestLink,
    SendRequestedLink,
    SendWaitingMail,
)
from onboarding.handlers.forget import forget
from onboarding.handlers.meet_deadline import meet_deadline
from onboarding.handlers.open_link import open_link
from onboarding.handlers.request_link import request_link, send_requested_link
from onboarding.handlers.send_waiting_mail import send_waiting_mail

JANA = "jana@mueller-soehne.example"
VERIFY = "partner.email_verification_requested"


@pytest.fixture
def work() -> FakeWork:
    return FakeWork(policies(limits=LIMITED_MAILS))


def send_due(work: FakeWork) -> None:
    """Do what the worker does every minute."""
    for mail in work.mail_turns.due(work.now(), 100, None):
        send_waiting_mail(work, SendWaitingMail(partner_id=mail.partner_id, member_id=mail.member_id))


def ask(work: FakeWork) -> None:
    request_link(work, RequestLink(JANA))
    send_requested_link(work, SendRequestedLink(UUID(work.jobs[-1].arguments["request_id"])))


def mails(work: FakeWork) -> list[str]:
    """To whom mails went that ask to verify an address."""
    return [str(event.data["contact"]["email"]) for event in work.events if event.name == VERIFY]


def mailed(work: FakeWork) -> list[UUID]:
    """For whom they went."""
    return [UUID(str(event.data["partner_id"])) for event in work.events if event.name == VERIFY]


def open_newest(work: FakeWork) -> UUID:
    return open_link(work, OpenLink(link_id=UUID(work.last(VERIFY)["link"]["id"]))).id


def test_the_gaps_double_up_to_the_longest() -> None:
    gaps = MailGaps(timedelta(minutes=10), timedelta(hours=1))
    minutes = [gaps.after(sent) / timedelta(minutes=1) for sent in (1, 2, 3, 4, 99)]
    assert minutes == [10, 20, 40, 60, 60]


def test_a_flood_is_one_mail(work: FakeWork) -> None:
    for number in range(40):
        applied(work, f"jana+{number}@mueller-soehne.example")
    assert mails(work) == ["jana+0@mueller-soehne.example"]
    work.let_pass(minutes=9, seconds=59)
    send_due(work)
    assert len(mails(work)) == 1


def test_every_other_application_has_its_turn(work: FakeWork) -> None:
    partners = [applied(work) for _ in range(3)]
    assert mailed(work) == partners[:1]
    work.let_pass(minutes=10)
    send_due(work)
    send_due(work)
    assert len(mailed(work)) == 2
    work.let_pass(minutes=20)
    send_due(work)
    assert sorted(mailed(work)) == sorted(partners)
    assert not work.mail_turns.mails


def test_applications_of_before_keep_no_newer_one_waiting(work: FakeWork) -> None:
    """A stranger has named the mailbox so often that its turns would not reach all before they expire."""
    for _ in range(80):
        applied(work)
    ours = applied(work)
    work.let_pass(minutes=10)
    send_due(work)
    assert mailed(work)[1:] == [ours]


def test_who_confirms_one_gets_the_next_at_once(work: FakeWork) -> None:
    partners = {applied(work) for _ in range(3)}
    opened = {open_newest(work)}
    for _ in range(2):
        send_due(work)
        opened.add(open_newest(work))
    assert opened == partners
    assert len(mailed(work)) == 3


def test_a_mail_that_waited_opens_its_application(work: FakeWork) -> None:
    applied(work)
    second = applied(work)
    work.let_pass(minutes=10)
    send_due(work)
    assert work.last(VERIFY)["reason"] == "applied"
    assert open_newest(work) == second
    assert work.partners.rows[second].state is State.EMAIL_VERIFIED


def test_a_link_asked_for_again_waits_and_comes(work: FakeWork) -> None:
    applied(work)
    ask(work)
    ask(work)
    assert len(mails(work)) == 1
    work.let_pass(minutes=10)
    send_due(work)
    assert (len(mails(work)), work.last(VERIFY)["reason"]) == (2, "requested_again")


def test_a_corrected_address_is_written_to_at_once_and_the_same_mailbox_is_not(work: FakeWork) -> None:
    partner_id = applied(work, "jan@mueller-soehne.example")
    correct_address(work, CorrectAddress(partner_id=partner_id, email=JANA))
    correct_address(work, CorrectAddress(partner_id=partner_id, email="jana+1@mueller-soehne.example"))
    assert mails(work) == ["jan@mueller-soehne.example", JANA]
    work.let_pass(minutes=10)
    send_due(work)
    assert mails(work)[2:] == ["jana+1@mueller-soehne.example"]


def test_what_waits_for_a_wrong_address_ends_with_its_correction(work: FakeWork) -> None:
    applied(work)
    waiting = applied(work)
    correct_address(work, CorrectAddress(partner_id=waiting, email="other@mueller-soehne.example"))
    work.let_pass(minutes=10)
    send_due(work)
    assert mails(work) == [JANA, "other@mueller-soehne.example"]


def test_an_application_that_ended_is_not_mailed_about(work: FakeWork) -> None:
    applied(work)
    waiting = applied(work)
    work.let_pass(hours=72)
    meet_deadline(work, MeetDeadline(waiting))
    send_due(work)
    assert len(mails(work)) == 1
    assert not work.mail_turns.mails


def test_a_repeated_or_early_job_sends_nothing(work: FakeWork) -> None:
    applied(work)
    waiting = applied(work)
    command = SendWaitingMail(partner_id=waiting, member_id=work.partners.rows[waiting].contact.id)
    send_waiting_mail(work, command)
    assert len(mails(work)) == 1
    work.let_pass(minutes=10)
    send_waiting_mail(work, command)
    send_waiting_mail(work, command)
    assert len(mails(work)) == 2


def test_without_gaps_every_mail_goes_at_once() -> None:
    work = FakeWork(policies())
    for _ in range(3):
        applied(work)
    assert len(mails(work)) == 3


def test_old_turns_are_forgotten(work: FakeWork) -> None:
    applied(work)
    work.let_pass(days=30)
    forget(work)
    assert len(work.mail_turns.turns) == 1
    work.let_pass(days=1)
    forget(work)
    assert not work.mail_turns.turns


@pytest.mark.parametrize(
    "others",
    ["jana+x@mueller-soehne.example", "\uff4aana@mueller-soehne.example", "jana+y@Mueller-Soehne.example"],
)
def test_who_confirms_a_mailbox_ends_no_turn_of_one_that_is_only_counted_with_it(
    work: FakeWork, others: str
) -> None:
    applied(work, JANA)
    work.let_pass(days=1)
    applied(work, others)
    applied(work, JANA)
    open_newest(work)
    send_due(work)
    assert mails(work) == [JANA, others]
    work.let_pass(days=1)
    send_due(work)
    assert mails(work) == [JANA, others, JANA]
