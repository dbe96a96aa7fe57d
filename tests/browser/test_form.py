"""Applying with a real browser: on a phone, by keyboard, without scripts, back and forth."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.browser.conftest import OpenPage, Site
from tests.browser.looks import check_looks, fits_on_screen

STEPS = ("company", "register", "wishes", "contact", "people")


def fill(page: Any, step: str) -> None:
    """Answer one step."""
    if step == "company":
        page.select_option("#country", "DE")
        page.fill("#legal_name", "Müller & <Söhne> 🚀")
    elif step == "register":
        page.fill("#registration_number", "Amtsgericht Ulm HRB 4711")
        page.fill("#website", "www.mueller.example")
        page.select_option("#partner_type", "machine_builder")
    elif step == "wishes":
        page.check("[name=competences][value=iot]")
        page.fill("#expected_benefits", "Erste Zeile\n\nZweite")
    elif step == "contact":
        page.fill("#contact-given_name", "Jörg")
        page.fill("#contact-email", "joerg@mueller.example")


def go_on(page: Any) -> None:
    """To the next page, which is there with its looks."""
    with page.expect_navigation():
        page.click("#application .actions button")


def walk(page: Any, look: Callable[[Any], None] = lambda _page: None) -> None:
    """From the first step to the last, looking at each."""
    for step in STEPS:
        look(page)
        fill(page, step)
        go_on(page)
    look(page)


def applications(site: Site) -> int:
    return [name for name, _ in site.api.events()].count("partner.applied")


@pytest.mark.parametrize("language", ["en", "de"])
def test_each_step_is_one_screen_of_a_phone(open_page: OpenPage, language: str) -> None:
    page = open_page("/apply", language=language)
    for step in STEPS:
        check_looks(page)
        assert fits_on_screen(page), step
        fill(page, step)
        go_on(page)
    check_looks(page)


@pytest.mark.parametrize("has_scripts", [True, False])
def test_applying_needs_no_script(open_page: OpenPage, site: Site, has_scripts: bool) -> None:
    before = applications(site)
    page = open_page("/apply", java_script_enabled=has_scripts)
    walk(page)
    go_on(page)
    page.wait_for_url("**/check-your-mail")
    page.go_back()
    assert page.locator("h1").inner_text() == "Check your answers"
    go_on(page)
    page.wait_for_url("**/check-your-mail")
    assert applications(site) == before + 1


def test_back_shows_what_was_typed_also_what_was_not_sent(open_page: OpenPage) -> None:
    page = open_page("/apply")
    fill(page, "company")
    go_on(page)
    page.fill("#website", "half an addr")
    page.go_back()
    assert page.input_value("#legal_name") == "Müller & <Söhne> 🚀"
    assert page.input_value("#country") == "DE"
    page.go_forward()
    assert page.input_value("#website") == "half an addr"


def test_errors_take_the_focus_and_lead_to_their_fields(open_page: OpenPage) -> None:
    page = open_page("/apply")
    go_on(page)
    check_looks(page)
    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "country"


def test_a_wrong_address_takes_the_focus_and_says_why(open_page: OpenPage) -> None:
    page = open_page("/apply")
    walk(page)
    go_on(page)
    for path, button in (("/new-link", "#new-link button"), ("/check-your-mail", "#address button")):
        page.goto(path)
        page.fill("#email", "@")
        with page.expect_navigation():
            page.click(button)
        check_looks(page)
        assert page.title().startswith("Error: "), path
        assert page.evaluate("document.activeElement.id") == "email"
        told = page.evaluate("document.activeElement.getAttribute('aria-describedby')").split()
        assert page.locator(f"#{told[-1]}").inner_text()


def test_a_person_more_and_less_keeps_the_focus_near(open_page: OpenPage) -> None:
    page = open_page("/apply")
    walk(page)
    page.click("[name=go][value=people]")
    page.click("[name=add_member]")
    page.wait_for_selector("#member-0-given_name:focus")
    check_looks(page)
    page.fill("#member-0-given_name", "Åse")
    page.click("[name=remove_member]")
    page.wait_for_selector("[name=add_member]:focus")


def test_the_keyboard_is_enough(open_page: OpenPage, site: Site) -> None:
    before = applications(site)
    page = open_page("/apply")

    def reach(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"no way by Tab to {selector}")

    def enter() -> None:
        with page.expect_navigation():
            page.keyboard.press("Enter")

    reach("#country")
    page.keyboard.type("Germ")
    reach("#legal_name")
    page.keyboard.type("Tastatur GmbH")
    enter()
    for field, words in (("#registration_number", "HRB 12"), ("#website", "tastatur.example")):
        reach(field)
        page.keyboard.type(words)
    reach("#partner_type")
    page.keyboard.type("Mach")
    for _ in ("register", "wishes"):
        reach("#application .actions button")
        enter()
    reach("#contact-given_name")
    page.keyboard.type("Anna")
    reach("#contact-email")
    page.keyboard.type("anna@tastatur.example")
    enter()
    for _ in ("people", "check"):
        reach("#application .actions button")
        enter()
    page.wait_for_url("**/check-your-mail")
    assert applications(site) == before + 1


@pytest.mark.parametrize("path", ["/", "/apply", "/new-link", "/check-your-mail", "/nowhere"])
def test_the_narrowest_screen_and_the_dark(open_page: OpenPage, path: str) -> None:
    check_looks(open_page(path, viewport={"width": 320, "height": 600}, color_scheme="dark"))
