"""Who is waited for hears once that the deadline is near; who is flooded, or has answered, does not."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.unit.onboarding.companies import LIMITED_MAILS, applied, policies, screened, verified
from tests.unit.onboarding.fake_work import FakeWork

from onboarding.domain.limits import Mailing
from onboarding.domain.membership import ASKED_AT_MOST
from onboarding.domain.moves import MOVES, Move
from onboarding.domain.partners import Actor
from onboarding.domain.states import WAITS_FOR, Deadlines, State
from onboarding.handlers.commands import (
    AskAgain,
    AskForCorrection,
    OpenLink,
    RemindContact,
    RemindPerson,
    RemovePerson,
    ScreenPartner,
    SubmitCorrection,
)
from onboarding.handlers.membership import ask_again
from onboarding.handlers.open_link import open_link
from onboarding.handlers.people import remove_person
from onboarding.handlers.remind import remind_contact, remind_person
from onboarding.handlers.review import ask_for_correction, submit_correction
from onboarding.handlers.screen import screen

NEAR = "partner.deadline_near"
ASKED = "partner.member_confirmation_requested"
OPS = Actor("operator", "amara")


@pytest.fixture
def slow() -> FakeWork:
    """Mailboxes are left alone for a while after each mail."""
    return FakeWork(policies(limits=LIMITED_MAILS))


def told(work: FakeWork, name: str = NEAR) -> list[dict[str, Any]]:
    return [dict(event.data or {}) for event in work.events if event.name == name]


def handed_back(work: FakeWork) -> UUID:
    partner_id = screened(work, country="FR", registration_number="552 100 554")
    ask_for_correction(
        work,
        AskForCorrection(partner_id=partner_id, fields=("website",), message="Please look.", by=OPS),
    )
    return partner_id


def remind_in_time(work: FakeWork, partner_id: UUID) -> datetime:
    """Remind the contact ten hours before the deadline, and return that."""
    end = work.partners.rows[partner_id].deadline_at
    assert end
    work.time = end - timedelta(hours=10)
    remind_contact(work, RemindContact(partner_id))
    return end


def test_whoever_may_expire_is_reminded() -> None:
    assert WAITS_FOR.keys() == MOVES[Move.EXPIRE].sources


def test_the_share_of_a_wait() -> None:
    wait = timedelta(hours=72)
    assert wait * Deadlines({}, 75).share_left == timedelta(hours=18)
    assert wait * Deadlines({}).share_left == timedelta()


def given_other_waits(work: FakeWork, wait: timedelta) -> None:
    work.policies = policies(deadlines=Deadlines(dict.fromkeys(WAITS_FOR, wait), 75))


@pytest.mark.parametrize("days", [1, 30])
@pytest.mark.parametrize(("begin", "hours"), [(applied, 72), (handed_back, 14 * 24), (screened, 30 * 24)])
def test_who_waits_already_keeps_the_wait_that_was_promised(
    work: FakeWork, begin: Any, hours: int, days: int
) -> None:
    partner_id = begin(work)
    given_other_waits(work, timedelta(days=days))
    work.let_pass(hours=hours * 0.74)
    remind_contact(work, RemindContact(partner_id))
    assert told(work) == [], "it is too early"
    work.let_pass(hours=hours * 0.02)
    remind_contact(work, RemindContact(partner_id))
    [reminder] = told(work)
    link = work.links.rows[UUID(reminder["link"]["id"])]
    assert link.expires_at >= work.partners.rows[partner_id].deadline_at
    assert link.expires_at > work.now()


@pytest.mark.parametrize(
    ("begin", "waits_for", "purpose"),
    [
        (applied, "verification", "verify_email"),
        (handed_back, "correction", "sign_in"),
        (screened, "agreement", "sign_in"),
    ],
)
def test_the_contact_is_reminded_once_in_each_state(
    work: FakeWork, begin: Any, waits_for: str, purpose: str
) -> None:
    partner_id = begin(work)
    remind_contact(work, RemindContact(partner_id))
    assert told(work) == [], "it is too early"
    end = remind_in_time(work, partner_id)
    remind_contact(work, RemindContact(partner_id))
    [reminder] = told(work)
    assert (reminder["waits_for"], reminder["link"]["purpose"]) == (waits_for, purpose)
    assert datetime.fromisoformat(reminder["deadline_at"]) == end
    assert [entry.audience for entry in work.timelines.entries if entry.code == NEAR] == ["partner"]
    assert work.partners.rows[partner_id].deadline_at == end


def test_a_state_that_comes_again_has_a_reminder_of_its_own(work: FakeWork) -> None:
    partner_id = handed_back(work)
    remind_in_time(work, partner_id)
    changes = {"website": "https://www.mueller-soehne.example/x"}
    submit_correction(work, SubmitCorrection(partner_id=partner_id, changes=changes))
    screen(work, ScreenPartner(partner_id))
    remind_in_time(work, partner_id)
    assert len(told(work)) == 1, "nobody waits for the contact"
    ask_for_correction(
        work, AskForCorrection(partner_id=partner_id, fields=("website",), message="Again.", by=OPS)
    )
    remind_in_time(work, partner_id)
    assert len(told(work)) == 2


def test_after_the_deadline_nobody_is_reminded(work: FakeWork) -> None:
    partner_id = applied(work)
    work.let_pass(hours=72)
    remind_contact(work, RemindContact(partner_id))
    assert told(work) == []


def test_the_link_of_the_reminder_confirms_the_address_and_ends_with_the_deadline(work: FakeWork) -> None:
    partner_id = applied(work)
    work.let_pass(hours=60)
    remind_contact(work, RemindContact(partner_id))
    [reminder] = told(work)
    assert reminder["link"]["expires_at"] == reminder["deadline_at"]
    open_link(work, OpenLink(link_id=UUID(reminder["link"]["id"])))
    assert work.partners.rows[partner_id].state is State.EMAIL_VERIFIED


def test_a_flooded_mailbox_gets_no_reminder_out_of_it(slow: FakeWork) -> None:
    first, *others = [applied(slow) for _ in range(5)]
    slow.let_pass(hours=60)
    for partner_id in (*others, first):
        remind_contact(slow, RemindContact(partner_id))
    assert [reminder["partner_id"] for reminder in told(slow)] == [str(first)], "others wait for a first mail"
    assert all(slow.partners.rows[partner_id].reminded_at for partner_id in (first, *others))


def test_a_new_application_is_not_reminded_of_while_its_mailbox_is_left_alone(slow: FakeWork) -> None:
    first = applied(slow)
    slow.let_pass(hours=60)
    applied(slow)
    remind_contact(slow, RemindContact(first))
    assert told(slow) == []


def named(work: FakeWork) -> tuple[UUID, UUID]:
    partner_id = screened(work, others=1)
    return partner_id, work.partners.rows[partner_id].named_people[0].id


def test_who_was_asked_and_says_nothing_is_asked_once_more(work: FakeWork) -> None:
    partner_id, member_id = named(work)
    remind = RemindPerson(partner_id=partner_id, member_id=member_id)
    remind_person(work, remind)
    assert len(told(work, ASKED)) == 1, "it is too early"
    work.let_pass(days=10)
    for _ in range(2):
        remind_person(work, remind)
    first, again = told(work, ASKED)
    assert ("is_reminder" in first, again["is_reminder"], again["reason"]) == (False, True, "named")
    work.let_pass(days=2)
    remind_person(work, remind)
    assert len(told(work, ASKED)) == 2
    for _ in range(ASKED_AT_MOST - 2):
        ask_again(work, AskAgain(partner_id=partner_id, member_id=member_id))
    remind_person(work, remind)
    assert len(told(work, ASKED)) == ASKED_AT_MOST


def test_a_named_person_whose_mailbox_is_flooded_is_left_alone(slow: FakeWork) -> None:
    partner_id, member_id = named(slow)
    slow.let_pass(days=10)
    gaps = slow.policies.limits.mails_to_unconfirmed
    assert gaps
    email = slow.partners.rows[partner_id].person(member_id).email
    slow.mail_turns.take(Mailing.TO_UNCONFIRMED, email, gaps, slow.now())
    remind = RemindPerson(partner_id=partner_id, member_id=member_id)
    remind_person(slow, remind)
    assert (len(told(slow, ASKED)), slow.mail_turns.mails) == (1, {})
    assert slow.partners.rows[partner_id].person(member_id).times_asked == 1
    slow.let_pass(days=2)
    for _ in range(2):
        remind_person(slow, remind)
    assert len(told(slow, ASKED)) == 2


def test_who_answered_or_is_gone_is_not_asked(work: FakeWork) -> None:
    partner_id, member_id = named(work)
    work.let_pass(days=10)
    remove_person(work, RemovePerson(partner_id=partner_id, member_id=member_id, by=OPS))
    remind_person(work, RemindPerson(partner_id=partner_id, member_id=member_id))
    remind_contact(work, RemindContact(verified(work)))
    assert (len(told(work, ASKED)), told(work)) == (1, [])
