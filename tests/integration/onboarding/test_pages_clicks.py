"""What people click: in their language, twice, with a wrong address, and years later."""

from datetime import datetime

import pytest
from flask import Flask
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.onboarding.form_browser import FormBrowser, switch
from tests.integration.onboarding.test_pages_applying import FILLED, applied
from tests.integration.onboarding.test_pages_of_a_partner import came_in, screened

VERIFY = "partner.email_verification_requested"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-DE,en-US;q=0.7,en;q=0.3", "de"),
        ("de-AT, en;q=0.9", "de"),
        ("DE-ch;q=0.8, fr;q=0.9, en;q=0.1", "de"),
        ("en-US,en;q=0.9,de;q=0.8", "en"),
        ("fr, de;q=0.5, en;q=0.4", "de"),
        ("en;q=0, de-DE;q=0.1", "de"),
        ("de;q=0, *", "en"),
        ("*", "en"),
        ("", "en"),
        ("x" * 5000, "en"),
        ("de;q=nonsense", "en"),
    ],
)
def test_the_browsers_languages_are_understood(app: Flask, accepted: str, language: str) -> None:
    browser = FormBrowser(app, languages=accepted)
    assert browser.open("/apply").language == language
    assert browser.page.forms[0].fields["language"] == language


def test_a_double_click_opens_the_link_once_and_lets_the_person_in(
    app: Flask, api: ApiClient, browser: FormBrowser
) -> None:
    partner_id = api.applied()
    path = "/links/" + api.token_of(VERIFY, partner_id)
    browser.open(path)
    visit = browser.page.forms[0].fields["visit"]
    browser.press()
    # The second click of the same page; the browser threw the first answer away, cookie and all.
    impatient = FormBrowser(app)
    impatient.open(path)
    assert impatient.status == 410
    impatient.page.forms, impatient.url = FormBrowser(app).open("/new-link").page.forms, path
    impatient.page.forms[0].action = path
    impatient.press({"visit": visit})
    assert (impatient.status, impatient.url) == (200, "/status")
    told = [name for name, _ in api.events(partner_id)]
    assert told.count("partner.email_verified") == 1


@pytest.mark.parametrize("visit", ["", "nonsense", "0193f0a2-7c1e-7d2b-9a54-3f6c1b0e8d11"])
def test_a_used_link_stays_used_for_every_other_visit(
    app: Flask, api: ApiClient, browser: FormBrowser, visit: str
) -> None:
    path = "/links/" + api.token_of(VERIFY, api.applied())
    browser.open(path).press()
    answer = app.test_client().post(path, data={"visit": visit}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 410


def test_a_visit_opens_the_used_link_for_seconds_only(
    app: Flask, api: ApiClient, browser: FormBrowser
) -> None:
    path = "/links/" + api.token_of(VERIFY, api.applied())
    visit = browser.open(path).page.forms[0].fields["visit"]
    browser.press()
    with api.service.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE links SET used_at = used_at - interval '31 seconds'")
    answer = app.test_client().post(path, data={"visit": visit}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 410


def test_the_language_switch_keeps_what_was_typed(browser: FormBrowser, api: ApiClient) -> None:
    typed = {**FILLED, "website": "not yet", "contact-email": "half@", "language": "en"}
    browser.open("/apply")
    browser.press(typed, button=switch(browser, "de"))
    assert (browser.status, browser.language) == (200, "de")
    kept = browser.page.forms[0].fields
    for name, value in typed.items():
        assert (kept.getlist(name) if isinstance(value, list) else kept[name]) == value, name
    assert "field-error" not in browser.page.html
    browser.press({"website": "example.com", "contact-email": FILLED["contact-email"]})
    assert applied(browser)
    assert browser.language == "de"


def test_enter_in_a_form_is_not_the_language_switch(browser: FormBrowser) -> None:
    """The default button of a form is its first submit button in the order of the page."""
    for path in ("/apply", "/new-link"):
        browser.open(path)
        form = next(e for e in browser.page.all("form")).attributes["id"]
        own = [b for b in browser.page.all("button") if b.attributes.get("form") in {form, None}]
        assert "name" not in own[0].attributes, path


def test_other_forms_keep_what_was_typed_too(browser: FormBrowser, api: ApiClient) -> None:
    browser.open("/new-link")
    browser.press({"email": "jana@"}, button=switch(browser, "de"))
    assert (browser.language, browser.page.forms[0].fields["email"]) == ("de", "jana@")
    came_in(browser, api)
    browser.open("/withdraw")
    browser.press({"reason": "Half a sen"}, button=switch(browser, "en"))
    assert (browser.language, browser.page.forms[0].fields["reason"]) == ("en", "Half a sen")
    assert api.state(str(api.last("partner.applied")["partner_id"])) == "email_verified"


def test_the_typed_address_is_shown_and_can_be_corrected(
    app: Flask, browser: FormBrowser, api: ApiClient
) -> None:
    browser.open("/apply").press({**FILLED, "contact-email": "joerg@muller.example"})
    assert "joerg@muller.example" in browser.page.html
    partner_id = str(api.last("partner.applied")["partner_id"])
    wrong = "/links/" + api.token_of(VERIFY, partner_id)
    browser.press({"email": "not an address"})
    assert (browser.status, browser.page.forms[0].fields["email"]) == (422, "not an address")
    browser.press({"email": "joerg@mueller.example"})
    assert (browser.status, browser.url) == (200, "/check-your-mail")
    assert "joerg@mueller.example" in browser.page.html
    told = api.last(VERIFY, partner_id)
    assert (told["contact"]["email"], told["reason"]) == ("joerg@mueller.example", "requested_again")
    assert browser.open(wrong).heading == "This link has expired"
    browser.open("/links/" + api.token_of(VERIFY, partner_id)).press()
    assert (browser.url, api.state(partner_id)) == ("/status", "email_verified")
    browser.open("/check-your-mail")
    assert "joerg@mueller.example" not in browser.page.html


def test_nobody_else_sees_or_changes_the_address(app: Flask, browser: FormBrowser, api: ApiClient) -> None:
    browser.open("/apply").press(FILLED)
    stranger = FormBrowser(app)
    stranger.open("/check-your-mail")
    assert "@" not in stranger.page.html
    assert stranger.page.forms == []
    answer = app.test_client().post(
        "/check-your-mail", data={"email": "thief@evil.example"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert (answer.status_code, answer.location) == (303, "/check-your-mail")
    assert api.last(VERIFY)["contact"]["email"] == FILLED["contact-email"]


def test_the_accepted_agreement_can_be_read_again(browser: FormBrowser, api: ApiClient) -> None:
    partner_id = came_in(browser, api, language="de")
    screened(api, partner_id)
    browser.open("/agreement").press({"accept": "yes"})
    assert "/agreement" in browser.page.links()
    browser.open("/agreement?lang=en")
    assert browser.status == 200
    [article] = browser.page.all("article")
    assert article.attributes["lang"] == "de"
    assert "Accepted by Jörg O&#39;Neill on" in browser.page.html
    assert browser.page.forms == []
    browser.open("/leave").press({"reason": "Over."})
    assert browser.open("/agreement").page.all("article")


def test_a_link_that_serves_a_deadline_lasts_as_long(browser: FormBrowser, api: ApiClient) -> None:
    partner_id = came_in(browser, api)
    screened(api, partner_id)
    with api.service.open_work() as work:
        deadline = work.partners.get(work.partners.reached_by(FILLED["contact-email"])[0]).deadline_at
    assert deadline is not None
    assert datetime.fromisoformat(api.last("partner.approved")["link"]["expires_at"]) == deadline
    browser.open("/status")
    assert "UTC." in browser.page.html


@pytest.mark.parametrize(
    "path", ["/withdraw", "/people", "/sessions", "/status", "/agreement", "/withdraw?lang=de"]
)
def test_a_form_of_one_partner_does_nothing_to_another(
    path: str, api: ApiClient, browser: FormBrowser
) -> None:
    """Somebody speaks for two companies, and has a tab of each in one browser."""
    first = came_in(browser, api)
    screened(api, first)
    browser.open(path)
    url, page = browser.url, browser.page
    second = came_in(browser, api)
    screened(api, second)
    before = [(api.state(one), len(api.events(one))) for one in (first, second)]
    browser.url, browser.page = url, page
    form = next(number for number, form in enumerate(page.forms) if "subject" in form.fields)
    browser.press({"accept": "yes"} if path == "/agreement" else None, form=form)
    assert browser.url == "/new-link?why=another"
    assert 'role="alert"' in browser.page.html
    assert [(api.state(one), len(api.events(one))) for one in (first, second)] == before
    browser.open("/withdraw").press()
    assert [api.state(one) for one in (first, second)] == [before[0][0], "withdrawn"]


def test_an_address_is_corrected_for_the_application_that_the_page_showed(
    api: ApiClient, browser: FormBrowser
) -> None:
    """Somebody applies for two companies, in two tabs of one browser."""
    browser.open("/apply").press(FILLED)
    url, page = browser.url, browser.page
    first = str(api.last("partner.applied")["partner_id"])
    browser.open("/apply").press({**FILLED, "contact-email": "noor@second.example"})
    second = str(api.last("partner.applied")["partner_id"])
    before = [len(api.events(one)) for one in (first, second)]
    browser.url, browser.page = url, page
    browser.press({"email": "jana.right@first.example"})
    assert browser.status == 409
    assert "noor@second.example" in browser.page.html
    assert [len(api.events(one)) for one in (first, second)] == before
    browser.press({"email": "noor.right@second.example"})
    assert len(api.events(second)) > before[1]
