"""Whom a contact names is asked, and is a member only by their own word."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tests.unit.onboarding.companies import LIMITED_MAILS, applied, members, policies, profile, screened
from tests.unit.onboarding.fake_work import FakeWork
from uuid_utils.compat import uuid7

from chassis.events import as_json
from onboarding.domain.limits import Mailing, WaitingMail
from onboarding.domain.membership import ASKED_AT_MOST, DECLINED, TAKES_MEMBERS
from onboarding.domain.refusals import AskedTooOften, LinkRefused, NotAMember
from onboarding.domain.states import State
from onboarding.handlers.apply import apply
from onboarding.handlers.commands import (
    AnswerMembership,
    Apply,
    AskAgain,
    OpenLink,
    RequestLink,
    ScreenPartner,
    SendRequestedLink,
    SendWaitingMail,
)
from onboarding.handlers.emit import save
from onboarding.handlers.membership import Answered, answer_membership, ask_again, look_at_membership
from onboarding.handlers.open_link import look_at_link, open_link
from onboarding.handlers.request_link import request_link, send_requested_link
from onboarding.handlers.screen import screen
from onboarding.handlers.send_waiting_mail import send_waiting_mail

ASKED = "partner.member_confirmation_requested"


def requests(work: FakeWork) -> list[dict[str, Any]]:
    return [dict(event.data) for event in work.events if event.name == ASKED]


def link_of(request: dict[str, Any]) -> UUID:
    return UUID(request["link"]["id"])


def say(work: FakeWork, link_id: UUID, *, is_right: bool, visit: UUID | None = None) -> Answered:
    command = AnswerMembership(link_id=link_id, is_right=is_right, visit=visit)
    return answer_membership(work, command)[0]


def test_nobody_is_asked_before_the_company_is_approved(work: FakeWork) -> None:
    partner_id = screened(work, others=2, country="FR", registration_number="552 100 554")
    assert work.partners.rows[partner_id].state is State.IN_REVIEW
    assert requests(work) == []


def test_approval_lists_the_contact_alone_and_has_the_others_asked(work: FakeWork) -> None:
    partner_id = screened(work, others=2)
    assert [member["is_contact"] for member in work.last("partner.approved")["members"]] == [True]
    asked = requests(work)
    people = work.partners.rows[partner_id].named_people
    assert [UUID(request["member"]["member_id"]) for request in asked] == [person.id for person in people]
    assert {request["reason"] for request in asked} == {"named"}
    assert {request["link"]["purpose"] for request in asked} == {"confirm_membership"}
    names = work.names()
    assert names.index("partner.approved") < names.index(ASKED)
    assert work.states[partner_id].member_count == 3
    assert work.states[partner_id].confirmed_member_count == 1


def test_a_yes_makes_a_member_once(work: FakeWork) -> None:
    partner_id = screened(work, others=1)
    request = requests(work)[0]
    assert say(work, link_of(request), is_right=True) is Answered.CONFIRMED
    assert work.last("partner.member_added")["member"] == request["member"]
    assert len(work.partners.rows[partner_id].confirmed_members) == 2
    assert work.states[partner_id].confirmed_member_count == 2
    for is_right in (True, False):
        with pytest.raises(LinkRefused) as refused:
            say(work, link_of(request), is_right=is_right)
        assert refused.value.code == "link_used"
    assert work.names().count("partner.member_added") == 1
    assert "partner.member_declined" not in work.names()


def test_a_no_leaves_nothing_of_the_person(work: FakeWork) -> None:
    partner_id = screened(work, others=1)
    request = requests(work)[0]
    assert say(work, link_of(request), is_right=False) is Answered.DECLINED
    partner = work.partners.rows[partner_id]
    assert [person.is_contact for person in partner.members] == [True]
    assert partner.declined_count == 1
    assert work.last("partner.member_declined")["member_id"] == request["member"]["member_id"]
    assert work.forgotten == {(partner_id, UUID(request["member"]["member_id"]))}
    told = [entry for entry in work.timelines.entries if entry.code == "partner.member_declined"]
    assert request["member"]["email"] not in repr(told)
    assert request["member"]["family_name"] not in repr(told)
    with pytest.raises(NotAMember):
        ask_again(work, AskAgain(partner_id=partner_id, member_id=UUID(request["member"]["member_id"])))
    with pytest.raises(LinkRefused):
        say(work, link_of(request), is_right=True)


@pytest.mark.parametrize("is_right", [True, False])
def test_a_double_click_is_one_answer_and_a_later_one_is_refused(work: FakeWork, is_right: bool) -> None:
    screened(work, others=1)
    link_id, visit = link_of(requests(work)[0]), uuid7()
    first = say(work, link_id, is_right=is_right, visit=visit)
    events = len(work.events)
    assert say(work, link_id, is_right=is_right, visit=visit) is first
    # The other button, pressed right behind: what was said first counts, and the page says so.
    assert say(work, link_id, is_right=not is_right, visit=visit) is first
    assert len(work.events) == events
    work.let_pass(minutes=1)
    with pytest.raises(LinkRefused):
        say(work, link_id, is_right=is_right, visit=visit)


def test_several_who_decline_are_shown_to_operators(work: FakeWork) -> None:
    partner_id = screened(work, others=3)
    first, second, third = map(link_of, requests(work))
    say(work, first, is_right=False)
    assert work.partners.rows[partner_id].findings == ()
    say(work, second, is_right=False)
    say(work, third, is_right=False)
    (found,) = work.partners.rows[partner_id].findings
    assert (found.code, found.message[:1]) == (DECLINED, "3")
    noted = [entry for entry in work.timelines.entries if entry.code == "partner.members_declined"]
    assert {entry.audience for entry in noted} == {"operators"}
    assert [entry.internal_facts["declined_count"] for entry in noted] == [2, 3]


@pytest.mark.parametrize("state", State)
def test_somebody_becomes_a_member_only_where_there_is_something_to_belong_to(
    work: FakeWork, state: State
) -> None:
    partner_id = screened(work, others=1)
    work.partners.rows[partner_id].state = state
    link_id = link_of(requests(work)[0])
    work.let_pass(days=2)
    member_id = work.partners.rows[partner_id].named_people[0].id
    again = AskAgain(partner_id=partner_id, member_id=member_id)
    if state in TAKES_MEMBERS:
        look_at_membership(work, OpenLink(link_id=link_id))
        ask_again(work, again)
        assert say(work, link_id, is_right=True) is Answered.CONFIRMED
        return
    with pytest.raises(LinkRefused) as refused:
        say(work, link_id, is_right=True)
    assert refused.value.code == "link_expired"
    with pytest.raises(AskedTooOften):
        ask_again(work, again)
    look_at_membership(work, OpenLink(link_id=link_id))
    assert say(work, link_id, is_right=False) is Answered.DECLINED
    assert work.partners.rows[partner_id].named_people == ()
    assert work.forgotten == {(partner_id, member_id)}


def test_who_is_silent_is_asked_a_few_times_and_not_often(work: FakeWork) -> None:
    partner_id = screened(work, others=1)
    again = AskAgain(partner_id=partner_id, member_id=work.partners.rows[partner_id].named_people[0].id)
    with pytest.raises(AskedTooOften):
        ask_again(work, again)
    for _ in range(ASKED_AT_MOST - 1):
        work.let_pass(hours=23)
        with pytest.raises(AskedTooOften):
            ask_again(work, again)
        work.let_pass(hours=1)
        ask_again(work, again)
    work.let_pass(days=30)
    with pytest.raises(AskedTooOften):
        ask_again(work, again)
    assert [request["reason"] for request in requests(work)] == ["named", *["requested_again"] * 2]


def test_any_of_the_links_answers_and_then_none(work: FakeWork) -> None:
    partner_id = screened(work, others=1)
    work.let_pass(days=1)
    person = work.partners.rows[partner_id].named_people[0]
    ask_again(work, AskAgain(partner_id=partner_id, member_id=person.id))
    first, second = map(link_of, requests(work))
    say(work, first, is_right=True)
    with pytest.raises(LinkRefused):
        say(work, second, is_right=False)
    with pytest.raises(AskedTooOften):
        ask_again(work, AskAgain(partner_id=partner_id, member_id=person.id))


def test_a_silent_person_is_asked_until_the_link_ends(work: FakeWork) -> None:
    screened(work, others=1)
    link_id = link_of(requests(work)[0])
    work.let_pass(days=13)
    look_at_membership(work, OpenLink(link_id=link_id))
    work.let_pass(days=1)
    with pytest.raises(LinkRefused) as refused:
        say(work, link_id, is_right=True)
    assert refused.value.code == "link_expired"


def test_no_link_opens_what_it_was_not_made_for(work: FakeWork) -> None:
    screened(work, others=1)
    of_person, of_contact = link_of(requests(work)[0]), UUID(work.last("partner.approved")["link"]["id"])
    for look in (look_at_link, open_link):
        with pytest.raises(LinkRefused):
            look(work, OpenLink(link_id=of_person))
    with pytest.raises(LinkRefused):
        say(work, of_contact, is_right=True)


def test_asking_people_again_takes_no_sign_in_links_from_the_contact(work: FakeWork) -> None:
    partner_id = screened(work, others=4)
    work.let_pass(days=1)
    for person in work.partners.rows[partner_id].named_people:
        ask_again(work, AskAgain(partner_id=partner_id, member_id=person.id))
    request_link(work, RequestLink("jana@mueller-soehne.example"))
    send_requested_link(work, SendRequestedLink(UUID(work.jobs[-1].arguments["request_id"])))
    assert work.names()[-1] == "partner.sign_in_requested"


def test_one_person_in_two_partners_answers_each_of_them(work: FakeWork) -> None:
    ours = screened(work, others=1)
    shared = work.partners.rows[ours].named_people[0]
    people = (members("jana@other.example")[0], replace(shared, id=uuid7(), asked_at=None, times_asked=0))
    company = profile(
        legal_name="Other Machines", registration_number="HRB 54321", website="https://www.other.example"
    )
    theirs = apply(work, Apply(profile=company, members=people))
    link_id = UUID(work.last("partner.email_verification_requested")["link"]["id"])
    open_link(work, OpenLink(link_id=link_id))
    screen(work, ScreenPartner(theirs))
    one, other = requests(work)
    assert one["member"]["email"] == other["member"]["email"] == shared.email
    say(work, link_of(one), is_right=False)
    assert say(work, link_of(other), is_right=True) is Answered.CONFIRMED
    assert shared.email not in repr(work.partners.rows[ours])
    assert len(work.partners.rows[theirs].confirmed_members) == 2


def test_an_application_names_people_and_confirms_none(work: FakeWork) -> None:
    partner_id = applied(work, others=2)
    partner = work.partners.rows[partner_id]
    assert (len(partner.named_people), partner.confirmed_members) == (3, ())
    assert "confirmed_member_count" not in as_json(work.states[partner_id])


@pytest.fixture
def slow() -> FakeWork:
    """Mailboxes are left alone for a while after each mail."""
    return FakeWork(policies(limits=LIMITED_MAILS))


def test_asking_again_takes_the_place_of_what_waits(slow: FakeWork) -> None:
    """The worker is late: what waits is due when the contact asks again."""
    partner_id = screened(slow, others=1)
    person = slow.partners.rows[partner_id].named_people[0]
    again = AskAgain(partner_id=partner_id, member_id=person.id)
    slow.let_pass(days=1)
    gaps = slow.policies.limits.mails_to_unconfirmed
    assert gaps
    slow.mail_turns.take(Mailing.TO_UNCONFIRMED, person.email, gaps, slow.now())  # a mail of another company
    ask_again(slow, again)
    assert (len(requests(slow)), len(slow.mail_turns.mails)) == (1, 1)
    slow.let_pass(days=1)
    ask_again(slow, again)
    assert (len(requests(slow)), slow.mail_turns.mails) == (2, {})


def test_a_question_that_waited_is_asked_once(slow: FakeWork) -> None:
    partner_id = screened(slow, others=1)
    person = slow.partners.rows[partner_id].named_people[0]
    slow.let_pass(days=1)
    gaps = slow.policies.limits.mails_to_unconfirmed
    assert gaps
    slow.mail_turns.take(Mailing.TO_UNCONFIRMED, person.email, gaps, slow.now())
    ask_again(slow, AskAgain(partner_id=partner_id, member_id=person.id))
    slow.let_pass(hours=1)
    for _ in range(2):
        send_waiting_mail(slow, SendWaitingMail(partner_id=partner_id, member_id=person.id))
    assert (len(requests(slow)), slow.mail_turns.mails) == (2, {})


def test_a_question_that_waited_for_a_partner_that_left_is_dropped(slow: FakeWork) -> None:
    partner_id = screened(slow, others=1)
    person = slow.partners.rows[partner_id].named_people[0]
    slow.mail_turns.keep_waiting(
        WaitingMail(partner_id=partner_id, member_id=person.id, reason="named", due_at=slow.now()),
        person.email,
    )
    partner = slow.partners.lock(partner_id)
    partner.state = State.OFFBOARDED
    save(slow, partner)
    send_waiting_mail(slow, SendWaitingMail(partner_id=partner_id, member_id=person.id))
    assert (len(requests(slow)), slow.mail_turns.mails) == (1, {})
