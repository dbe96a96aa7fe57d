"""Screening by many at the same moment, on a real database: no more than the limits, one per company."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.onboarding.test_worker_and_consumer import work_off
from tests.unit.onboarding.companies import limits

from onboarding.adapters.approval_metrics import APPROVALS, OVER_LIMIT
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.bootstrap import OnboardingService
from onboarding.domain.likeness import Trait
from onboarding.handlers.commands import ScreenPartner
from onboarding.handlers.open_link import verify_email
from onboarding.handlers.ports import Policies
from onboarding.handlers.screen import Screened, screen

pytestmark = pytest.mark.usefixtures("standing_clock")

AT_ONCE = 10  # as many as the pool has connections
Screener = Callable[[UUID], Screened]
Opener = Callable[[], AbstractContextManager[OnboardingUnitOfWork]]


def company(number: int, **contact: str) -> dict[str, Any]:
    """Another company than all others, for one of the two rules for industry and for integrators."""
    domain = f"firm-{number}.example"
    kinds = [("machine_builder", ["iot"]), ("system_integrator", ["cloud"])]
    partner_type, competences = kinds[number % 2]
    return {
        "company": {
            "legal_name": f"Firm {number} GmbH",
            "registration_number": f"HRB {5000 + number}",
            "country": "DE",
            "website": f"https://www.{domain}",
        },
        "contact": {"given_name": "Jana", "email": f"jana@{domain}", **contact},
        "members": [],
        "partner_type": partner_type,
        "competences": competences,
    }


def opener(service: OnboardingService, policies: Policies) -> Opener:
    """Opens transactions under other policies than the service's."""
    factory = partial(OnboardingUnitOfWork, policies=policies, digests=service.digests)
    return partial(service.database.begin, factory)


def screener(service: OnboardingService, **changes: Any) -> Screener:
    """Screens as the worker does, under these limits."""
    policies = replace(service.policies, approval_limits=limits(**changes))
    open_work = opener(service, policies)

    def screen_one(partner_id: UUID) -> Screened:
        with open_work() as work:
            return screen(work, ScreenPartner(partner_id))

    return screen_one


def screen_at_once(screen_one: Screener, partner_ids: list[UUID]) -> list[Screened]:
    """All, each in a transaction of its own, so many of them beginning at the same moment."""
    barrier = Barrier(AT_ONCE)

    def after_all_are_there(partner_id: UUID) -> Screened:
        barrier.wait(30)
        return screen_one(partner_id)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(after_all_are_there, partner_ids))


def states(api: ApiClient) -> Counter[str]:
    with api.service.open_work() as work:
        return Counter(work.connection.execute(text("SELECT state FROM partners")).scalars())


@pytest.mark.parametrize(
    ("changes", "limit"),
    [
        ({"approvals_per_day": 5}, "approvals_per_day"),
        ({"cost_per_day": 1_799}, "cost_per_day"),
        ({"cost_per_month": 1_799}, "cost_per_month"),
    ],
)
def test_thirty_at_once_get_what_the_limit_allows(
    api: ApiClient, changes: dict[str, int], limit: str
) -> None:
    partner_ids = [UUID(api.verified(**company(number))[0]) for number in range(30)]
    outcomes = screen_at_once(screener(api.service, **changes), partner_ids)
    assert states(api) == {"approved": 5, "in_review": 25}
    exceeded = [found.limit for outcome in outcomes for found in outcome.exceeded]
    assert exceeded == [limit] * 25
    assert sum(len(outcome.first_exceeded) for outcome in outcomes) == 1


def test_each_rule_has_a_limit_of_its_own_and_all_have_one_together(api: ApiClient) -> None:
    partner_ids = [UUID(api.verified(**company(number))[0]) for number in range(20)]
    outcomes = screen_at_once(
        screener(api.service, approvals_per_rule_and_day=4, approvals_per_day=7), partner_ids
    )
    approved = Counter(outcome.rule.name for outcome in outcomes if outcome.rule)
    assert sorted(approved.values()) == [3, 4]


def test_what_is_rolled_back_is_not_counted(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    screen_one = screener(api.service, approvals_per_day=1)
    first, second = (UUID(api.verified(**company(number))[0]) for number in (1, 2))
    with monkeypatch.context() as broken:
        broken.setattr(OnboardingUnitOfWork, "flush", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            screen_one(first)
    assert screen_one(second).rule
    assert screen_one(first).rule is None
    assert states(api) == {"approved": 1, "in_review": 1}


def test_one_company_under_many_names_and_numbers_at_once(api: ApiClient) -> None:
    """Each is confirmed and screened beside the others: whoever is second finds the first one."""
    screen_one = screener(api.service)
    bodies = [company(number, email=f"me+{number}@mail-{number}.script.example") for number in range(20)]
    for body in bodies:
        body["company"]["website"] = "https://script.example"
    partner_ids = [UUID(api.applied(**body)) for body in bodies]
    barrier = Barrier(AT_ONCE)

    def confirm_and_screen(partner_id: UUID) -> Screened:
        barrier.wait(30)
        with api.service.open_work() as work:
            partner = work.partners.lock(partner_id)
            verify_email(work, partner)
        return screen_one(partner_id)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = list(pool.map(confirm_and_screen, partner_ids))
    assert sum(outcome.rule is not None for outcome in outcomes) <= 1


def test_the_script_with_one_mailbox(api: ApiClient) -> None:
    """Twenty applications, one mailbox with plus tags, confirmed by the script as they come."""
    for number in range(20):
        api.verified(**company(number, email=f"me+{number}@gmail.com"))
        work_off(api)
    assert states(api) == {"in_review": 20}
    for number in range(20, 40):
        body = company(number, email=f"me+{number}@script.example")
        body["company"]["website"] = f"https://www{number}.script.example"
        api.verified(**body)
        work_off(api)
    assert states(api) == {"in_review": 39, "approved": 1}


def test_an_account_was_given_back_and_the_company_returns(api: ApiClient) -> None:
    partner_id, session = api.screened()
    assert api.post(f"/v1/partners/{partner_id}/withdrawal", {}, session).status_code == 200
    again, _ = api.screened()
    assert api.state(again) == "in_review"
    found = api.get(f"/v1/partners/{again}", api.ops("viewer")).json["findings"]
    assert "returning_registration_number" in {finding["code"] for finding in found}


def test_the_holder_of_a_number_is_found_behind_many_who_claim_it(api: ApiClient) -> None:
    holder, _ = api.screened()
    claims = [api.screened()[0] for _ in range(5)]
    left, left_session = api.screened()
    assert api.post(f"/v1/partners/{left}/withdrawal", {}, left_session).status_code == 200
    with api.service.open_work() as work:
        newest = work.partners.get(UUID(claims[-1]))
        found = work.partners.duplicates_of(newest, [Trait.REGISTRATION_NUMBER])
    assert [str(other.partner_id) for other in found] == [holder, claims[-2], claims[-3]]


def test_a_worker_killed_behind_the_commit_has_warned(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = opener(api.service, replace(api.service.policies, approval_limits=limits(approvals_per_day=1)))
    monkeypatch.setattr(OnboardingService, "open_work", lambda _: opened())
    monkeypatch.setattr("onboarding.entrypoints.worker.count_screened", lambda _: 1 / 0)
    for number in (2, 4):
        api.verified(**company(number))
    with capture_logs() as logs:
        work_off(api)
    assert [line["limit"] for line in logs if "limit" in line] == ["approvals_per_day"]
    assert states(api) == {"approved": 1, "in_review": 1}


def test_operators_see_what_is_used_and_are_told_once(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = api.service
    tight = replace(service.policies, approval_limits=limits(approvals_per_rule_and_day=1))
    rule = "industry-near-us"
    before = OVER_LIMIT.labels("approvals_per_rule_and_day")._value.get()
    approved_before = APPROVALS.labels(rule)._value.get()
    opened = opener(service, tight)
    monkeypatch.setattr(OnboardingService, "open_work", lambda _: opened())
    for number in (2, 4, 6):
        api.verified(**company(number))
    with capture_logs() as logs:
        work_off(api)
    [told] = [line for line in logs if "limit" in line]
    assert (told["limit"], told["rule"], told["used"], told["most"]) == (
        "approvals_per_rule_and_day",
        rule,
        1,
        1,
    )
    assert OVER_LIMIT.labels("approvals_per_rule_and_day")._value.get() - before == 2
    assert APPROVALS.labels(rule)._value.get() - approved_before == 1
    assert api.get("/v1/approval-limits").status_code == 401
    answer = api.get("/v1/approval-limits", api.ops("viewer")).json["limits"]
    by_key = {(line["limit"], line["rule"]): line for line in answer}
    assert by_key["approvals_per_day", None]["used"] == 1
    assert by_key["cost_per_month", None]["used"] == 300
    assert by_key["approvals_per_day", None]["exceeded_at"] is None
    assert by_key["approvals_per_rule_and_day", rule]["exceeded_at"]
    assert by_key["approvals_per_rule_and_day", "small-firms-of-the-single-market"]["used"] == 0
