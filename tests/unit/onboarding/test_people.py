"""A partner names more people, lets them go, and has another one speak for it."""

from typing import Any
from uuid import UUID

import pytest
from tests.unit.onboarding.companies import members, screened
from tests.unit.onboarding.fake_work import FakeWork
from uuid_utils.compat import uuid7

from onboarding.domain import bounds
from onboarding.domain.membership import TAKES_MEMBERS
from onboarding.domain.partners import Actor
from onboarding.domain.refusals import LinkRefused, NotAMember, PersonRefused
from onboarding.domain.states import State
from onboarding.handlers.commands import AnswerMembership, HandOver, NamePerson, OpenLink, RemovePerson
from onboarding.handlers.emit import save
from onboarding.handlers.membership import answer_membership
from onboarding.handlers.open_link import look_at_link
from onboarding.handlers.people import hand_over, name_person, remove_person

ASKED, REMOVED = "partner.member_confirmation_requested", "partner.member_removed"
PARTNER, AMARA = Actor("partner"), Actor("operator", "amara")


def named(work: FakeWork, partner_id: UUID, number: int = 7) -> UUID:
    person = members(others=number)[-1]
    return name_person(work, NamePerson(partner_id=partner_id, person=person))[1].id


def asked(work: FakeWork) -> dict[str, Any]:
    return dict(work.last(ASKED))


def confirmed(work: FakeWork, partner_id: UUID, number: int = 7) -> UUID:
    member_id = named(work, partner_id, number)
    link_id = UUID(asked(work)["link"]["id"])
    answer_membership(work, AnswerMembership(link_id=link_id, is_right=True))
    return member_id


def removed(work: FakeWork, partner_id: UUID, member_id: UUID, by: Actor = PARTNER) -> None:
    remove_person(work, RemovePerson(partner_id=partner_id, member_id=member_id, by=by))


def test_who_is_named_later_is_asked_and_counted(work: FakeWork) -> None:
    partner_id = screened(work, others=0)
    member_id = named(work, partner_id)
    assert asked(work)["reason"] == "named"
    assert asked(work)["member"]["member_id"] == str(member_id)
    assert (work.states[partner_id].member_count, work.states[partner_id].confirmed_member_count) == (2, 1)


def test_nobody_is_named_twice_and_no_more_than_may_be(work: FakeWork) -> None:
    partner_id = screened(work, others=0)
    named(work, partner_id)
    with pytest.raises(PersonRefused, match="address already"):
        named(work, partner_id)
    partner = work.partners.lock(partner_id)
    partner.members = (partner.contact, *members(others=bounds.PEOPLE - 1)[1:])
    save(work, partner)
    with pytest.raises(PersonRefused) as refused:
        named(work, partner_id, bounds.PEOPLE + 5)
    assert refused.value.code == "too_many_people"


def test_who_is_let_go_is_told_by_id_and_leaves_no_name(work: FakeWork) -> None:
    partner_id = screened(work, others=0)
    member_id = confirmed(work, partner_id)
    removed(work, partner_id, member_id, AMARA)
    told = work.last(REMOVED)
    assert told["member_id"] == str(member_id)
    assert told["requested_by"] == {"kind": "operator", "name": "amara"}
    assert not {"member", "email", "given_name"} & told.keys()
    assert work.states[partner_id].confirmed_member_count == 1
    with pytest.raises(NotAMember):
        removed(work, partner_id, member_id)
    assert work.names().count(REMOVED) == 1


def test_who_was_only_named_cannot_say_yes_any_more_and_may_be_named_anew(work: FakeWork) -> None:
    partner_id = screened(work, others=0)
    member_id = named(work, partner_id)
    link_id = UUID(asked(work)["link"]["id"])
    removed(work, partner_id, member_id)
    with pytest.raises(LinkRefused):
        answer_membership(work, AnswerMembership(link_id=link_id, is_right=True))
    assert named(work, partner_id) != member_id
    assert "partner.member_added" not in work.names()


def test_the_contact_stays_until_somebody_else_is_it(work: FakeWork) -> None:
    partner_id = screened(work, others=0)
    former = work.partners.rows[partner_id].contact
    with pytest.raises(PersonRefused) as refused:
        removed(work, partner_id, former.id)
    assert refused.value.code == "contact_stays"
    member_id = confirmed(work, partner_id)
    old_link = UUID(work.last("partner.approved")["link"]["id"])
    hand_over(work, HandOver(partner_id=partner_id, member_id=member_id, by=PARTNER))
    told = work.last("partner.contact_changed")
    assert (told["member_id"], told["former_member_id"]) == (str(member_id), str(former.id))
    partner = work.partners.rows[partner_id]
    assert [(one.id, one.is_contact) for one in partner.members] == [(member_id, True), (former.id, False)]
    assert partner.contact_since is not None
    assert work.states[partner_id].confirmed_member_count == 2
    with pytest.raises(LinkRefused):
        look_at_link(work, OpenLink(link_id=old_link))
    assert look_at_link(work, OpenLink(link_id=UUID(told["link"]["id"])))[0].contact.id == member_id
    removed(work, partner_id, former.id)
    assert [one.id for one in work.partners.rows[partner_id].members] == [member_id]


def test_a_link_of_a_named_person_survives_the_change_of_contact(work: FakeWork) -> None:
    partner_id = screened(work, others=0)
    member_id = confirmed(work, partner_id)
    other = named(work, partner_id, 8)
    link_id = UUID(asked(work)["link"]["id"])
    hand_over(work, HandOver(partner_id=partner_id, member_id=member_id, by=AMARA))
    answer_membership(work, AnswerMembership(link_id=link_id, is_right=True))
    assert work.partners.rows[partner_id].person(other).confirmed_at


def test_only_who_confirmed_may_speak_for_the_company(work: FakeWork) -> None:
    partner_id = screened(work, others=0)
    contact = work.partners.rows[partner_id].contact
    for member_id in (named(work, partner_id), contact.id):
        with pytest.raises(PersonRefused) as refused:
            hand_over(work, HandOver(partner_id=partner_id, member_id=member_id, by=PARTNER))
        assert refused.value.code == "not_confirmed"
    with pytest.raises(NotAMember):
        hand_over(work, HandOver(partner_id=partner_id, member_id=uuid7(), by=PARTNER))


@pytest.mark.parametrize("state", sorted(set(State) - TAKES_MEMBERS))
def test_elsewhere_nobody_comes_or_goes(work: FakeWork, state: State) -> None:
    partner_id = screened(work, others=0)
    member_id = confirmed(work, partner_id)
    partner = work.partners.lock(partner_id)
    partner.state = state
    save(work, partner)
    for attempt in (
        lambda: named(work, partner_id, 8),
        lambda: removed(work, partner_id, member_id),
        lambda: hand_over(work, HandOver(partner_id=partner_id, member_id=member_id, by=PARTNER)),
    ):
        with pytest.raises(PersonRefused) as refused:
            attempt()
        assert refused.value.code == "takes_no_changes"
