"""What a rule may approve without a person: one account per company, and no more than the limits allow."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.unit.onboarding.companies import limits, members, policies, profile, screened, verified
from tests.unit.onboarding.fake_work import FakeWork

from onboarding.domain.approval_limits import LimitUse
from onboarding.domain.partners import Actor
from onboarding.domain.states import State
from onboarding.handlers.apply import apply
from onboarding.handlers.commands import (
    Apply,
    OpenLink,
    RejectPartner,
    ScreenPartner,
    WithdrawPartner,
)
from onboarding.handlers.meet_deadline import expire
from onboarding.handlers.open_link import open_link
from onboarding.handlers.partnership import reject, withdraw
from onboarding.handlers.screen import Screened, screen

OPS = Actor("operator", "amara")


def state(work: FakeWork, partner_id: UUID) -> State:
    return work.partners.rows[partner_id].state


def codes(work: FakeWork, partner_id: UUID) -> set[str]:
    return {finding.code for finding in work.partners.rows[partner_id].findings}


def company(number: int) -> dict[str, Any]:
    """Another company than all others."""
    return {
        "email": f"jana@firm-{number}.example",
        "legal_name": f"Firm {number} GmbH",
        "registration_number": f"HRB {1000 + number}",
    }


def applied_with(work: FakeWork, people: Any, **changes: Any) -> UUID:
    """A verified application with these people."""
    partner_id = apply(work, Apply(profile=profile(**changes), members=people))
    link_id = UUID(work.last("partner.email_verification_requested")["link"]["id"])
    open_link(work, OpenLink(link_id=link_id))
    return partner_id


def test_the_same_application_twice(work: FakeWork) -> None:
    first = screened(work)
    second = screened(work)
    assert state(work, first) is State.APPROVED
    assert state(work, second) is State.IN_REVIEW
    traits = ("registration_number", "mail_domain", "website", "contact", "legal_name")
    assert codes(work, second) == {f"duplicate_{trait}" for trait in traits}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"registration_number": "HRB 12345"}, "duplicate_registration_number"),
        ({"email": "bo@mail.mueller-soehne.example"}, "duplicate_mail_domain"),
        ({"website": "https://shop.mueller-soehne.example"}, "duplicate_website"),
        ({"email": "jana+2@mueller-soehne.example"}, "duplicate_contact"),
        ({"legal_name": "M\u00fcller und T\u00f6chter Maschinenbau"}, None),
        ({"legal_name": "Mueller und S\u00f6hne Maschinenbau"}, "duplicate_legal_name"),
        ({"legal_name": "M\u00dcLLER & S\u00d6HNE Maschinenbau AG"}, "duplicate_legal_name"),
        ({"legal_name": "Mu\u0308ller-S\u00f6hne-Masch1nenbau"}, "duplicate_legal_name"),
    ],
)
def test_one_trait_is_enough(work: FakeWork, changes: dict[str, Any], code: str | None) -> None:
    screened(work)
    second = screened(work, **{**company(2), **changes})
    assert (code in codes(work, second)) if code else (state(work, second) is State.APPROVED)
    assert (state(work, second) is State.APPROVED) is (code is None)


def test_a_name_in_another_country_is_another_company(work: FakeWork) -> None:
    screened(work, country="FR")
    second = screened(work, **{**company(2), "legal_name": profile().legal_name})
    assert state(work, second) is State.APPROVED


@pytest.mark.parametrize(
    ("address", "others"),
    [("jana@firm-1.example", ["jana+x@firm-2.example"]), ("jana@firm-1.example", ["JANA@firm-1.example"])],
)
def test_who_is_contact_of_one_and_named_by_another(work: FakeWork, address: str, others: list[str]) -> None:
    first = screened(work, **{**company(1), "email": address})
    people = members("bo@firm-2.example", others=1)
    people = (people[0], replace(people[1], email=others[0]))
    second = applied_with(
        work,
        people,
        legal_name="Firm 2",
        registration_number="HRB 1002",
        website="https://firm-2.example",
    )
    screen(work, ScreenPartner(second))
    assert state(work, first) is State.APPROVED
    is_shared = others[0].lower() == address
    assert codes(work, second) == ({"duplicate_member"} if is_shared else set())


def test_who_is_named_by_one_and_contact_of_another(work: FakeWork) -> None:
    people = members("bo@firm-1.example", others=1)
    people = (people[0], replace(people[1], email="jana+a@firm-2.example"))
    first = applied_with(work, people, website="https://firm-1.example")
    screen(work, ScreenPartner(first))
    second = screened(work, **company(2))
    assert state(work, first) is State.APPROVED
    assert codes(work, second) == {"duplicate_member"}


def test_a_colleague_of_two_companies_is_one_person_with_two_memberships(work: FakeWork) -> None:
    for number in (1, 2):
        people = members(f"bo@firm-{number}.example", others=1)
        people = (people[0], replace(people[1], email="freelancer@third.example"))
        facts = {**company(number), "website": f"https://firm-{number}.example"}
        facts.pop("email")
        partner_id = applied_with(work, people, **facts)
        screen(work, ScreenPartner(partner_id))
        assert state(work, partner_id) is State.APPROVED


@pytest.mark.parametrize("became", ["rejected", "withdrawn", "expired"])
def test_who_comes_back_is_for_people(work: FakeWork, became: str) -> None:
    first = screened(work, partner_type="training_provider") if became == "rejected" else screened(work)
    if became == "rejected":
        reject(work, RejectPartner(partner_id=first, reason="no", by=OPS))
    elif became == "withdrawn":
        withdraw(work, WithdrawPartner(partner_id=first, reason=None))
    else:
        expire(work, work.partners.lock(first))
    second = screened(work, **{**company(2), "email": "jana@mueller-soehne.example"})
    assert state(work, first) == became
    assert state(work, second) is State.IN_REVIEW
    assert codes(work, second) == {"returning_mail_domain", "returning_website", "returning_contact"}


def test_a_strangers_form_that_nobody_confirmed_keeps_nobody_waiting_later(work: FakeWork) -> None:
    stranger = apply(work, Apply(profile=profile(), members=members()))
    expire(work, work.partners.lock(stranger))
    assert state(work, screened(work)) is State.APPROVED


def test_one_mailbox_with_tags_at_a_free_provider_gets_nothing(work: FakeWork) -> None:
    for number in range(20):
        facts = {**company(number), "email": f"me+{number}@freemail.example"}
        for website in (f"https://firm-{number}.example", "https://freemail.example"):
            partner_id = screened(work, **facts, website=website)
            assert "free_mail_domain" in codes(work, partner_id)
    assert work.automatic_approvals.rows == []


def test_one_domain_gets_one_account(work: FakeWork) -> None:
    for number in range(20):
        email = f"me+{number}@host-{number}.script.example"
        screened(work, **{**company(number), "email": email})
    assert len(work.automatic_approvals.rows) == 1


def test_all_that_wait_for_screening_know_each_other(work: FakeWork) -> None:
    partner_ids = [verified(work, **{**company(number), "email": "me@script.example"}) for number in range(3)]
    for partner_id in partner_ids:
        screen(work, ScreenPartner(partner_id))
    assert {state(work, partner_id) for partner_id in partner_ids} == {State.IN_REVIEW}


def limited(**changes: int) -> FakeWork:
    return FakeWork(policies(approval_limits=limits(**changes)))


def screen_companies(work: FakeWork, *numbers: int) -> list[Screened]:
    return [screen(work, ScreenPartner(verified(work, **company(number)))) for number in numbers]


def names(limits: tuple[LimitUse, ...]) -> list[str]:
    return [found.limit for found in limits]


@pytest.mark.parametrize(
    ("changes", "limit"),
    [
        ({"approvals_per_day": 2}, "approvals_per_day"),
        ({"approvals_per_rule_and_day": 2}, "approvals_per_rule_and_day"),
        ({"cost_per_day": 899}, "cost_per_day"),
        ({"cost_per_month": 899}, "cost_per_month"),
    ],
)
def test_what_is_over_a_limit_waits_for_people_who_are_told_once(changes: dict[str, int], limit: str) -> None:
    work = limited(**changes)
    outcomes = screen_companies(work, 1, 2, 3, 4)
    assert [outcome.rule is not None for outcome in outcomes] == [True, True, False, False]
    assert [names(outcome.exceeded) for outcome in outcomes] == [[], [], [limit], [limit]]
    assert [names(outcome.first_exceeded) for outcome in outcomes] == [[], [], [limit], []]
    waiting = [partner for partner in work.partners.rows.values() if partner.state is State.IN_REVIEW]
    assert [[finding.code for finding in partner.findings] for partner in waiting] == [[f"over_{limit}"]] * 2


def test_a_new_day_begins_anew_and_a_new_month_only_for_the_months_budget() -> None:
    work = limited(approvals_per_day=1, cost_per_month=600)
    work.time = datetime(2026, 3, 30, 23, 59, 59, tzinfo=UTC)
    assert [outcome.rule is None for outcome in screen_companies(work, 1, 2)] == [False, True]
    work.time += timedelta(seconds=1)
    [third, fourth] = screen_companies(work, 3, 4)
    assert third.rule
    assert names(fourth.exceeded) == ["approvals_per_day", "cost_per_month"]
    assert names(fourth.first_exceeded) == ["approvals_per_day", "cost_per_month"]
    work.time += timedelta(days=1)
    assert screen_companies(work, 5)[0].rule


def test_what_needs_people_anyway_uses_up_nothing_and_is_not_compared_with_limits() -> None:
    work = limited(approvals_per_day=0)
    partner_id = screened(work, legal_name="Shady Ltd")
    assert codes(work, partner_id) == {"blocked_name"}
    assert work.automatic_approvals.rows == []


def test_an_approval_keeps_its_cost_and_moment(work: FakeWork) -> None:
    partner_id = screened(work)
    [approval] = work.automatic_approvals.rows
    assert (approval.partner_id, approval.rule, approval.cost) == (partner_id, "german-machine-builders", 300)
    decision = work.partners.rows[partner_id].decision
    assert decision is not None
    assert decision.at == approval.approved_at


def test_screening_again_counts_nothing_twice(work: FakeWork) -> None:
    partner_id = screened(work)
    assert screen(work, ScreenPartner(partner_id)) == Screened()
    assert len(work.automatic_approvals.rows) == 1
