"""An active partner asks for more and changes the company's facts, by forms, in both languages."""

from typing import Any

import pytest
from flask import Flask
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.onboarding.form_browser import FormBrowser, switch
from tests.integration.onboarding.own_cookies import COOKIE
from tests.integration.onboarding.test_pages_for_everybody import check_page
from tests.integration.onboarding.test_requests import SANDBOX, active, answered, change, decide, waiting

PAGES = ("/requests", "/profile")


@pytest.fixture
def partner(api: ApiClient) -> tuple[str, str]:
    return active(api)


@pytest.fixture
def browser(app: Flask, partner: tuple[str, str]) -> FormBrowser:
    """Signed in as the partner."""
    found = FormBrowser(app)
    found.keep_cookie(COOKIE, partner[1])
    return found


def requests_of(api: ApiClient, partner: tuple[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"/v1/partners/{partner[0]}/requests", partner[1]).json["requests"]
    return found


def test_the_way_from_the_status_page_to_more_time(
    browser: FormBrowser, api: ApiClient, partner: tuple[str, str]
) -> None:
    browser.open("/status?lang=en")
    assert f"/requests?wish=more_time:{SANDBOX}" in browser.page.links()
    assert {"/requests", "/profile"} <= set(browser.page.links())
    browser.open(f"/requests?wish=more_time:{SANDBOX}").press({"days": "60", "reason": "The pilot."})
    assert (browser.status, browser.url) == (200, "/requests")
    [request] = requests_of(api, partner)
    assert (request["days"], request["reason"], request["standing"]) == (60, "The pilot.", "asked")
    assert "Cloud sandbox, 60 more days" in browser.page.html
    browser.open(f"/requests?wish=more_time:{SANDBOX}").press()
    assert (browser.status, len(requests_of(api, partner))) == (409, 1)
    assert "You have already requested this" in browser.page.html
    answered(api, partner, request["request_id"], "left_to_operator")
    decide(api, request["request_id"], "refusal")
    assert "We looked at it." in browser.open("/requests").page.html


def test_a_request_is_taken_back_by_its_button(
    browser: FormBrowser, api: ApiClient, partner: tuple[str, str]
) -> None:
    browser.open("/requests").press({"wish": "competence:data"})
    browser.press(form=1)
    assert [one["standing"] for one in requests_of(api, partner)] == ["withdrawn"]
    assert len(browser.page.forms) == 1


@pytest.mark.parametrize(
    "given",
    [
        {"wish": ""},
        {"wish": "rocket:1"},
        {"wish": "product:rocket"},
        {"wish": "more_time:x"},
        {"wish": f"more_time:{SANDBOX}", "days": "-3"},
        {"wish": "product:crm", "reason": "x" * 2_001},
    ],
    ids=["nothing", "kind", "product", "grant", "days", "reason"],
)
def test_nonsense_is_shown_again_and_keeps_nothing(
    browser: FormBrowser, api: ApiClient, partner: tuple[str, str], given: dict[str, str]
) -> None:
    browser.open("/requests?lang=en").press(given)
    assert browser.status == 422
    assert browser.page.classed("field-error")
    assert requests_of(api, partner) == []


WRONG_IN_GERMAN = {
    "/requests": ({"wish": ""}, "Bitte wählen Sie aus der Liste."),
    "/leave": ({"reason": "x" * 2001}, "Das ist zu lang."),
}


@pytest.mark.parametrize("path", WRONG_IN_GERMAN)
def test_what_is_wrong_is_told_in_the_language_of_the_page(
    browser: FormBrowser, api: ApiClient, partner: tuple[str, str], path: str
) -> None:
    """Which is the contact's, whatever the browser asks for."""
    typed, words = WRONG_IN_GERMAN[path]
    members = f"/v1/partners/{partner[0]}/members"
    contact = api.get(f"/v1/partners/{partner[0]}", partner[1]).json["contact"]["member_id"]
    api.post(f"{members}/{contact}/language", {"language": "de"}, partner[1])
    browser.open(path).press(typed)
    assert browser.status == 422
    assert words in browser.page.html


def test_facts_of_the_company_change_at_once_or_by_review(
    browser: FormBrowser, api: ApiClient, partner: tuple[str, str]
) -> None:
    browser.open("/profile?lang=en").press({"website": "www.neu.example", "expected_benefits": "More."})
    assert browser.url == "/status"
    assert "https://www.neu.example" in browser.page.html
    browser.open("/profile").press({"legal_name": "Neue Firma SE", "reason": "We merged."})
    assert browser.url == "/requests"
    [request] = requests_of(api, partner)
    assert request["request_id"] in waiting(api)
    assert request["after"] == {"legal_name": "Neue Firma SE"}
    browser.open("/profile")
    assert "Neue Firma SE" in browser.page.html
    assert "legal_name" not in browser.page.forms[0].fields
    browser.press({"website": "https://dritte.example"})
    assert browser.url == "/status"
    assert decide(api, request["request_id"], "approval", "reviewer").status_code == 200
    assert browser.open("/status").heading == "Neue Firma SE"


def test_a_wrong_field_is_named_and_all_that_was_typed_stays(browser: FormBrowser) -> None:
    given = {"website": "nowhere", "country": "FR", "registration_number": "552100555", "reason": "Moved."}
    browser.open("/profile?lang=en").press(given)
    assert browser.status == 422
    browser.press({"website": "https://neu.example"})
    assert (browser.status, browser.page.forms[0].fields["reason"]) == (422, "Moved.")
    assert "the check digit does not match" in browser.page.html


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_pages_are_sound_in_both_languages(
    browser: FormBrowser, api: ApiClient, partner: tuple[str, str], language: str
) -> None:
    browser.open("/requests").press({"wish": "product:crm"})
    decide(api, requests_of(api, partner)[0]["request_id"], "refusal")
    browser.open("/profile").press({"legal_name": "Neue Firma SE"})
    for path in PAGES:
        browser.open(f"{path}?lang={language}")
        check_page(browser, language)
        browser.press({"wish": "", "website": "nowhere"})
        check_page(browser, language)
    browser.open("/profile?lang=de").press({"website": "www.half.typed"}, button=switch(browser, "en"))
    assert browser.page.forms[0].fields["website"] == "www.half.typed"


def test_only_an_active_partner_sees_them(browser: FormBrowser, api: ApiClient, app: Flask) -> None:
    for path in PAGES:
        assert FormBrowser(app).open(path).url == "/new-link"
    browser.keep_cookie(
        COOKIE,
        api.screened(
            company={
                "legal_name": "Frühe AG",
                "country": "DE",
                "registration_number": "HRB 9",
                "website": "https://fruehe.example",
            }
        )[1],
    )
    for path in PAGES:
        assert browser.open(path).url == "/status"


def test_a_tab_asks_only_for_what_was_typed_into_it(
    browser: FormBrowser, api: ApiClient, partner: tuple[str, str]
) -> None:
    browser.open("/profile?lang=en")
    request = change(api, partner, company={"legal_name": "Neue Firma SE"}).json["request"]
    decide(api, request["request_id"], "approval", "reviewer")
    browser.press({"website": "https://neu.example"})
    assert (browser.url, len(requests_of(api, partner))) == ("/status", 1)
    company = api.get(f"/v1/partners/{partner[0]}", partner[1]).json["company"]
    assert (company["legal_name"], company["website"]) == ("Neue Firma SE", "https://neu.example")


@pytest.mark.parametrize("is_open", [True, False], ids=["asked", "often"])
def test_what_was_typed_stays_where_the_request_is_refused(
    browser: FormBrowser, api: ApiClient, partner: tuple[str, str], is_open: bool
) -> None:
    browser.open("/profile?lang=en")
    if is_open:
        change(api, partner, company={"legal_name": "Other SE"})
    else:
        of_today = """INSERT INTO requests
            SELECT gen_random_uuid(), %s, 'product', 'crm', '', now(), 'withdrawn', '{}', '[]'
            FROM generate_series(1, 20)"""
        with api.service.database.engine.begin() as connection:
            connection.exec_driver_sql(of_today, (partner[0],))
    browser.press({"legal_name": "Neue Firma SE", "website": "https://neu.example"})
    assert (browser.status, "https://neu.example" in browser.page.html) == (409, True)
    words = "You have already requested this" if is_open else "You have reached today"
    assert words in browser.page.html
    assert "neu.example" not in api.get(f"/v1/partners/{partner[0]}", partner[1]).text
