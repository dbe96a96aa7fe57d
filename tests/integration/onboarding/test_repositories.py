"""One suite for the unit of work in memory and the one on PostgreSQL: both keep the same promises."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.unit.onboarding.companies import members, policies, profile
from tests.unit.onboarding.fake_work import FakeWork
from uuid_utils.compat import uuid7

from onboarding.bootstrap import OnboardingService
from onboarding.domain.access import AccessPlan, Cause, GrantState, Report
from onboarding.domain.agreements import Acceptance
from onboarding.domain.approval_limits import AutomaticApproval, LimitUse, RuleUse, day_of, month_of
from onboarding.domain.finding import Finding
from onboarding.domain.likeness import Trait
from onboarding.domain.links import MOST_REACHED, Link, Purpose
from onboarding.domain.partners import Actor, CorrectionRequest, Decision, Partner
from onboarding.domain.refusals import LinkRefused, PartnerUnknown, RegistrationTaken
from onboarding.domain.states import FINAL, State
from onboarding.domain.vocabulary import Language, Tier

NOW = datetime(2026, 3, 1, 9, 0, 0, 123456, tzinfo=UTC)
OpenWork = Callable[[], AbstractContextManager[Any]]


@pytest.fixture(params=["memory", "postgresql"])
def open_work(request: pytest.FixtureRequest) -> Iterator[OpenWork]:
    """Opens transactions on the same data, one after the other."""
    if request.param == "postgresql":
        service: OnboardingService = request.getfixturevalue("service")
        yield service.open_work
    else:
        work = FakeWork(policies())

        @contextmanager
        def same() -> Iterator[FakeWork]:
            yield work

        yield same


def a_partner(email: str = "jana@firm.example", others: int = 2, **changes: Any) -> Partner:
    facts = {name: changes.pop(name) for name in ("country", "registration_number") if name in changes}
    return Partner(
        id=uuid7(),
        profile=profile(**facts),
        members=members(email, others),
        created_at=changes.pop("created_at", NOW),
        state_entered_at=NOW,
        **changes,
    )


def test_a_partner_comes_back_as_it_went(open_work: OpenWork) -> None:
    partner = a_partner(
        state=State.SUSPENDED,
        move_count=7,
        deadline_at=NOW,
        email_verified_at=NOW,
        screened_at=NOW,
        findings=(Finding("blocked_name", "Ünïcode 🚀"),),
        tier=Tier.PREMIER,
        decision=Decision("late", Actor("operator", "amara"), NOW),
        correction=CorrectionRequest(("country",), "Which?"),
        acceptance=Acceptance(
            version="2026-01",
            language=Language.EN,
            text_sha256="0" * 64,
            accepted_by=uuid4(),
            accepted_at=NOW,
        ),
    )
    with open_work() as work:
        work.partners.add(partner)
    with open_work() as work:
        assert work.partners.lock(partner.id) == partner


def test_every_change_is_written(open_work: OpenWork) -> None:
    partner = a_partner()
    with open_work() as work:
        work.partners.add(partner)
    with open_work() as work:
        changed = work.partners.lock(partner.id)
        changed.verify_email(NOW + timedelta(hours=1))
        changed.members = (changed.contact, *members("x@new.example", 1)[1:])
        changed.profile = profile(country="AT", legal_name="Neu GmbH")
        work.partners.save(changed)
    with open_work() as work:
        assert work.partners.lock(partner.id) == changed


def test_unknown_partners(open_work: OpenWork) -> None:
    with open_work() as work:
        assert not work.partners.is_known(uuid4())
        with pytest.raises(PartnerUnknown):
            work.partners.lock(uuid4())


def test_only_one_holds_a_registration(open_work: OpenWork) -> None:
    holder = a_partner(state=State.ACTIVE)
    rival = a_partner(state=State.IN_REVIEW, registration_number="hrb-12345")
    elsewhere = a_partner(state=State.IN_REVIEW, country="AT")
    with open_work() as work:
        for partner in (holder, rival, elsewhere):
            work.partners.add(partner)
    with open_work() as work:
        rival.state = State.APPROVED
        with pytest.raises(RegistrationTaken) as refused:
            work.partners.save(rival)
        assert refused.value.facts == {"conflicting_partner_id": holder.id}
        elsewhere.state = State.APPROVED
        work.partners.save(elsewhere)
    with open_work() as work:
        assert work.partners.lock(rival.id).state is State.IN_REVIEW
        assert work.partners.lock(elsewhere.id).state is State.APPROVED


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("is_confirmed", [True, False])
def test_who_is_compared(open_work: OpenWork, state: State, is_confirmed: bool) -> None:
    other = a_partner(state=state, email_verified_at=NOW if is_confirmed else None)
    newcomer = a_partner(state=State.EMAIL_VERIFIED, email_verified_at=NOW)
    with open_work() as work:
        work.partners.add(other)
        work.partners.add(newcomer)
    with open_work() as work:
        found = work.partners.duplicates_of(newcomer, list(Trait))
        one = work.partners.duplicates_of(newcomer, {Trait.REGISTRATION_NUMBER})
    traits = [trait for trait in Trait if trait is not Trait.MEMBER]
    assert [duplicate.by for duplicate in found] == (traits if is_confirmed else [])
    assert {(duplicate.partner_id, duplicate.state) for duplicate in found} == (
        {(other.id, state)} if is_confirmed else set()
    )
    assert [duplicate.is_former for duplicate in one] == ([state in FINAL] if is_confirmed else [])


CONTACT = "jana@firm.example"


@pytest.mark.parametrize(
    ("changes", "traits"),
    [
        ({}, set()),
        ({"registration_number": "hrb-12345"}, {Trait.REGISTRATION_NUMBER}),
        ({"registration_number": "HRB 12345 Ulm"}, {Trait.REGISTRATION_NUMBER}),
        ({"registration_number": "HRB 12345", "country": "AT"}, set()),
        ({"email": "x@mail.firm.example"}, {Trait.MAIL_DOMAIN}),
        ({"website": "https://mueller-soehne.example/x"}, {Trait.WEBSITE}),
        ({"email": "JANA+x@firm.example"}, {Trait.MAIL_DOMAIN, Trait.CONTACT}),
        ({"member": "jana+a@firm.example"}, {Trait.MEMBER}),
        ({"member": "no0@firm.example"}, set()),
        ({"email": "no0+b@firm.example"}, {Trait.MAIL_DOMAIN, Trait.MEMBER}),
        ({"legal_name": "M\u00dcLLER & S\u00f6hne Masch1nenbau AG"}, {Trait.LEGAL_NAME}),
        ({"legal_name": "M\u00fcller & S\u00f6hne Maschinenbau GmbH", "country": "AT"}, set()),
    ],
)
def test_what_two_companies_share(open_work: OpenWork, changes: dict[str, str], traits: set[Trait]) -> None:
    facts = {
        "legal_name": "Another Ltd",
        "registration_number": "HRB 2",
        "website": "https://another.example",
        "email": "bo@another.example",
        "member": "li@another.example",
        **changes,
    }
    known = a_partner(CONTACT, 1, state=State.ACTIVE, email_verified_at=NOW)
    newcomer = a_partner(facts.pop("email"), 1, state=State.EMAIL_VERIFIED, email_verified_at=NOW)
    newcomer.members = (newcomer.contact, replace(newcomer.members[1], email=facts.pop("member")))
    newcomer.profile = profile(**facts)
    with open_work() as work:
        work.partners.add(known)
        work.partners.add(newcomer)
    with open_work() as work:
        for one, other in ((newcomer, known), (known, newcomer)):
            found = work.partners.duplicates_of(one, list(Trait))
            assert {duplicate.by for duplicate in found} == traits
            assert {duplicate.partner_id for duplicate in found} <= {other.id}


@pytest.mark.parametrize("at", [NOW, datetime(2026, 3, 31, 23, 59, 59, 999999, tzinfo=UTC)])
def test_approvals_are_counted_by_rule_day_and_month(open_work: OpenWork, at: datetime) -> None:
    (day, tomorrow), (month, _) = day_of(at), month_of(at)
    moment = timedelta(microseconds=1)
    with open_work() as work:
        work.automatic_approvals.lock()
        for approved_at, rule in (
            (month - moment, "one"),
            (month, "one"),
            (day, "one"),
            (tomorrow - moment, "two"),
            (tomorrow, "two"),
        ):
            partner = a_partner()
            work.partners.add(partner)
            work.automatic_approvals.add(
                AutomaticApproval(
                    partner_id=partner.id, rule=rule, tier=Tier.SELECT, cost=300, approved_at=approved_at
                )
            )
    with open_work() as work:
        is_first_day = day == month
        assert work.automatic_approvals.use(at) == {
            "one": RuleUse(
                approvals_today=1 + is_first_day, cost_today=300 * (1 + is_first_day), cost_this_month=600
            ),
            "two": RuleUse(approvals_today=1, cost_today=300, cost_this_month=300),
        }
        assert work.automatic_approvals.use(at + timedelta(days=400)) == {}


def test_a_limit_is_noted_once_a_day(open_work: OpenWork) -> None:
    for begins, is_first in ((NOW, True), (NOW, False), (NOW + timedelta(days=1), True)):
        for rule in (None, "one"):
            use = LimitUse(
                limit="x", rule=rule, used=1, most=1, began_at=begins, ends_at=begins + timedelta(days=1)
            )
            with open_work() as work:
                assert work.automatic_approvals.note_exceeded(use, NOW) is is_first


def test_whom_an_address_reaches(open_work: OpenWork) -> None:
    verified = {"email_verified_at": NOW}
    over = a_partner(state=State.OFFBOARDED, created_at=NOW, **verified)
    live = a_partner(state=State.ACTIVE, created_at=NOW - timedelta(days=9), **verified)
    applied = a_partner(state=State.APPLIED, created_at=NOW - timedelta(days=8))
    never = a_partner(state=State.EXPIRED)
    stranger = a_partner(email="other@firm.example", **verified)
    with open_work() as work:
        for partner in (over, live, applied, never, stranger):
            work.partners.add(partner)
    with open_work() as work:
        assert list(work.partners.reached_by("JANA@firm.example")) == [applied.id, live.id, over.id]


def test_applications_in_somebodys_name_crowd_out_no_partnership(open_work: OpenWork) -> None:
    email = "crowded@firm.example"
    live = a_partner(email, state=State.ACTIVE, created_at=NOW - timedelta(days=9), email_verified_at=NOW)
    forged = [a_partner(email, created_at=NOW + timedelta(hours=hour)) for hour in range(MOST_REACHED + 1)]
    with open_work() as work:
        for partner in (live, *forged):
            work.partners.add(partner)
    with open_work() as work:
        newest = [partner.id for partner in reversed(forged)][:MOST_REACHED]
        assert list(work.partners.reached_by(email)) == [*newest, live.id]


def test_each_of_many_partnerships_of_one_person_has_its_turn(open_work: OpenWork) -> None:
    email = "many@firm.example"
    its = [
        a_partner(email, state=State.OFFBOARDED, created_at=NOW - timedelta(days=day), email_verified_at=NOW)
        for day in range(MOST_REACHED + 1)
    ]
    with open_work() as work:
        for partner in its:
            work.partners.add(partner)
        # One that came with other news takes nobody's turn.
        work.links.add(replace(a_requested_link(its[0].id, NOW), is_requested=False))
    asked = []
    for minute in range(2):
        with open_work() as work:
            reached = list(work.partners.reached_by(email))
            for partner_id in reached:
                work.links.add(a_requested_link(partner_id, NOW + timedelta(minutes=minute)))
        asked.append(reached)
    ids = [partner.id for partner in its]
    assert asked == [ids[:MOST_REACHED], [*ids[: MOST_REACHED - 1], ids[MOST_REACHED]]]


def a_requested_link(partner_id: UUID, at: datetime) -> Link:
    end = at + timedelta(hours=1)
    return Link(
        id=uuid7(),
        partner_id=partner_id,
        purpose=Purpose.SIGN_IN,
        created_at=at,
        expires_at=end,
        is_requested=True,
    )


def test_a_plan_comes_back_as_it_went(open_work: OpenWork) -> None:
    partner = a_partner()
    plan = AccessPlan()
    required, optional = uuid7(), uuid7()
    plan.plan([(required, "iot", True), (optional, "crm", False)])
    plan.record(
        Report(
            grant_id=required,
            product="iot",
            state=GrantState.GRANTED,
            sequence=4,
            identifiers={"thing": "t"},
            is_collectable=True,
        )
    )
    cause = Cause(code="c", message="m", step="s", will_retry=True, retry_at=NOW)
    plan.record(Report(grant_id=optional, product="crm", state=GrantState.FAILED, sequence=5, cause=cause))
    with open_work() as work:
        work.partners.add(partner)
        assert work.access_plans.of(partner.id) == AccessPlan()
        work.access_plans.save(partner.id, plan)
    with open_work() as work:
        read = work.access_plans.of(partner.id)
        assert read == plan
        read.record(Report(grant_id=optional, product="crm", state=GrantState.PROVISIONING, sequence=6))
        work.access_plans.save(partner.id, read)
    with open_work() as work:
        again = work.access_plans.of(partner.id)
        assert again == read
        assert again.grants[optional].cause is None


def test_links_are_burned(open_work: OpenWork) -> None:
    partner = a_partner()
    link = Link(
        id=uuid7(),
        partner_id=partner.id,
        purpose=Purpose.SIGN_IN,
        created_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        is_requested=True,
    )
    with open_work() as work:
        work.partners.add(partner)
        work.links.add(link)
    with open_work() as work:
        found = work.links.lock(link.id)
        assert found == link
        found.burn(NOW)
        work.links.save(found)
    with open_work() as work:
        with pytest.raises(LinkRefused, match="used"):
            work.links.lock(link.id).burn(NOW)
        with pytest.raises(LinkRefused, match="not valid"):
            work.links.lock(uuid4())


def test_requests_are_taken_once_and_forgotten(open_work: OpenWork) -> None:
    request_id = uuid7()
    with open_work() as work:
        work.links.request(request_id, "Jana@Firm.example", NOW)
        work.links.request(uuid7(), "jana@firm.example", NOW - timedelta(days=2))
    with open_work() as work:
        assert work.links.take_request(request_id) == "jana@firm.example"
        assert work.links.take_request(request_id) is None
        assert work.links.take_request(uuid4()) is None
        assert work.links.forget_requests(NOW - timedelta(days=1)) == 1
        assert work.links.forget_requests(NOW) == 0
