"""Nobody approves the own company."""

from collections.abc import Callable

import pytest
from flask import Flask, g
from tests.unit.onboarding.companies import policies, screened
from tests.unit.onboarding.fake_work import FakeWork

from chassis.http.principals import Kind, Principal
from chassis.http.problems import Problem
from chassis.identity.operators import Operator
from onboarding.domain.partners import Actor
from onboarding.domain.refusals import OwnCompany
from onboarding.domain.requests import Kind as RequestKind
from onboarding.domain.requests import Request, Standing
from onboarding.domain.states import State
from onboarding.domain.vocabulary import Tier
from onboarding.entrypoints.web.api.operators import current_email
from onboarding.handlers.commands import ApprovePartner, ApproveRequest, AskFor, ChangeTier, RefuseRequest
from onboarding.handlers.emit import save
from onboarding.handlers.requests import approve_request, ask_for, refuse_request
from onboarding.handlers.review import approve, change_tier

SITE = "https://www.firma.de"
OTHER_SITE = "https://somewhere.example"


def approved(email: str | None, *, contact: str = "jana@firma.de", website: str = SITE) -> bool:
    """Whether the operator of this address may approve; refused means nothing changed."""
    work = FakeWork(policies())
    partner_id = screened(work, contact, country="FR", website=website)
    command = ApprovePartner(
        partner_id=partner_id, tier=Tier.SELECT, reason="x", by=Actor("operator", "vera"), email=email
    )
    try:
        approve(work, command)
    except OwnCompany:
        assert work.partners.rows[partner_id].state is State.IN_REVIEW
        return False
    return True


@pytest.mark.parametrize(
    "email",
    ["vera@firma.de", "vera@FIRMA.DE", "vera@mail.firma.de", "jana@firma.de", "Jana@Firma.de"],
)
def test_an_operator_of_the_company_may_not(email: str) -> None:
    assert not approved(email)


def test_nor_gives_it_another_tier() -> None:
    work = FakeWork(policies())
    partner_id = screened(work, "jana@firma.de", country="FR", website=SITE)
    of_partner = {"partner_id": partner_id, "reason": "x", "by": Actor("operator", "vera")}
    approve(work, ApprovePartner(tier=Tier.SELECT, email=None, **of_partner))
    with pytest.raises(OwnCompany):
        change_tier(work, ChangeTier(tier=Tier.PREMIER, email="vera@firma.de", **of_partner))
    assert work.partners.rows[partner_id].tier is Tier.SELECT


def test_domains_are_compared_as_everywhere() -> None:
    assert not approved("vera@xn--mller-kva.de", contact="jana@müller.de", website=OTHER_SITE)
    assert not approved(
        "vera@müller.de", contact="jana@elsewhere.example", website="https://shop.xn--mller-kva.de"
    )
    assert approved("vera@mueller.de", contact="jana@müller.de", website=OTHER_SITE)


def test_others_may_and_machines_have_no_company() -> None:
    for email in ("vera@vendor.example", "vera@firma.com", "vera@notfirma.de", None):
        assert approved(email), email


def test_where_anybody_gets_an_address_only_the_mailbox_tells() -> None:
    assert approved("vera@freemail.example", contact="jana@freemail.example", website=OTHER_SITE)
    assert not approved("j.ana+x@googlemail.com", contact="jana@gmail.com", website=OTHER_SITE)
    assert not approved("jana+ops@freemail.example", contact="jana@freemail.example", website=OTHER_SITE)
    assert not approved("jana@outlook.de", contact="jana@outlook.com", website=OTHER_SITE)


def principal(issuer: str | None, email: str | None) -> Principal:
    operator = Operator("vera", frozenset({"reviewer"}), "vera", issuer, email)
    return Principal(Kind.OPERATOR, "vera", operator)


@pytest.mark.parametrize("email", [None, "", "vera", "vera@localhost", "vera@a@b"])
def test_a_person_without_a_verified_address_cannot_approve(email: str | None) -> None:
    with Flask(__name__).test_request_context():
        g.principal = principal("https://id.vendor.example", email)
        with pytest.raises(Problem) as refused:
            current_email()
        assert (refused.value.code, refused.value.problem_code) == (403, "email_not_verified")


def test_a_machine_needs_none() -> None:
    with Flask(__name__).test_request_context():
        g.principal = principal(None, None)
        assert current_email() is None


@pytest.mark.parametrize("decide", [approve_request, refuse_request])
def test_nobody_decides_on_what_the_own_company_asks_for(decide: Callable[..., Request]) -> None:
    work = FakeWork(policies())
    partner_id = screened(work, "jana@firma.de", country="FR", website=SITE)
    partner = work.partners.lock(partner_id)
    partner.state = State.ACTIVE
    save(work, partner)
    wish = {"kind": RequestKind.PRODUCT, "about": "crm", "reason": "We grow."}
    asked = ask_for(work, AskFor(partner_id=partner_id, **wish))
    command = ApproveRequest if decide is approve_request else RefuseRequest
    told = {"request_id": asked.id, "reason": "x", "by": Actor("operator", "vera")}
    with pytest.raises(OwnCompany):
        decide(work, command(**told, email="vera@firma.de"))
    assert work.requests.of_partner(partner_id)[0].standing is Standing.WAITING
    assert decide(work, command(**told, email="vera@vendor.example")).standing is not Standing.WAITING
