"""Applying by the form: nothing is lost, every wrong field is named, one intent is one application."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.onboarding.form_browser import FormBrowser

from chassis.database.round_trips import settle_opening
from chassis.http import idempotency
from onboarding.domain import bounds

# Every answer, sent as the last step sends them.
LAST_STEP = {"step": "check", "checked": "yes"}
FILLED: dict[str, Any] = {
    **LAST_STEP,
    "legal_name": "Müller & Söhne <script>alert(1)</script> 🚀",
    "registration_number": "HRB 12345",
    "country": "DE",
    "website": "www.mueller.example/größe",
    "partner_type": "machine_builder",
    "competences": ["iot", "edge"],
    "products_wanted": ["cloud_sandbox", "iot"],
    "expected_benefits": "Erste Zeile\n\n<b>Zweite</b>",
    "contact-given_name": "Jörg",
    "contact-family_name": "O'Neill",
    "contact-email": "joerg@mueller.example",
    "member-0-given_name": "Åse",
    "member-0-family_name": "Ünal",
    "member-0-email": "ase@mueller.example",
}
# A field, what is written into it, and what the page says about it.
WRONG = [
    ("legal_name", "x" * 201, "This is too long."),
    ("legal_name", "A\x07B", "characters that are not allowed"),
    ("legal_name", "A\u202eB", "characters that are not allowed"),
    ("legal_name", " \t ", "This field is required."),
    ("legal_name", "\u200b", "This field is required."),
    ("legal_name", "\u3164\u00ad", "This field is required."),
    ("legal_name", "\U0001f680", "letters or digits"),
    ("legal_name", "\u0301", "letters or digits"),
    ("legal_name", "A" + "\u0301" * 40, "characters that are not allowed"),
    ("contact-given_name", "\u2060", "This field is required."),
    ("contact-given_name", "--", "letters or digits"),
    ("website", "https://x.example:99999", "starts with https"),
    ("website", "https://a\u2100b.example", "starts with https"),
    ("website", "https://192.0.2.1", "IP address"),
    ("website", "https://0x7f000001", "IP address"),
    ("contact-email", "j\u00f6rg.m\u00fcller@firma.example", "letters such as \u00f6"),
    ("contact-email", "joerg@192.0.2.1", "valid email address"),
    ("registration_number", "---", "letters or digits"),
    ("registration_number", "1" * 65, "This is too long."),
    ("country", "XX", "Please select an option from the list."),
    ("country", "Deutschland", "Please select an option from the list."),
    ("website", "http://plain.example", "starts with https"),
    ("website", "javascript:alert(1)", "starts with https"),
    ("website", "https://[::1", "starts with https"),
    ("website", "https://me@host.example", "starts with https"),
    ("website", "https://" + "ä" * 70 + ".example", "starts with https"),
    ("website", "https://localhost", "starts with https"),
    ("website", "https://x.example:99999", "starts with https"),
    ("website", "https://a℀b.example", "starts with https"),
    ("website", "https://x.example\\y", "starts with https"),
    ("website", "https://[fe80::1%25eth0]/", "starts with https"),
    ("website", f"https://{'a' * 300}.example", "starts with https"),
    ("website", "x.example/" + "ä" * 90, "This is too long."),
    ("partner_type", "spy", "Please select an option from the list."),
    ("competences", ["iot", "magic"], "Please select an option from the list."),
    ("products_wanted", ["iot", "iot"], "Please check this."),
    ("expected_benefits", "x" * 2001, "This is too long."),
    ("language", "tlh", "Please select an option from the list."),
    ("contact-email", "no address", "valid email address"),
    ("contact-email", "a@b@c.example", "valid email address"),
    ("member-0-language", "xx", "Please select an option from the list."),
    ("member-0-email", "JOERG@mueller.example", "Someone else already has this email address"),
    ("member-0-given_name", "", "This field is required."),
    ("member-1-given_name", "Half a person", "This field is required."),
]


def applied(browser: FormBrowser) -> bool:
    return browser.url.startswith("/check-your-mail")


def errors_of(browser: FormBrowser) -> dict[str, str]:
    """What the page says beside the fields, by field."""
    told = {
        element.attributes["id"]: element.words.strip() for element in browser.page.classed("field-error")
    }
    return {name.removesuffix("-error"): words for name, words in told.items()}


def test_what_is_written_arrives_unchanged(browser: FormBrowser, api: ApiClient) -> None:
    browser.open("/apply").press(FILLED)
    assert applied(browser), browser.page.html
    told = api.last("partner.applied")
    assert told["legal_name"] == FILLED["legal_name"]
    assert told["website"] == "https://www.mueller.example/gr%C3%B6%C3%9Fe"
    assert told["expected_benefits"] == "Erste Zeile\n\n<b>Zweite</b>"
    assert (told["competences"], told["member_count"]) == (["iot", "edge"], 2)


def test_a_step_names_every_field_that_it_needs(browser: FormBrowser, api: ApiClient) -> None:
    needed = {
        "company": ["country", "legal_name"],
        "register": ["registration_number", "website", "partner_type"],
        "wishes": [],
        "contact": ["contact-given_name", "contact-email"],
        "people": [],
    }
    browser.open("/apply")
    for place, (step, names) in enumerate(needed.items(), start=1):
        assert browser.page.forms[0].fields["step"] == step
        assert f"Step {place} of 6" in browser.page.html
        if names:
            browser.press()
            assert (browser.status, list(errors_of(browser))) == (422, names)
            to_fields = [link for link in browser.page.links() if link.startswith("#") and link != "#content"]
            assert to_fields == [f"#{name}" for name in names]
            assert f"problems with {len(names)} answers" in browser.page.html
            assert browser.page.all("title")[0].words.startswith("Error:")
        browser.press({name: FILLED[name] for name in names})
        assert browser.status == 200
    assert browser.heading == "Check your answers"
    assert api.events() == []
    assert applied(browser.press())
    told = api.last("partner.applied")
    assert (told["member_count"], told["competences"], told["expected_benefits"]) == (1, [], "")


def test_a_wrong_field_is_named_and_the_rest_is_kept(browser: FormBrowser, api: ApiClient) -> None:
    for name, value, words in WRONG:
        browser.open("/apply").press({**FILLED, name: value})
        assert browser.status == 422, (name, value)
        errors = errors_of(browser)
        wrong = name if name in errors else next(iter(errors))
        assert words in errors[wrong], (name, value, errors)
        assert wrong.rpartition("-")[0] == name.rpartition("-")[0]
        kept = browser.page.forms[0].fields
        for other in FILLED.keys() - {name, *LAST_STEP}:
            is_list = isinstance(FILLED[other], list)
            assert (kept.getlist(other) if is_list else kept[other]) == FILLED[other], (name, other)
        if name == "website":
            assert kept[name] == value
        assert "<script>" not in browser.page.html
    assert api.events() == []
    # What came back is right but for that field: put right, it is taken.
    browser.press({**LAST_STEP, "member-1-given_name": ""})
    assert applied(browser)


def test_people_beside_the_contact_up_to_the_limit(browser: FormBrowser, api: ApiClient) -> None:
    def person(row: int) -> dict[str, str]:
        names = {"given_name": f"P{row}", "family_name": "X", "email": f"p{row}@mueller.example"}
        return {f"member-{row}-{name}": value for name, value in names.items()}

    nobody = {name: None for name in FILLED if name.startswith("member")}
    browser.open("/apply").press({**FILLED, **nobody, "go": "people"})
    assert "<legend>" not in browser.page.html
    most = bounds.MEMBERS
    for rows, number in ((0, 1), (1, 2), (most - 2, most - 1), (most - 1, most)):
        assert "Add a person" in browser.page.html
        browser.press({"rows": str(rows), "add_member": "1"})
        assert browser.page.html.count("<legend>Person ") == number
    assert "Add a person" not in browser.page.html
    assert browser.press({"add_member": "1"}).page.html.count("<legend>Person ") == most
    many = {name: value for row in range(most) for name, value in person(row).items()}
    browser.press({**many, **person(most)})
    assert browser.status == 422
    assert errors_of(browser) == {"members": f"You can add at most {most} people here."}
    assert applied(browser.press().press())
    assert api.last("partner.applied")["member_count"] == bounds.PEOPLE


def test_a_person_can_be_taken_off_the_list(browser: FormBrowser, api: ApiClient) -> None:
    rows = {
        f"member-{row}-{part}": f"{part}{row}@mueller.example"
        for row in range(3)
        for part in ("given_name", "family_name", "email")
    }
    browser.open("/apply").press({**FILLED, **rows, "go": "people"})
    browser.press({"remove_member": "1", "member-2-given_name": "Åse"})
    fields = browser.page.forms[0].fields
    assert (fields["member-0-email"], fields["member-1-email"]) == (
        rows["member-0-email"],
        rows["member-2-email"],
    )
    assert fields["member-1-given_name"] == "Åse"
    assert browser.page.html.count("<legend>Person ") == 2
    for row in ("7", "-1", "x", ""):
        assert browser.press({"remove_member": row}).page.html.count("<legend>Person ") == 2, row
    browser.press({"remove_member": "0"}).press({"remove_member": "0"})
    assert "<legend>" not in browser.page.html
    assert applied(browser.press().press())
    assert api.last("partner.applied")["member_count"] == 1


def test_hidden_fields_that_someone_changed(browser: FormBrowser, api: ApiClient) -> None:
    for rows in ("-5", "many", "9" * 400, "", None):
        browser.open("/apply").press({"rows": rows, "add_member": "1"})
        assert browser.status == 200, rows
        assert 1 <= browser.page.html.count("<legend>Person ") <= bounds.MEMBERS
    for name in ("step", "go", "checked", "register_of"):
        assert browser.open("/apply").press({name: "<nonsense>"}).status == 422, name
        assert "<nonsense>" not in browser.page.html
    for key in (None, "", "ü", "x" * 300):
        browser.open("/apply").press({**FILLED, "idempotency_key": key})
        assert browser.status == 400, key
        assert "Nothing has been submitted yet." in browser.page.html
    assert api.events() == []
    browser.press()
    assert applied(browser)
    browser.open("/apply").press({**FILLED, "partner_id": "1", "state": "approved", "member-9999-email": ""})
    assert applied(browser)
    assert {name for name, _ in api.events()} == {
        "partner.applied",
        "partner.email_verification_requested",
    }


def test_a_double_click_is_one_application(browser: FormBrowser, api: ApiClient) -> None:
    form = browser.open("/apply").page
    for _ in range(2):
        browser.page, browser.url = form, "/apply"
        browser.press(FILLED)
        assert applied(browser)
    assert [name for name, _ in api.events()].count("partner.applied") == 1


def test_going_back_to_change_something_is_answered_kindly(browser: FormBrowser, api: ApiClient) -> None:
    form = browser.open("/apply").page
    browser.press(FILLED)
    browser.page, browser.url = form, "/apply"
    browser.press({**FILLED, "legal_name": "Other Ltd", "registration_number": "HRB 9"})
    assert browser.status == 422
    assert "You have already submitted this form" in browser.page.html
    assert browser.page.forms[0].fields["legal_name"] == "Other Ltd"
    assert [name for name, _ in api.events()].count("partner.applied") == 1
    browser.press()
    assert applied(browser)
    assert [name for name, _ in api.events()].count("partner.applied") == 2


def test_while_the_first_click_is_at_work_the_second_is_asked_to_wait(
    browser: FormBrowser, app: Flask, api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    second, waits = FormBrowser(app), []

    def click_again(connection: Connection, *told: Any) -> None:
        monkeypatch.undo()
        settle_opening(connection)  # now the first click is known as the first
        second.press(FILLED)
        waits.append(second.status)
        keep(connection, *told)

    keep = idempotency.write_later
    browser.open("/apply")
    second.page, second.url = browser.page, browser.url
    monkeypatch.setattr(idempotency, "write_later", click_again)
    browser.press(FILLED)
    assert applied(browser)
    assert waits == [409]
    assert "already processing your application" in second.page.html
    second.press()
    assert applied(second)
    assert [name for name, _ in api.events()].count("partner.applied") == 1


def test_a_body_that_is_too_large(browser: FormBrowser, api: ApiClient) -> None:
    browser.open("/apply").press({**FILLED, "expected_benefits": "x" * 300_000})
    assert browser.status == 413
    assert browser.heading == "Too large"
    assert api.events() == []


def test_fields_of_the_form_end_where_the_api_does(browser: FormBrowser, api: ApiClient) -> None:
    document = api.get("/openapi.json").json
    asked = document["components"]["schemas"]
    fields = {**asked["Application"]["properties"], **asked["Company"]["properties"]}
    fields |= asked["Person"]["properties"]
    bounded = re.compile(r'<(?:input|textarea)[^>]* name="([^"]+)"[^>]* maxlength="([^"]*)"')
    browser.open("/apply").press({**FILLED, "go": "company"})
    ends = bounded.findall(browser.page.html)
    for step in ("register", "wishes", "contact", "people"):
        ends += bounded.findall(browser.press({"go": step}).page.html)
    names = {name.rpartition("-")[2] for name, _ in ends}
    assert {"legal_name", "registration_number", "website", "given_name", "email"} <= names
    for name, end in ends:
        assert int(end) == fields[name.rpartition("-")[2]]["maxLength"], name
