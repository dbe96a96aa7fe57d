"""The form step by step: whatever was typed on one screen is there on every other, on whatever way."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.onboarding.form_browser import Element, FormBrowser
from tests.integration.onboarding.test_pages_applying import FILLED, LAST_STEP, applied, errors_of
from tests.integration.onboarding.test_pages_clicks import switch
from tests.integration.onboarding.test_what_people_type import NO_END, PRINTED

from onboarding.domain.registers import READERS, read_registration
from onboarding.domain.registration import Verdict
from onboarding.entrypoints.web.pages.form_steps import CHECK, STEPS, step_of
from onboarding.entrypoints.web.pages.form_words import REGISTERS

ANSWERS = {name: value for name, value in FILLED.items() if name not in LAST_STEP}


def answers_of(step: str, answers: dict[str, Any] = ANSWERS) -> dict[str, Any]:
    return {name: value for name, value in answers.items() if step_of(name) == step}


def step_shown(browser: FormBrowser) -> str:
    return browser.page.forms[0].fields["step"]


def kept(browser: FormBrowser, answers: dict[str, Any]) -> dict[str, Any]:
    """What the page holds of these answers, on the screen or behind it."""
    fields = browser.page.forms[0].fields
    return {
        name: fields.getlist(name) if isinstance(value, list) else fields.get(name)
        for name, value in answers.items()
    }


def to_check(browser: FormBrowser) -> None:
    """Answer step after step, as anybody would."""
    browser.open("/apply")
    for step in STEPS:
        assert step_shown(browser) == step
        if step != CHECK:
            browser.press(answers_of(step))
            assert browser.status == 200, errors_of(browser)


def button(browser: FormBrowser, name: str, value: str) -> Element:
    """The first of the page's buttons that sends this."""
    wanted = (name, value)
    buttons = browser.page.all("button")
    return next(
        found for found in buttons if (found.attributes.get("name"), found.attributes.get("value")) == wanted
    )


def test_step_by_step_to_the_application(browser: FormBrowser, api: ApiClient) -> None:
    to_check(browser)
    assert kept(browser, ANSWERS) == ANSWERS
    shown = [element.words.strip() for element in browser.page.classed("typed")]
    for words in ("Germany", "Machine builder", "IoT, Edge computing", "HRB 12345", "O'Neill"):
        assert words in shown, words
    assert "Åse Ünal\nase@mueller.example\nSame as the company" in shown
    assert applied(browser.press())
    assert [name for name, _ in api.events()].count("partner.applied") == 1


def test_back_and_forth_and_in_another_language(browser: FormBrowser) -> None:
    to_check(browser)
    for step in reversed(list(STEPS)[:-1]):
        browser.press(button=button(browser, "go", step))
        assert (step_shown(browser), kept(browser, ANSWERS)) == (step, ANSWERS)
        browser.press(button=switch(browser, "de")).press(button=switch(browser, "en"))
        assert (step_shown(browser), kept(browser, ANSWERS)) == (step, ANSWERS)
        assert "field-error" not in browser.page.html


def test_a_half_answer_is_kept_by_back(browser: FormBrowser) -> None:
    browser.open("/apply").press(answers_of("company"))
    browser.press({"website": "not ye", "go": "company"})
    assert (browser.status, step_shown(browser)) == (200, "company")
    browser.press()
    assert browser.page.forms[0].fields["website"] == "not ye"
    assert browser.press().status == 422


def test_who_changes_one_answer_comes_back_to_all_of_them(browser: FormBrowser) -> None:
    to_check(browser)
    browser.press(button=button(browser, "go", "contact"))
    browser.press({"contact-family_name": "Neu"})
    assert step_shown(browser) == CHECK
    assert browser.page.forms[0].fields["contact-family_name"] == "Neu"
    browser.press(button=button(browser, "go", "contact")).press({"contact-email": "no"})
    assert (browser.status, step_shown(browser)) == (422, "contact")


def test_another_country_keeps_the_number_and_asks_for_it_again(browser: FormBrowser) -> None:
    to_check(browser)
    browser.press(button=button(browser, "go", "company")).press({"country": "FR"})
    assert (step_shown(browser), browser.page.forms[0].fields["registration_number"]) == (
        "register",
        ANSWERS["registration_number"],
    )
    assert "SIREN" in browser.page.html
    browser.press({"registration_number": "552 100 555"})
    assert errors_of(browser) == {
        "registration_number": "This number is not valid: the check digit does not match. "
        "Please compare it with the register."
    }
    assert step_shown(browser.press({"registration_number": "552 100 554"})) == CHECK


def test_a_number_that_another_country_makes_wrong_cannot_be_sent(
    browser: FormBrowser, api: ApiClient
) -> None:
    browser.open("/apply").press({**FILLED, "country": "FR", "registration_number": "552 100 555"})
    assert (browser.status, step_shown(browser)) == (422, "register")
    assert api.events() == []


def test_two_tabs_do_not_mix(app: Flask, browser: FormBrowser, api: ApiClient) -> None:
    to_check(browser)
    first = browser.page
    other = FormBrowser(app)
    other.open("/apply").press({"country": "FR", "legal_name": "Autre SARL"})
    browser.page = first
    assert applied(browser.press())
    assert api.last("partner.applied")["legal_name"] == ANSWERS["legal_name"]
    assert kept(other, {"legal_name": ""}) == {"legal_name": "Autre SARL"}


def test_back_after_sending_and_sending_again_is_one_application(
    browser: FormBrowser, api: ApiClient
) -> None:
    to_check(browser)
    last = browser.page
    for _ in range(3):
        browser.page, browser.url = last, "/apply"
        assert applied(browser.press())
    assert [name for name, _ in api.events()].count("partner.applied") == 1


def test_only_the_browser_keeps_what_is_not_sent(browser: FormBrowser, api: ApiClient) -> None:
    to_check(browser)
    assert browser.answer.headers["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in browser.answer.headers
    assert browser.url == "/apply"
    with api.service.database.engine.begin() as connection:
        for table in ("partners", "idempotency_answers", "outbox"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0, table  # noqa: S608


@pytest.mark.parametrize("country", [*REGISTERS, "US", "XK"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_each_register_is_asked_for_by_its_own_name(app: Flask, country: str, language: str) -> None:
    browser = FormBrowser(app, language)
    browser.open("/apply").press({"country": country, "legal_name": "X Ltd"})
    [hint] = [p for p in browser.page.all("p") if p.attributes.get("id") == "registration_number-hint"]
    register = REGISTERS.get(country)
    if register is None:
        assert "For example" not in hint.words
        return
    name = next(span for span in browser.page.all("span") if span.words == register.name)
    assert name.attributes["lang"] == register.language
    assert register.example in hint.words
    assert read_registration(country, register.example).verdict is Verdict.FINE
    assert browser.press({"registration_number": register.example}).status == 422
    assert "registration_number" not in errors_of(browser)


def test_every_register_that_is_read_has_its_words() -> None:
    assert REGISTERS.keys() == READERS.keys()


_LINE = PRINTED
_LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=80)
_TYPED = st.fixed_dictionaries(
    {
        "country": st.sampled_from(["DE", "FR", "XK", ""]),
        "legal_name": _LINE,
        "registration_number": _LINE,
        "website": _LINE,
        "partner_type": st.sampled_from(["reseller", "consultancy", ""]),
        "competences": st.lists(st.sampled_from(["iot", "edge", "ai"]), unique=True).map(sorted),
        "products_wanted": st.lists(st.sampled_from(["crm", "iot"]), unique=True).map(sorted),
        "expected_benefits": _LINES,
        "contact-given_name": _LINE,
        "contact-family_name": _LINE,
        "contact-email": _LINE | st.emails(),
        "language": st.sampled_from(["de", "en"]),
        "member-0-given_name": _LINE,
        "member-0-family_name": _LINE,
        "member-0-email": _LINE | st.emails(),
        "member-0-language": st.sampled_from(["de", "en", ""]),
    }
)


@settings(NO_END, max_examples=25)
@given(typed=_TYPED, way=st.permutations([step for step in STEPS if step != CHECK]))
def test_whatever_is_typed_on_whatever_way_is_there_at_the_end(
    browser: FormBrowser, typed: dict[str, Any], way: list[str]
) -> None:
    """Also what cannot be accepted, and in any order of the steps."""
    so_far: dict[str, Any] = {}
    browser.open("/apply").press({"go": way[0]})
    for step, following in zip(way, [*way[1:], CHECK], strict=True):
        more = {"rows": "1"} if step == "people" else {}
        so_far |= answers_of(step, typed)
        browser.press({**answers_of(step, typed), **more, "go": following})
        assert (step_shown(browser), kept(browser, so_far)) == (following, so_far)
    browser.press()
    if not applied(browser):
        assert browser.status == 422
        assert kept(browser, typed) == typed


@settings(NO_END, max_examples=25)
@given(
    legal_name=PRINTED,
    given_name=PRINTED,
    family_name=PRINTED,
    benefits=_LINES,
)
def test_the_form_makes_the_application_that_the_api_would_make(  # noqa: PLR0917 - what is typed
    browser: FormBrowser, api: ApiClient, legal_name: str, given_name: str, family_name: str, benefits: str
) -> None:
    typed = {"legal_name": f"A {legal_name}", "expected_benefits": benefits}
    person = {"given_name": f"A {given_name}", "family_name": family_name}
    browser.open("/apply").press({**FILLED, **typed, **{f"contact-{part}": v for part, v in person.items()}})
    names = ("registration_number", "country")
    company = {name: FILLED[name] for name in names} | {"website": f"https://{FILLED['website']}"}
    answer = api.post(
        "/v1/applications",
        {
            "company": {**company, "legal_name": typed["legal_name"]},
            **{name: FILLED[name] for name in ("partner_type", "competences", "products_wanted")},
            "expected_benefits": benefits,
            "language": "en",
            "contact": {**person, "email": FILLED["contact-email"]},
            "members": [
                {part: FILLED[f"member-0-{part}"] for part in ("given_name", "family_name", "email")}
            ],
        },
    )
    assert (answer.status_code == 202) is applied(browser)
    if answer.status_code == 202:
        *_, by_form, by_api = [data for name, data in api.events() if name == "partner.applied"]
        assert {**by_form, "partner_id": None} == {**by_api, "partner_id": None}
