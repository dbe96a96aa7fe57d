"""Every page in both languages: strict headers, sound HTML, names for those who listen or use a keyboard."""

import re
from collections import Counter

import pytest
from flask import Flask
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.onboarding.form_browser import FormBrowser, Page
from tests.integration.onboarding.test_pages_applying import FILLED
from tests.integration.onboarding.test_pages_of_a_partner import came_in, decide, screened

from onboarding.entrypoints.web.pages.form_steps import STEPS

# In the order in which the life of one partner shows them.
ANYBODY = ("/", "/apply", "/check-your-mail", "/new-link", "/links/nonsense", "/nowhere")


def check_page(browser: FormBrowser, language: str) -> None:
    """What holds for each page, whatever it says."""
    page, where = browser.page, (browser.url, browser.status)
    assert browser.language == language, where
    assert browser.heading, where
    assert page.all("title")[0].words.strip(" ·"), where
    check_headers(browser)
    check_names(page)
    html = re.sub(r'<script src="/static/[a-z/.]+" defer></script>', "", page.html)
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", html), where
    assert not re.search(r"\{ ?\$|\{\{|\bNone\b|_", re.sub(r"<[^>]*>", "", page.html)), where
    ways = [*page.links(), *(button.attributes.get("formaction", "") for button in page.all("button"))]
    switch = [way for way in ways if way.startswith("?lang=")]
    if browser.answer.request.method == "POST" and not page.forms:
        assert switch == [], where  # a GET would show something else
    else:
        assert switch == [f"?lang={'en' if language == 'de' else 'de'}"], where


def check_headers(browser: FormBrowser) -> None:
    headers = browser.answer.headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    # "Back" in a form has to find the page that it left.
    is_application = browser.url.startswith("/apply")
    assert headers["Cache-Control"] == ("private, no-cache" if is_application else "no-store")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def check_names(page: Page) -> None:
    """Each field has a label, each reference a target, each id one owner."""
    ids = Counter(element.attributes["id"] for element in page.elements if "id" in element.attributes)
    assert [name for name, times in ids.items() if times > 1] == []
    labelled = {label.attributes.get("for") for label in page.all("label")}
    wrapped = {"checkbox", "radio", "hidden"}
    for element in page.elements:
        for reference in ("aria-describedby", "aria-labelledby"):
            assert set(element.attributes.get(reference, "").split()) <= ids.keys(), element
        if element.tag in {"input", "select", "textarea"} and element.attributes.get("type") not in wrapped:
            assert element.attributes["id"] in labelled, element
    assert {link[1:] for link in page.links() if link.startswith("#")} <= ids.keys()
    assert "content" in ids


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_is_sound(app: Flask, api: ApiClient, language: str) -> None:
    browser = FormBrowser(app, language)
    for path in ANYBODY:
        check_page(browser.open(path), language)
    for path, wrong in (("/apply", {}), ("/new-link", {}), ("/new-link", {"email": "a@b.example"})):
        check_page(browser.open(path).press(wrong), language)
    for step in STEPS:
        check_page(browser.open("/apply").press({**FILLED, "language": language, "go": step}), language)
        check_page(browser.open("/apply").press({"step": step}), language)
    partner_id = came_in(browser, api, partner_type="training_provider", language=language)
    screened(api, partner_id)
    check_page(browser.open("/status"), language)
    check_page(browser.open("/withdraw"), language)
    asked = ["legal_name", "country", "competences", "members", "partner_type"]
    decide(api, partner_id, "correction-request", fields=asked, message="?")
    check_page(browser.open("/status"), language)
    check_page(browser.open("/correction"), language)
    check_page(browser.press({"country": "", "member-0-email": ""}), language)
    browser.press({"country": "DE", "member-0-email": "a@mueller.example", "partner_type": "machine_builder"})
    screened(api, partner_id)
    check_page(browser.open("/status"), language)
    check_page(browser.open("/agreement"), language)
    check_page(browser.press(), language)
    check_page(browser.press({"accept": "yes"}), language)
    check_page(browser.open("/leave"), language)
    check_page(browser.press({"reason": "x" * 2001}), language)
    check_page(browser.press({"reason": "Bye"}), language)


def test_a_chosen_language_stays(app: Flask, api: ApiClient) -> None:
    browser = FormBrowser(app, "en")
    assert browser.open("/?lang=de").language == "de"
    came_in(browser, api, language="en")
    assert browser.language == "de"
    for path in ("/apply", "/status", "/nowhere"):
        assert browser.open(path).language == "de"
    assert browser.open("/status?lang=tlh").language == "de"


def test_without_a_choice_the_partner_is_spoken_to_in_its_language(app: Flask, api: ApiClient) -> None:
    browser = FormBrowser(app, "en")
    came_in(browser, api, language="de")
    assert browser.language == "de"
    assert browser.open("/").language == "de"
    assert FormBrowser(app, "en").open("/").language == "en"
