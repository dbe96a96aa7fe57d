"""What a partner reads and takes along of its own: agreement, learning, all data; each person's language."""

import hashlib
import json
from uuid import uuid4

import pytest
from flask import Flask
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.onboarding.form_browser import FormBrowser
from tests.integration.onboarding.own_cookies import COOKIE
from tests.integration.onboarding.test_pages_for_everybody import check_page
from tests.integration.onboarding.test_requests import active, ask
from tests.integration.onboarding.test_worker_and_consumer import hear

from chassis.identity.session import SessionVerifier


@pytest.fixture
def partner(api: ApiClient) -> tuple[str, str]:
    return active(api)


@pytest.fixture
def browser(app: Flask, partner: tuple[str, str]) -> FormBrowser:
    found = FormBrowser(app)
    found.keep_cookie(COOKIE, partner[1])
    return found


def contact_of(api: ApiClient, partner: tuple[str, str]) -> str:
    return str(api.get(f"/v1/partners/{partner[0]}", partner[1]).json["contact"]["member_id"])


def test_the_very_words_that_were_accepted(
    browser: FormBrowser, api: ApiClient, partner: tuple[str, str]
) -> None:
    told = api.get(f"/v1/partners/{partner[0]}/agreement", partner[1]).json
    assert hashlib.sha256(told["markdown"].encode()).hexdigest() == told["text_sha256"]
    assert told["accepted_by"] == contact_of(api, partner)
    browser.open("/agreement?lang=en")
    assert {"/agreement/text"} <= set(browser.page.links())
    assert told["text_sha256"] in browser.page.html
    browser.open("/agreement/text")
    assert hashlib.sha256(browser.answer.data).hexdigest() == told["text_sha256"]
    disposition = browser.answer.headers["Content-Disposition"]
    assert (
        disposition == f'attachment; filename="agreement-{told["agreement_version"]}-{told["language"]}.md"'
    )
    early, session = api.in_review(
        company={
            "legal_name": "Frühe AG",
            "registration_number": "HRB 9",
            "country": "DE",
            "website": "https://fruehe.example",
        }
    )
    assert api.get(f"/v1/partners/{early}/agreement", session).status_code == 404
    assert api.get(f"/v1/partners/{partner[0]}/agreement", session).status_code == 404


def test_who_learns_what_by_what_was_told_last(
    browser: FormBrowser, api: ApiClient, partner: tuple[str, str]
) -> None:
    member_id, facts = contact_of(api, partner), {"path": "iot-basics", "path_title": "IoT basics"}
    invitation = {"invitation_id": str(uuid4()), "member_id": member_id, **facts}
    hear(api, "learning.invitation_sent", partner[0], 1, **invitation, language="de")
    hear(
        api,
        "learning.invitation_sent",
        partner[0],
        2,
        **{**invitation, "invitation_id": str(uuid4()), "member_id": str(uuid4())},
        language="de",
    )
    hear(api, "learning.invitation_accepted", partner[0], 3, **invitation)
    lines = api.get(f"/v1/partners/{partner[0]}/learning", partner[1]).json["learning"]
    assert {(one["member_id"] == member_id, one["state"]) for one in lines} == {
        (True, "accepted"),
        (False, "sent"),
    }
    hear(api, "learning.path_started", partner[0], 4, **invitation)
    hear(api, "learning.path_completed", partner[0], 5, **invitation)
    lines = api.get(f"/v1/partners/{partner[0]}/learning", partner[1]).json["learning"]
    assert {one["state"] for one in lines if one["member_id"] == member_id} == {"completed"}
    exported = api.post(f"/v1/partners/{partner[0]}/export", {}, partner[1]).json
    assert "completed" in {one["state"] for one in exported["learning"]}
    for kept in ("grants", "devices", "device-claims"):
        assert f"/{kept}" in exported["elsewhere"]["provisioning"]
    assert exported["elsewhere"]["integrations"].endswith("/consents")
    own = f"https://mails.gangway.example/v1/partners/{partner[0]}"
    assert exported["elsewhere"]["notifications"] == f"{own}/messages, {own}/invitations"
    for language in ("de", "en"):
        browser.open(f"/learning?lang={language}")
        check_page(browser, language)
    assert "IoT basics" in browser.page.html
    assert "Jana O&#39;Neill" in browser.page.html
    assert "/learning" in browser.open("/status").page.links()


def test_a_person_chooses_the_language_of_pages_and_mails(
    browser: FormBrowser, api: ApiClient, partner: tuple[str, str]
) -> None:
    browser.open("/status")
    [place] = [number for number, form in enumerate(browser.page.forms) if form.action == "/language"]
    browser.press(form=place)
    assert (browser.language, browser.status) == ("en", 200)
    member_id = contact_of(api, partner)
    assert api.last("partner.language_chosen") == {
        "partner_id": partner[0],
        "member_id": member_id,
        "language": "en",
    }
    path = f"/v1/partners/{partner[0]}/members/{member_id}/language"
    for _ in range(2):
        assert api.post(path, {"language": "de"}, partner[1]).status_code == 200
    names = [name for name, _ in api.events(partner[0])]
    assert names.count("partner.language_chosen") == 2
    assert api.post(path, {"language": "tlh"}, partner[1]).status_code == 422
    assert api.post(path.replace(member_id, str(uuid4())), {"language": "de"}, partner[1]).status_code == 404
    browser.press({"language": "tlh"}, form=place)
    assert api.get(f"/v1/partners/{partner[0]}", partner[1]).json["contact"]["language"] == "de"


def test_the_other_services_learn_the_language_from_the_session(
    browser: FormBrowser, api: ApiClient, partner: tuple[str, str]
) -> None:
    """It goes with the session, also where another browser chose it."""
    verifier = SessionVerifier(api.service.settings.session_public_key)

    def told() -> str | None:
        return verifier.verify(browser.cookie(COOKIE) or "").language

    assert told() is None
    browser.open("/status")
    assert (told(), browser.language) == ("de", "de")
    kept = browser.cookie(COOKIE)
    browser.open("/status")
    assert browser.cookie(COOKIE) == kept, "nothing has changed"
    path = f"/v1/partners/{partner[0]}/members/{contact_of(api, partner)}/language"
    assert api.post(path, {"language": "en"}, partner[1]).status_code == 200
    browser.open("/profile")
    assert (told(), browser.language) == ("en", "en")
    begun = verifier.verify(kept or "")
    assert verifier.verify(browser.cookie(COOKIE) or "").id == begun.id


def test_all_data_are_taken_along_and_nobody_elses(
    browser: FormBrowser, api: ApiClient, partner: tuple[str, str]
) -> None:
    ask(api, partner, kind="product", product="crm", reason="For the sales team.")
    told = api.post(f"/v1/partners/{partner[0]}/export", None, partner[1])
    assert (told.status_code, told.headers["Cache-Control"]) == (200, "no-store")
    data = told.json
    assert data["partner"]["contact"]["email"] == "jana@mueller-soehne.example"
    assert data["partner"]["company"]["registration_number"] == "HRB 12345"
    assert [one["reason"] for one in data["requests"]] == ["For the sales team."]
    assert (
        hashlib.sha256(data["agreement_text"].encode()).hexdigest()
        == (data["partner"]["agreement"]["text_sha256"])
    )
    codes = [line["code"] for line in data["timeline"]]
    assert (codes[0], codes[-1], data["is_timeline_cut"]) == ("partner.applied", "partner.exported", False)
    assert "findings" not in json.dumps(data)
    browser.open("/status")
    [place] = [number for number, form in enumerate(browser.page.forms) if form.action == "/export"]
    browser.press(form=place)
    assert json.loads(browser.answer.data)["partner"]["partner_id"] == partner[0]
    assert browser.answer.headers["Content-Disposition"].startswith("attachment")
    for token in (api.ops("admin"), api.in_review()[1]):
        assert api.post(f"/v1/partners/{partner[0]}/export", None, token).status_code in {403, 404}
