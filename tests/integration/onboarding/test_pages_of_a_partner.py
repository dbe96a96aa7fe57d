"""A partner's life by links and forms alone: come in, correct, agree, look, leave."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import text
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.onboarding.form_browser import FormBrowser, switch
from tests.integration.onboarding.own_cookies import COOKIE
from tests.integration.onboarding.test_api_life import run_link_requests
from tests.integration.onboarding.test_pages_applying import FILLED, applied, errors_of
from tests.integration.onboarding.test_worker_and_consumer import hear

from onboarding.domain.access import Cause, GrantState, Report
from onboarding.domain.application import CORRECTABLE_FIELDS
from onboarding.handlers.commands import ScreenPartner
from onboarding.handlers.screen import screen

PERSONAL = ("/status", "/correction", "/agreement", "/withdraw", "/leave")


def came_in(browser: FormBrowser, api: ApiClient, **changes: Any) -> str:
    """Apply by the form and open the mail's link."""
    browser.open("/apply").press({**FILLED, **changes})
    assert applied(browser)
    partner_id = str(api.last("partner.applied")["partner_id"])
    browser.open("/links/" + api.token_of("partner.email_verification_requested", partner_id)).press()
    assert browser.url == "/status"
    return partner_id


def screened(api: ApiClient, partner_id: str) -> None:
    with api.service.open_work() as work:
        screen(work, ScreenPartner(UUID(partner_id)))


def decide(api: ApiClient, partner_id: str, decision: str, **body: Any) -> None:
    answer = api.post(f"/v1/partners/{partner_id}/{decision}", body, api.ops())
    assert answer.status_code == 200, answer.json


def reported(api: ApiClient, partner_id: str, *reports: Report) -> None:
    """What provisioning's events leave behind."""
    with api.service.open_work() as work:
        plan = work.access_plans.of(UUID(partner_id))
        for report in reports:
            plan.record(report)
        work.access_plans.save(UUID(partner_id), plan)


def report(product: str, state: GrantState, **more: Any) -> Report:
    return Report(grant_id=uuid4(), product=product, state=state, sequence=1, **more)


def test_the_whole_way_by_forms(browser: FormBrowser, api: ApiClient) -> None:
    partner_id = came_in(browser, api, language="de")
    assert "Wir sehen uns Ihre Bewerbung an." in browser.page.html
    screened(api, partner_id)
    browser.open("/status")
    assert "/agreement" in browser.page.links()
    browser.open("/agreement").press()
    assert (browser.status, api.state(partner_id)) == (422, "approved")
    browser.press({"accept": "yes"})
    assert (browser.url, api.state(partner_id)) == ("/status", "agreement_accepted")
    assert browser.open("/withdraw").url == "/status"


def test_nobody_sees_a_page_without_a_session(browser: FormBrowser, api: ApiClient) -> None:
    for path in PERSONAL:
        assert browser.open(path).url == "/new-link", path
        browser.press({"email": ""})
        assert "This field is required." in browser.page.html
    partner_id = came_in(browser, api)
    for path in PERSONAL:
        browser.open(path)
        assert browser.answer.headers["Cache-Control"] == "no-store"
        assert browser.url == ("/withdraw" if path == "/withdraw" else "/status"), path
    browser.open("/status")
    actions = [form.action for form in browser.page.forms]
    browser.press(form=actions.index("/sign-out"))
    assert (browser.url, browser.cookie(COOKIE)) == ("/", None)
    assert browser.open("/status").url == "/new-link"
    assert "were not saved" not in browser.page.html
    assert api.state(partner_id) == "email_verified"


def test_what_is_sent_after_the_session_has_ended_is_told_to_be_lost(
    browser: FormBrowser, app: Flask, api: ApiClient
) -> None:
    partner_id = came_in(browser, api)
    browser.open("/withdraw")
    forgetful = FormBrowser(app)
    forgetful.page, forgetful.url = browser.page, browser.url
    forgetful.press({"reason": "Too late."})
    assert forgetful.url.partition("?")[0] == "/new-link"
    assert "You are no longer signed in" in forgetful.page.html
    assert api.state(partner_id) == "email_verified"


@pytest.mark.parametrize("referer", ["https://gangway.example/links/AaIdljLd", "http://[/links/no-address"])
def test_a_browser_that_keeps_no_cookie_is_told_so(app: Flask, referer: str) -> None:
    came_from = {"Referer": referer, "Accept-Language": "en"}
    answer = app.test_client().get("/status", headers=came_from, follow_redirects=True)
    assert "did not keep the cookie" in answer.text


def test_a_link_is_looked_at_many_times_and_opens_once(
    browser: FormBrowser, app: Flask, api: ApiClient
) -> None:
    partner_id = api.applied()
    path = "/links/" + api.token_of("partner.email_verification_requested", partner_id)
    for _ in range(2):
        browser.open(path)
        assert (browser.status, browser.heading) == (200, "Mailadresse bestätigen")
    assert api.state(partner_id) == "applied"
    browser.press()
    assert (browser.url, api.state(partner_id)) == ("/status", "email_verified")
    stranger = FormBrowser(app)
    stranger.open(path)
    assert (stranger.status, stranger.heading) == (410, "This link has already been used")
    assert "/new-link" in stranger.page.links()


def test_links_that_open_nothing(browser: FormBrowser, api: ApiClient) -> None:
    partner_id, late_id = api.applied(), api.applied()
    known = api.last("partner.email_verification_requested", partner_id)["link"]
    late = api.token_of("partner.email_verification_requested", late_id)
    with api.service.database.engine.begin() as connection:
        over = "UPDATE links SET expires_at = now() - interval '1 minute' WHERE partner_id = %s"
        connection.exec_driver_sql(over, (UUID(late_id),))
    good = api.link_token(known)
    tokens = {
        "This link has expired": [late],
        "This link does not work": [
            "nonsense",
            good[:-4] + "AAAA",
            good[:40],
            api.link_token({"id": str(uuid4())}),
        ],
    }
    for heading, broken in tokens.items():
        for token in broken:
            assert (browser.open(f"/links/{token}").status, browser.heading) == (410, heading)
            browser.page.forms, browser.url = browser.open("/new-link").page.forms, f"/links/{token}"
            browser.page.forms[0].action = ""
            browser.press()
            assert (browser.status, browser.heading) == (410, heading)
            assert browser.cookie(COOKIE) is None
    assert api.state(partner_id) == "applied"


def test_asking_for_a_link_tells_nobody_who_is_a_partner(browser: FormBrowser, api: ApiClient) -> None:
    api.screened()
    pages = []
    for email in ("jana@mueller-soehne.example", "nobody@nowhere.example"):
        browser.open("/new-link").press({"email": email})
        pages.append((browser.status, browser.page.html, sorted(browser.answer.headers.keys())))
        assert email not in browser.page.html
    assert pages[0] == pages[1]
    assert pages[0][0] == 202


def test_forms_of_other_sites_do_nothing(app: Flask, browser: FormBrowser, api: ApiClient) -> None:
    partner_id = came_in(browser, api)
    client = app.test_client()
    client.set_cookie(COOKIE, browser.cookie(COOKIE) or "")
    for path in ("/apply", "/new-link", "/sign-out", *PERSONAL[1:]):
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
            answer = client.post(path, headers={**headers, "Accept": "text/html"}, data={"reason": "x"})
            assert answer.status_code == 403, path
            assert "Access denied" in answer.text
    assert api.state(partner_id) == "email_verified"


NEW_VALUES: dict[str, dict[str, Any]] = {
    "legal_name": {"legal_name": "Neu & Alt AG"},
    "registration_number": {"registration_number": "HRB 777"},
    "country": {"country": "AT"},
    "website": {"website": "new.example"},
    "competences": {"competences": ["data"]},
    "products_wanted": {"products_wanted": []},
    "expected_benefits": {"expected_benefits": "Mehr"},
    "language": {"language": "de"},
    "members": {"member-0-given_name": "Anna", "member-1-given_name": "Bo", "member-1-family_name": "Li"},
    # The last, since the rules then approve the company by themselves.
    "partner_type": {"partner_type": "consultancy"},
}


def test_every_field_can_be_corrected_and_only_what_was_asked(browser: FormBrowser, api: ApiClient) -> None:
    assert NEW_VALUES.keys() == set(CORRECTABLE_FIELDS)
    partner_id = came_in(browser, api, partner_type="training_provider")
    for name, values in NEW_VALUES.items():
        screened(api, partner_id)
        decide(api, partner_id, "correction-request", fields=[name], message="<i>Bitte</i>\nprüfen")
        assert "/correction" in browser.open("/status").page.links()
        browser.open("/correction")
        assert "&lt;i&gt;Bitte" in browser.page.html
        more = {"member-1-email": "bo@mueller.example"} if name == "members" else {}
        browser.press({**values, **more, "legal_name": values.get("legal_name", "Not asked")})
        assert browser.url == "/status", (name, errors_of(browser))
        assert api.last("partner.correction_submitted")["changed_fields"] == [name]
        assert browser.open("/correction").url == "/status"
    seen = api.get(f"/v1/partners/{partner_id}", api.ops("viewer")).json
    assert seen["company"]["legal_name"] == "Neu & Alt AG"
    people = api.post(f"/v1/partners/{partner_id}/disclosure", {"reason": "To compare."}, api.ops()).json
    assert [person["given_name"] for person in people["members"]] == ["Anna", "Bo"]


def test_a_wrong_correction_comes_back(browser: FormBrowser, api: ApiClient) -> None:
    partner_id = came_in(browser, api, partner_type="training_provider")
    screened(api, partner_id)
    decide(api, partner_id, "correction-request", fields=["members", "country"], message="?")
    browser.open("/correction").press({"country": "", "member-0-email": "no"})
    assert browser.status == 422
    assert set(errors_of(browser)) == {"country", "member-0-email"}
    browser.press({"country": "DE", "member-0-email": "JOERG@mueller.example"})
    assert (browser.status, list(errors_of(browser))) == (422, ["member-0-email"])
    assert "Person 1, Email address" in browser.page.html
    browser.press({"add_member": "1", "member-0-email": "ase@mueller.example"})
    assert browser.page.html.count("<legend>Person ") == 2
    assert browser.press().url == "/status"


def test_an_agreement_that_changed_meanwhile_is_read_anew(browser: FormBrowser, api: ApiClient) -> None:
    partner_id = came_in(browser, api)
    screened(api, partner_id)
    browser.open("/agreement").press({"accept": "yes", "version": "2025-07"})
    assert (browser.status, api.state(partner_id)) == (409, "approved")
    assert "agreement has changed" in browser.page.html
    assert browser.page.forms[0].fields["version"] != "2025-07"
    shown = browser.page.forms[0].fields["language"]
    browser.press(button=switch(browser, "de"))
    assert (shown, browser.page.forms[0].fields["language"]) == ("en", "de")
    browser.press({"accept": "yes", "language": "tlh"})
    assert (browser.url, api.state(partner_id)) == ("/status", "agreement_accepted")


@pytest.mark.passes_on_grown_values
def test_the_status_says_what_is_there_what_failed_and_what_to_do(
    browser: FormBrowser, api: ApiClient
) -> None:
    partner_id = came_in(browser, api)
    retry_at = datetime(2026, 3, 5, 14, 30, tzinfo=UTC)
    ill = Cause(code="crm_unreachable", message="No <answer>", step="crm", will_retry=True, retry_at=retry_at)
    stuck = Cause(code="odd_thing", message="Odd", step="x", will_retry=False)
    made = {"endpoint": "x.iot.example", "topic_root": "partners/x", "brand_new": "7"}
    ready = report("iot", GrantState.GRANTED, identifiers=made, is_collectable=True)
    reported(
        api,
        partner_id,
        ready,
        report("crm", GrantState.FAILED, cause=ill),
        report("quantum_leap", GrantState.FAILED, cause=stuck),
        report("analytics", GrantState.WAIVED),
    )
    page = browser.open("/status").page.html
    for words in (
        "Devices connect to",
        "Topic prefix",
        "brand new",
        "The CRM is not responding. We will retry automatically at 2:30\u202fPM UTC.",
        "No &lt;answer&gt;",
        "quantum leap",
        "A step failed. Our team has been notified and is working on it.",
        "waived",
        f"https://access.gangway.example/collect/{ready.grant_id}",
    ):
        assert words in page, words
    german = browser.open("/status?lang=de").page.html
    assert "Das CRM antwortet nicht. Wir versuchen es von selbst noch einmal, um 14:30 Uhr UTC." in german
    assert "Geräte verbinden sich mit" in german


def test_a_long_timeline_is_folded_the_newest_first(browser: FormBrowser, api: ApiClient) -> None:
    came_in(browser, api)
    with api.service.open_work() as work:
        copy = text("""
            INSERT INTO timeline
                (partner_id, code, occurred_at, source, event_id, audience, facts, internal_facts)
            SELECT partner_id, code, occurred_at - make_interval(hours => n), source, event_id || n, audience,
                   facts, internal_facts
            FROM timeline, generate_series(1, 30) n WHERE code = 'partner.email_verified'
        """)
        work.connection.execute(copy)
    page = browser.open("/status").page
    assert page.html.index("Activity") < page.html.index("The email address is verified.")
    moments = [element.attributes["datetime"] for element in page.all("time")]
    assert len(moments) > 30
    assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize(("path", "state"), [("/withdraw", "withdrawn"), ("/leave", "offboarding")])
def test_leaving(browser: FormBrowser, api: ApiClient, path: str, state: str) -> None:
    partner_id = came_in(browser, api)
    if path == "/leave":
        screened(api, partner_id)
        browser.open("/agreement").press({"accept": "yes"})
    assert path in browser.open("/status").page.links()
    browser.open(path)
    assert api.state(partner_id) != state
    browser.press({"reason": "x" * 2001})
    assert browser.status == 422
    browser.press({"reason": ""})
    assert (browser.url, api.state(partner_id)) == ("/status", state)
    assert browser.open(path).url == "/status"
    assert ("/apply" in browser.page.links()) is (state == "withdrawn")


def test_a_link_asked_for_lets_the_partner_in_again(browser: FormBrowser, app: Flask, api: ApiClient) -> None:
    partner_id = came_in(browser, api)
    again = FormBrowser(app, "de")
    again.open("/new-link").press({"email": FILLED["contact-email"]})
    assert again.heading == "Sehen Sie in Ihr Postfach"
    run_link_requests(api)
    again.open("/links/" + api.token_of("partner.sign_in_requested", partner_id)).press()
    assert again.url == "/status"


def test_the_status_page_leads_to_who_receives_the_data_and_tells_what_was_agreed(
    browser: FormBrowser, api: ApiClient
) -> None:
    partner_id = came_in(browser, api, language="en")
    vendor = {"integrator_id": str(uuid4()), "integrator_name": "Kartenwerk Analytics GmbH"}
    given = {"event_types": ["partner.approved.v1"], "sees_personal": False}
    hear(api, "integrator.consent_given", partner_id, 1, **vendor, **given)
    hear(api, "integrator.consent_withdrawn", partner_id, 2, **vendor)
    page = browser.open("/status").page
    assert "https://hooks.gangway.example/sharing" in page.links()
    for line in (
        "Kartenwerk Analytics GmbH receives your data from now on, without personal data.",
        "Kartenwerk Analytics GmbH no longer receives your data.",
    ):
        assert line in page.html
