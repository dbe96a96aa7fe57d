"""A passkey of Chromium's virtual authenticator, and a draft that goes from a desk to a phone."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.browser.conftest import OpenPage, Site
from tests.browser.looks import check_looks
from tests.browser.test_status import partner_in, session_of

from onboarding.domain.states import State

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
DESK = {"width": 1280, "height": 900}


@pytest.fixture
def devices() -> Iterator[list[Any]]:
    """The sessions of the DevTools protocol that keep virtual devices alive."""
    opened: list[Any] = []
    yield opened
    for one in opened:
        one.detach()


def with_device(page: Any, devices: list[Any], **changes: Any) -> Any:
    """Give the page's browser a device that asks nobody."""
    session = page.context.new_cdp_session(page)
    devices.append(session)
    session.send("WebAuthn.enable")
    added = session.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, **changes}})
    return session, added["authenticatorId"]


def nothing_is_wrong_yet(page: Any) -> None:
    """What stands ready to be told is not to be seen."""
    assert page.get_by_role("button", name="passkey").is_visible()
    assert not page.get_by_role("alert").or_(page.locator(".field-error:visible")).count()


def test_it_is_added_and_signs_in_without_a_name(open_page: OpenPage, site: Site, devices: list[Any]) -> None:
    partner_id = partner_in(site, State.ACTIVE)
    page = open_page("/status", session=session_of(site, partner_id), viewport=DESK)
    session, device = with_device(page, devices)
    page.get_by_role("link", name="Passkeys").click()
    page.wait_for_url("**/passkeys")
    check_looks(page)
    nothing_is_wrong_yet(page)
    page.get_by_label("Name des Geräts").fill("<b>Work laptop</b>")
    page.keyboard.press("Enter")
    page.get_by_text("<b>Work laptop</b>").first.wait_for()
    check_looks(page)
    [kept] = session.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert (kept["isResidentCredential"], kept["rpId"]) == (True, "localhost")

    page.context.clear_cookies()
    page.goto("/new-link")
    page.set_viewport_size({"width": 390, "height": 844})
    check_looks(page)
    nothing_is_wrong_yet(page)
    page.get_by_role("button", name="Use a passkey").press("Enter")
    page.wait_for_url("**/status")
    page.goto("/passkeys")
    check_looks(page)
    page.get_by_role("button", name="Entfernen").click()
    page.get_by_text("Sie haben noch keinen Passkey.").wait_for()
    page.context.clear_cookies()
    page.goto("/new-link")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("alert").get_by_text("This passkey cannot be used here.").wait_for()
    check_looks(page)


def test_a_device_that_cannot_tell_who_holds_it_is_not_taken(
    open_page: OpenPage, site: Site, devices: list[Any]
) -> None:
    partner_id = partner_in(site, State.ACTIVE)
    page = open_page("/passkeys", session=session_of(site, partner_id), language="de")
    with_device(page, devices, hasUserVerification=False, isUserVerified=False)
    page.get_by_role("button", name="Passkey hinzufügen").click()
    page.get_by_role("alert").get_by_text("Der Browser hat keinen Passkey geliefert.").wait_for()
    check_looks(page)
    assert site.api.get(f"/v1/partners/{partner_id}/passkeys", session_of(site, partner_id)).json == {
        "passkeys": []
    }


def test_without_scripts_the_pages_name_the_mail_link(open_page: OpenPage, site: Site) -> None:
    partner_id = partner_in(site, State.ACTIVE)
    for path, session in (("/new-link", None), ("/passkeys", session_of(site, partner_id))):
        page = open_page(path, session=session, language="de", java_script_enabled=False)
        assert page.get_by_text("Der Link per Mail funktioniert ohne beides.").is_visible()
        assert page.get_by_role("button", name="passkey").count() == 0


def test_a_draft_goes_from_the_desk_to_the_phone(open_page: OpenPage, site: Site) -> None:
    page = open_page("/apply", viewport=DESK)
    page.fill("#legal_name", "Weiß & Söhne GmbH")
    page.get_by_role("button", name="Save for later").press("Enter")
    page.get_by_label("Send the link to").wait_for()
    check_looks(page)
    page.get_by_label("Send the link to").fill("jana@weiss.example")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Saved").wait_for()
    check_looks(page)
    token = site.api.link_token(site.api.last("partner.draft_saved")["link"])
    phone = open_page(f"/drafts/{token}")
    check_looks(phone)
    assert phone.input_value("#legal_name") == "Weiß & Söhne GmbH"
    phone.goto("/drafts/nothing")
    check_looks(phone)
