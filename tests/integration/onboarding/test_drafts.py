"""A draft goes from one device to another by a mail, is sent in once, and leaves nothing behind."""

import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from tests.integration.onboarding.api_client import ApiClient, application
from tests.integration.onboarding.form_browser import FormBrowser
from tests.integration.onboarding.test_pages_applying import FILLED
from tests.integration.onboarding.test_pages_for_everybody import check_page

from onboarding.entrypoints.sweeps.erasing_drafts import erase_all_drafts

JANA = "jana@weiss.example"


def token_of(api: ApiClient) -> str:
    """Of the newest draft."""
    return api.link_token(api.last("partner.draft_saved")["link"])


def outbox(api: ApiClient) -> str:
    with api.service.database.engine.begin() as connection:
        rows = connection.exec_driver_sql("SELECT convert_from(data, 'UTF8') FROM outbox").scalars().all()
    return "".join(rows)


def test_by_api_it_is_put_by_taken_up_changed_and_sent_in(api: ApiClient) -> None:
    half = {"company": {"legal_name": "Weiß"}, "members": [{"given_name": "Åse"}]}
    answer = api.post("/v1/drafts", {"email": JANA, "language": "de", "application": half})
    assert answer.status_code == 202, answer.json
    told, token = api.last("partner.draft_saved"), token_of(api)
    assert (told["member"]["email"], told["member"]["language"]) == (JANA, "de")
    opening = api.post("/v1/draft-openings", {"draft_token": token})
    assert (opening.status_code, opening.json["application"]) == (200, half)
    other = {"draft_token": token, "application": {"language": "en"}}
    assert api.http.put("/v1/drafts", json=other).status_code == 204
    assert api.post("/v1/draft-openings", {"draft_token": token}).json["application"] == {"language": "en"}
    key = "the same intent"
    sent = [api.post("/v1/applications", {**application(), "draft_token": token}, key=key) for _ in range(2)]
    assert [one.status_code for one in sent] == [202, 202]
    assert {one.json["partner_id"] for one in sent} == {told["partner_id"]}
    assert api.http.put("/v1/drafts", json=other).json["code"] == "draft_gone"
    assert api.post("/v1/draft-openings", {"draft_token": token}).status_code == 410
    again = api.post("/v1/applications", {**application(), "draft_token": token})
    assert (again.status_code, again.json["code"]) == (410, "draft_gone")
    assert JANA not in outbox(api)
    assert api.last("partner.draft_ended")["member_id"] == told["member"]["member_id"]
    assert api.state(told["partner_id"]) == "applied"


def test_every_address_gets_the_same_answer(api: ApiClient) -> None:
    api.verified()
    answers = [
        api.post("/v1/drafts", {"email": email, "application": {}})
        for email in ("jana@mueller-soehne.example", "nobody@nowhere.example")
    ]
    assert {one.status_code for one in answers} == {202}
    assert answers[0].json == answers[1].json


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"application": {}}, "/email"),
        ({"email": JANA}, "/application"),
        (
            {"email": JANA, "application": {"company": {"legal_name": "x" * 201}}},
            "/application/company/legal_name",
        ),
        (
            {"email": JANA, "application": {"company": {"legal_name": "A\x00B"}}},
            "/application/company/legal_name",
        ),
        ({"email": JANA, "application": {"competences": ["iot"] * 17}}, "/application/competences"),
        (
            {"email": JANA, "application": {"members": [{"shoe_size": "42"}]}},
            "/application/members/0/shoe_size",
        ),
        ({"email": JANA, "application": {"language": 7}}, "/application/language"),
    ],
    ids=["no-address", "nothing", "long", "zero", "many", "unknown", "number"],
)
def test_what_is_wrong_is_named(api: ApiClient, body: dict[str, Any], pointer: str) -> None:
    answer = api.post("/v1/drafts", body)
    assert answer.status_code == 422
    assert pointer in {error["pointer"] for error in answer.json["errors"]}


def test_a_token_of_another_page_opens_nothing(api: ApiClient) -> None:
    partner_id = api.applied()
    of_mail = api.token_of("partner.email_verification_requested", partner_id)
    for token in (of_mail, "nonsense", "A" * 107):
        assert api.post("/v1/draft-openings", {"draft_token": token}).status_code == 410
        assert api.http.put("/v1/drafts", json={"draft_token": token, "application": {}}).status_code == 410
        answer = api.post("/v1/applications", {**application(), "draft_token": token})
        assert (answer.status_code, answer.json["code"]) == (410, "link_invalid")
    api.post("/v1/drafts", {"email": JANA, "application": {}})
    assert api.post("/v1/sessions", {"link_token": token_of(api)}).status_code == 410


def test_its_time_is_over_and_nothing_stays(api: ApiClient) -> None:
    for _ in range(2):
        api.post("/v1/drafts", {"email": JANA, "application": {"company": {"legal_name": "Weiß"}}})
    draft_id, token = UUID(api.last("partner.draft_saved")["partner_id"]), token_of(api)
    with api.service.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE drafts SET expires_at = now() WHERE id = %s", (draft_id,))
    assert api.post("/v1/draft-openings", {"draft_token": token}).status_code == 410
    assert erase_all_drafts(api.service) == 1
    assert outbox(api).count(JANA) == 1
    assert api.last("partner.draft_ended")["partner_id"] == str(draft_id)


def test_the_form_goes_on_on_another_device(api: ApiClient, app: Flask, browser: FormBrowser) -> None:
    browser.open("/apply").press({"country": "DE", "legal_name": FILLED["legal_name"]})
    given = {name: FILLED[name] for name in ("registration_number", "website", "partner_type")}
    browser.press(given).press({"competences": FILLED["competences"]})
    for language in ("de", "en"):
        browser.press(button=saving(browser))
        browser.press(
            button=next(one for one in browser.page.all("button") if one.words.strip() == switch(language))
        )
        check_page(browser, language)
        browser.press(button=back(browser))
    browser.press(button=saving(browser))
    browser.press({"draft_email": "nobody"})
    assert (browser.status, "draft-email-error" in browser.page.html) == (422, True)
    browser.press({"draft_email": JANA})
    assert browser.status == 202
    check_page(browser, "en")

    phone = FormBrowser(app).open("/drafts/" + token_of(api))
    check_page(phone, "en")
    assert "contact-given_name" in phone.page.html
    assert phone.page.forms[0].fields.getlist("competences") == FILLED["competences"]
    contact = {name: FILLED[name] for name in FILLED if name.startswith("contact-")}
    phone.press({**contact, "language": "en"})
    phone.press(button=saving(phone))
    assert (phone.status, len(drafts(api))) == (202, 1)
    check_page(phone, "en")
    phone.open("/drafts/" + token_of(api))
    assert FILLED["contact-email"] in phone.page.html
    tablet = FormBrowser(app).open("/drafts/" + token_of(api))
    assert phone.press().url == "/check-your-mail"
    [partner_id] = drafts(api)
    assert api.state(partner_id) == "applied"
    assert tablet.press().status == 410
    assert "has already been submitted" in tablet.page.html
    assert tablet.press().url == "/check-your-mail"
    phone.open("/drafts/" + token_of(api))
    assert phone.status == 410
    check_page(phone, "en")


def test_a_form_that_cannot_be_kept_is_shown_where_it_is_wrong(api: ApiClient, browser: FormBrowser) -> None:
    browser.open("/apply").press({"country": "DE", "legal_name": "x" * 300}, button=saving(browser))
    assert (browser.status, drafts(api)) == (422, [])
    assert "This is too long." in browser.page.html


def test_a_double_click_makes_one_draft(api: ApiClient, app: Flask) -> None:
    form = {"idempotency_key": "this page", "country": "DE", "draft_email": JANA}
    answers = [app.test_client().post("/drafts", data=form) for _ in range(4)]
    assert {one.status_code for one in answers} == {202}
    assert len(drafts(api)) == 1
    answer = app.test_client().post("/drafts", data=form | {"draft_email": f"b{JANA}"})
    assert (answer.status_code, len(drafts(api))) == (422, 1)
    [key] = re.findall(r'name="idempotency_key" value="(.*?)"', answer.text)
    again = form | {"draft_email": f"b{JANA}", "idempotency_key": key}
    assert app.test_client().post("/drafts", data=again).status_code == 202
    assert len(drafts(api)) == 2


def drafts(api: ApiClient) -> list[str]:
    """The ids of all that were told."""
    told = api.events(topic="partner.drafts.v1")
    return [data["partner_id"] for name, data in told if name == "partner.draft_saved"]


def saving(browser: FormBrowser) -> Any:
    return next(one for one in browser.page.all("button") if one.attributes.get("formaction") == "/drafts")


def back(browser: FormBrowser) -> Any:
    return next(one for one in browser.page.all("button") if one.attributes.get("name") == "go")


def switch(language: str) -> str:
    return {"de": "Deutsch", "en": "English"}[language]
