"""The status page: in every state what to do next comes first, then how to get in, then the rest."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.onboarding.form_browser import FormBrowser
from tests.integration.onboarding.own_cookies import COOKIE
from tests.integration.onboarding.test_pages_for_everybody import check_page
from tests.integration.onboarding.test_pages_of_a_partner import report, reported
from tests.integration.onboarding.test_worker_and_consumer import hear

from onboarding.domain.access import GrantState
from onboarding.domain.agreements import Acceptance
from onboarding.domain.partners import Actor, CorrectionRequest, Decision
from onboarding.domain.states import State
from onboarding.domain.vocabulary import Language, Tier
from onboarding.entrypoints.web.pages.status import NEXT_PAGES

# A part of the one sentence of each state, and where its button leads.
NEXT: dict[State, tuple[str, str | None]] = {
    State.APPLIED: ("Open the link in the email", "/new-link"),
    State.EMAIL_VERIFIED: ("You do not need to do anything", "/status"),
    State.IN_REVIEW: ("You do not need to do anything", "/status"),
    State.ACTION_REQUIRED: ("Please correct your application", "/correction"),
    State.REJECTED: ("you can apply again", "/apply"),
    State.APPROVED: ("read and accept the partner agreement", "/agreement"),
    State.AGREEMENT_ACCEPTED: ("You do not need to do anything", "/status"),
    State.PROVISIONING: ("You do not need to do anything", "/status"),
    State.ACTIVE: ("nothing to sign in to at the moment", None),
    State.SUSPENDED: ("Please contact us", None),
    State.OFFBOARDING: ("You do not need to do anything", "/status"),
    State.OFFBOARDED: ("you can apply again", "/apply"),
    State.WITHDRAWN: ("you can apply again", "/apply"),
    State.EXPIRED: ("please apply again", "/apply"),
}


def in_state(api: ApiClient, state: State, *, deadline: timedelta | None = None) -> str:
    """A partner in that state; its id."""
    partner_id = api.applied()
    now = datetime.now(UTC)
    with api.service.open_work() as work:
        partner = work.partners.lock(UUID(partner_id))
        partner.state, partner.tier = state, Tier.PREMIER
        partner.deadline_at = now + deadline if deadline else None
        partner.decision = Decision("Because <of> this.", Actor("operator", "amara"), now)
        partner.correction = CorrectionRequest(("country",), "Which <country>?")
        text = api.service.policies.agreements.current(Language.EN)
        partner.acceptance = Acceptance(
            version=text.version,
            language=Language.EN,
            text_sha256=text.sha256,
            accepted_by=partner.contact.id,
            accepted_at=datetime(2026, 3, 5, 14, 30, tzinfo=UTC),
        )
        work.partners.save(partner)
    return partner_id


def looking(app: Flask, api: ApiClient, partner_id: str, language: str = "en") -> FormBrowser:
    """The browser of somebody who is signed in, on the status page."""
    browser = FormBrowser(app)
    browser.keep_cookie(COOKIE, api.service.sessions.begin(partner_id).token)
    return browser.open(f"/status?lang={language}")


@pytest.mark.parametrize("state", State)
def test_each_state_says_what_to_do_next(app: Flask, api: ApiClient, state: State) -> None:
    sentence, page = NEXT[state]
    partner_id = in_state(api, state, deadline=timedelta(days=13, hours=20))
    browser = looking(app, api, partner_id)
    html = browser.page.html
    assert browser.status == 200
    check_page(browser, "en")
    first, *_ = [heading.words.strip() for heading in browser.page.all("h2")]
    assert first == "What to do next"
    assert sentence in html
    buttons = [a for a in browser.page.all("a") if "button" in a.attributes.get("class", "")]
    assert [button.attributes["href"] for button in buttons] == ([page] if page else [])
    assert ("Which &lt;country&gt;?" in html) is (state is State.ACTION_REQUIRED)
    ended = {State.REJECTED, State.SUSPENDED, State.OFFBOARDING, State.OFFBOARDED}
    assert ("Because &lt;of&gt; this." in html) is (state in ended)
    waits = state in {State.APPLIED, State.ACTION_REQUIRED, State.APPROVED}
    assert ("UTC (in 13 days)." in html) is waits
    check_page(looking(app, api, partner_id, "de"), "de")


@pytest.mark.parametrize("state", [State.SUSPENDED, State.OFFBOARDING, State.OFFBOARDED])
def test_nobody_is_led_into_access_that_goes_away(app: Flask, api: ApiClient, state: State) -> None:
    partner_id = in_state(api, state)
    ends_at = datetime.now(UTC) + timedelta(days=9)
    reported(
        api, partner_id, report("crm", GrantState.GRANTED, lease_ends_at=ends_at, identifiers={"group": "x"})
    )
    html = looking(app, api, partner_id).page.html
    assert "How to sign in" not in html
    is_leaving = state is State.OFFBOARDING
    assert ("being removed</span>" in html, "(in 8 days)" in html) == (is_leaving, not is_leaving)


def test_who_leaves_by_itself_is_not_told_its_own_reason(app: Flask, api: ApiClient) -> None:
    partner_id = in_state(api, State.OFFBOARDING)
    with api.service.open_work() as work:
        partner = work.partners.lock(UUID(partner_id))
        partner.decision = Decision("Too expensive.", Actor("partner"), datetime.now(UTC))
        work.partners.save(partner)
    assert "Too expensive." not in looking(app, api, partner_id).page.html


def test_every_state_is_in_the_table() -> None:
    assert NEXT.keys() == NEXT_PAGES.keys() == set(State)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=1, minutes=1), "in 1 day)."),
        (timedelta(hours=23, minutes=59, seconds=30), "in 23 hours)."),
        (timedelta(minutes=59, seconds=50), "in 59 minutes)."),
    ],
)
def test_the_time_left_is_never_rounded_up(app: Flask, api: ApiClient, left: timedelta, words: str) -> None:
    partner_id = in_state(api, State.APPROVED, deadline=left)
    assert f"UTC ({words}" in looking(app, api, partner_id).page.html


@pytest.mark.passes_on_grown_values
def test_how_to_get_in_stands_before_what_is_not_ready(app: Flask, api: ApiClient) -> None:
    partner_id = in_state(api, State.ACTIVE)
    sign_in = "https://d-1.awsapps.example/start"
    identifiers = {"sign_in_url": sign_in, "account_id": "123456789012"}
    key = report("iot", GrantState.GRANTED, is_collectable=True, identifiers={"device_quota": "3"})
    sandbox = report("cloud_sandbox", GrantState.GRANTED, identifiers=identifiers)
    reported(
        api,
        partner_id,
        key,
        report("analytics", GrantState.PROVISIONING),
        sandbox,
        report("crm", GrantState.GRANTED, identifiers={"sign_in_url": "javascript:alert(1)"}),
        report("odd", GrantState.REVOKED, identifiers={"sign_in_url": "https://gone.example"}),
    )
    browser = looking(app, api, partner_id)
    html = browser.page.html
    assert "You can start now." in html
    assert [heading.words.strip() for heading in browser.page.all("h2")][:3] == [
        "What to do next",
        "How to sign in",
        "Your products",
    ]
    buttons = [a for a in browser.page.all("a") if "button" in a.attributes.get("class", "")]
    assert [button.attributes["href"] for button in buttons] == [
        sign_in,
        f"https://access.gangway.example/collect/{key.grant_id}",
    ]
    people_pages = "https://access.gangway.example/ways-in/"
    assert f"{people_pages}{sandbox.grant_id}" in browser.page.links()
    assert f"{people_pages}{key.grant_id}" not in browser.page.links(), "nobody signs in to a device"
    assert f"https://access.gangway.example/devices/{key.grant_id}" in browser.page.links()
    assert 'href="javascript:' not in html
    assert "gone.example" not in html
    assert html.index("123456789012") < html.index("Your products") < html.index("being set up")


def test_of_several_of_one_product_each_has_its_name(app: Flask, api: ApiClient) -> None:
    partner_id = in_state(api, State.ACTIVE)
    ids = ("123456789012", "210987654321")
    named = ({"account_id": ids[0]}, {"account_id": ids[1], "entry_name": "lab"})
    sandboxes = [report("cloud_sandbox", GrantState.GRANTED, identifiers=one) for one in named]
    reported(api, partner_id, *sandboxes)
    page = looking(app, api, partner_id).page
    products = [heading.words.strip() for heading in page.all("h3")]
    assert {name for name in products if "sandbox" in name} == {"Cloud sandbox", "Cloud sandbox (lab)"}
    assert all(account_id in page.html for account_id in ids)


def test_what_was_told_of_this_months_budget_stands_at_its_product(
    app: Flask, api: ApiClient, standing_clock: datetime
) -> None:
    partner_id = in_state(api, State.ACTIVE)
    sandbox = report("cloud_sandbox", GrantState.GRANTED, identifiers={"account_id": "111122223333"})
    reported(api, partner_id, sandbox, report("crm", GrantState.GRANTED))
    browser = FormBrowser(app)
    browser.keep_cookie(COOKIE, api.service.sessions.begin(partner_id).token)
    page = f"/ways-in/{sandbox.grant_id}"
    assert any(link.endswith(page) for link in browser.open("/status?lang=en").page.links())
    assert "You have used" not in browser.page.html
    budget = {"grant_id": str(sandbox.grant_id), "product": "cloud_sandbox", "budget_usd": "300.00"}
    this_month = f"{standing_clock:%Y-%m}"
    for number, (month, percent, spent) in enumerate(
        [(this_month, 50, "151.00"), (this_month, 80, "241.37"), ("2020-01", 100, "300.01")]
    ):
        facts = {**budget, "month": month, "percent": percent, "spent_usd": spent}
        hear(api, "access.budget_warned", partner_id, number + 1, **facts)
    assert "budget: 241.37 of 300.00 USD" in browser.open("/status").page.html
    assert browser.page.html.count("You have used") == 1
    check_page(browser, "en")
    told = api.get(f"/v1/partners/{partner_id}/timeline", api.service.sessions.begin(partner_id).token).json
    assert {"241.37", "151.00"} <= {entry["facts"].get("spent_usd") for entry in told["entries"]}


def test_tier_people_agreement_and_contact(app: Flask, api: ApiClient) -> None:
    browser = looking(app, api, in_state(api, State.ACTIVE))
    html = browser.page.html
    assert [term.words.strip() for term in browser.page.all("dt")] == [
        "Tier",
        "Agreement",
        "Company",
        "Contact",
        "Learning",
        "Questions? Contact",
    ]
    assert "<dd>Premier</dd>" in html
    assert "Version 2026-01. Accepted by Jana O&#39;Neill on March 5, 2026, 2:30\u202fPM UTC." in html
    assert "/agreement" in browser.page.links()
    assert "Åse Ünal" in html
    assert "mailto:partners@gangway.example" in browser.page.links()


def test_history_is_folded(app: Flask, api: ApiClient) -> None:
    browser = looking(app, api, in_state(api, State.ACTIVE))
    [details] = browser.page.all("details")
    assert "open" not in details.attributes
    html = browser.page.html
    assert html.index("<details>") < html.index("Application received.") < html.index("</details>")
