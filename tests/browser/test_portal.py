"""The portal in a real browser: every page on a phone and a desk, light and dark, in both languages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from tests.browser.looks import check_looks, check_width, crawl
from tests.integration.integrations.conftest import World, built, environ  # noqa: F401 (fixtures)
from tests.served import served

from chassis.database.migrations import migrate
from integrations.adapters.sessions import COOKIE
from integrations.bootstrap import build_service

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
LONG = "http://127.0.0.1:1999/" + "a-very-long-path-without-a-space/" * 6


@dataclass(frozen=True)
class Portal:
    """Where the portal is, and a session there."""

    url: str
    session: str
    endpoint: str

    def enter(self, chromium: Any, **options: Any) -> Any:
        context = chromium.new_context(base_url=self.url, **options)
        context.add_cookies([{"name": COOKIE, "value": self.session, "url": self.url}])
        return context.new_page()


@pytest.fixture(scope="module")
def portal(built: World) -> Iterator[Portal]:  # noqa: F811
    """An integrator to whom much has happened."""
    migrate(built.service.settings.database_url, built.service.migrations)
    vendor = built.vendor(sees_personal=True, uses_kafka=True)
    path = f"/v1/integrators/{vendor.id}/people"
    person = built.operate(path, name="Vera Lindqvist-Ångström", email="vera@maps.example")["person_id"]
    vendor.endpoint(LONG, types=["partner.approved.v1"], filter='data.tier == "premier"', order="partner")
    endpoint = vendor.endpoint(LONG, secret_kind="ed25519", description="<script>alert(1)</script>")["id"]
    built.tell("partner.approved.v1", str(uuid4()), count=60)
    delivery = vendor.call("POST", f"/v1/endpoints/{endpoint}/tests", 202, type="partner.state.v1")
    built.change(
        "INSERT INTO delivery_attempts SELECT endpoint_id, event_position, 1, now(), 17, 'refused', 500,"
        " '<b>no</b> ' || repeat('x', 900) FROM deliveries WHERE id = :id",
        id=delivery["delivery_id"],
    )
    built.change("UPDATE endpoints SET failing_since = now() - interval '1 hour'")
    replay = {"endpoint_id": endpoint, "from": "2026-01-01T00:00:00Z", "partner_id": str(uuid4())}
    vendor.call("POST", "/v1/replays", 202, **replay, filter='data.tier == "premier"')
    session = built.service.sessions.begin(str(UUID(person))).token
    # Users are offered, and no worker is here that would make the cluster agree.
    offering = {"KAFKA_USERS_SERVERS": "127.0.0.1:9", "KAFKA_USERS_PROTOCOL": "SASL_PLAINTEXT"}
    service = build_service(built.environ | offering)
    with served(service.create_web_app()) as url:
        yield Portal(url, session, endpoint)
    service.database.dispose()


def shape_of(url: str) -> str:
    """Pages that differ by ids and filters alone are one, and so are those of events, but for a few."""
    path = ID.sub("*", urlsplit(url).path)
    return re.sub(r"/events/(?!partner\.(approved|state)).*", "/events/other", path)


@pytest.mark.parametrize(
    ("viewport", "scheme", "language"),
    [(PHONE, "light", "de"), (PHONE, "dark", "en"), (DESK, "light", "en"), (DESK, "dark", "de")],
)
def test_every_page_is_reached_from_home_and_looks_right(
    chromium: Any, portal: Portal, viewport: dict[str, int], scheme: str, language: str
) -> None:
    page = portal.enter(chromium, viewport=viewport, color_scheme=scheme, locale=language)
    # Switched to another language, a page of this browser would stay in it.
    seen = crawl(page, [f"{portal.url}/"], shape_of, skips=lambda url: "lang=" in url or "/docs" in url)
    page.context.close()
    assert seen >= {
        *("/", "/events/partner.approved.v1", "/endpoints", "/endpoints/new", "/endpoints/*"),
        *("/endpoints/*/settings", "/endpoints/*/deletion", "/deliveries", "/deliveries/*", "/replays"),
        *("/replays/*", "/console", "/live", "/tokens", "/kafka", "/people", "/log"),
    }


@pytest.mark.parametrize("has_scripts", [True, False])
def test_an_endpoint_is_made_by_keyboard_and_told_what_is_wrong(
    chromium: Any, portal: Portal, has_scripts: bool
) -> None:
    page = portal.enter(chromium, viewport=PHONE, locale="en", java_script_enabled=has_scripts)
    page.goto("/endpoints/new")
    page.fill("#url", "ftp://nowhere")
    page.press("#url", "Enter")
    assert page.locator("#url-error").count() == 1
    assert page.input_value("#url") == "ftp://nowhere"
    page.fill("#url", "http://127.0.0.1:1998/hook")
    page.press("#url", "Enter")
    assert page.locator("pre.secret").inner_text().startswith("whsec_")
    page.context.close()


def test_a_delivery_is_found_by_its_webhook_id_without_scripts(chromium: Any, portal: Portal) -> None:
    page = portal.enter(chromium, viewport=PHONE, locale="de", java_script_enabled=False)
    page.goto("/deliveries")
    page.click(".card h2 a")
    webhook_id = page.locator("dt:text-is('webhook-id') + dd").inner_text()
    page.goto("/deliveries")
    page.click("details summary")
    page.fill("#webhook_id", webhook_id)
    page.press("#webhook_id", "Enter")
    page.wait_for_url("**webhook_id=*")
    found = page.eval_on_selector_all(".card h2 a", "links => links.map(link => link.href)")
    assert 0 < len(found) <= 2, "at most one for each endpoint"
    for link in found:
        page.goto(link)
        assert page.locator("dt:text-is('webhook-id') + dd").inner_text() == webhook_id
    page.goto("/deliveries?webhook_id=nothing")
    assert page.locator("#webhook_id-error").count() == 1
    assert page.input_value("#webhook_id") == "nothing"
    check_width(page)
    page.context.close()


def test_who_is_not_signed_in_asks_for_a_link(chromium: Any, portal: Portal) -> None:
    context = chromium.new_context(base_url=portal.url, viewport=PHONE, locale="en")
    page = context.new_page()
    page.goto("/endpoints")
    check_looks(page)
    page.fill("#email", "nobody")
    page.press("#email", "Enter")
    assert page.locator("#email-error").count() == 1
    check_looks(page)
    page.fill("#email", "nobody@maps.example")
    page.press("#email", "Enter")
    assert page.locator("h1").inner_text() == "Check your email"
    check_looks(page)
    page.goto("/links/nothing")
    check_looks(page)
    context.close()


def test_the_live_view_shows_what_comes_without_loading_the_page(
    chromium: Any,
    portal: Portal,
    built: World,  # noqa: F811
) -> None:
    page = portal.enter(chromium)
    page.goto("/live?watch=1")
    page.evaluate("window.isStillThere = true")
    before = page.locator("details").first.get_attribute("id")
    page.locator("details").first.click()
    built.tell("partner.rejected.v1")
    page.wait_for_selector("details:first-child >> text=partner.rejected.v1", timeout=15_000)
    assert page.evaluate("window.isStillThere")
    assert page.locator(f"details#{before}").get_attribute("open") is not None


Step = tuple[str, dict[str, str], str]
PRESSES: dict[str, tuple[Step, ...]] = {
    "/replays": (
        ("/replays", {"from": "2026-01-02T00:00", "to": "2026-01-01T00:00"}, "#to-error"),
        ("/replays", {"partner_id": "nobody", "filter": "data.tier =="}, "#partner_id-error, #filter-error"),
        ("/replays", {"to": "", "partner_id": "", "filter": 'type == "partner.approved.v1"'}, "progress"),
    ),
    "/console": (
        ("/console/signatures", {"webhook-id": "1"}, ".notice.bad"),
        ("/console/signatures", {"webhook-timestamp": "1", "webhook-signature": "v1,eA=="}, ".notice.bad"),
        ("/console/examples", {}, "dt >> text=webhook-id"),
    ),
    "/tokens": (
        ("/tokens", {"label": " "}, "#label-error"),
        ("/tokens", {"label": "continuous integration <b>"}, "pre.secret"),
    ),
    "/people": (
        ("/people", {"name": "Bo", "email": "bo@@maps"}, "#email-error"),
        ("/people", {"email": "vera@maps.example"}, "#email-error"),
        ("/people", {"email": "bo@maps.example"}, ".card >> text=bo@maps.example"),
    ),
}


@pytest.mark.parametrize("place", PRESSES)
def test_every_form_answers_right_and_wrong_without_scripts(
    chromium: Any, portal: Portal, place: str
) -> None:
    """In German on a phone; what stands in a form stays there when something in it is wrong."""
    page = portal.enter(chromium, viewport=PHONE, java_script_enabled=False)
    page.goto(f"{place}?lang=de")
    for action, typed, found in PRESSES[place]:
        form = page.locator(f"form[method=post][action$='{action}']")
        for name, value in typed.items():
            form.locator(f"[name='{name}']").fill(value)
        form.locator("button").click()
        page.wait_for_selector(found, state="attached")
        page.wait_for_load_state()
        assert page.locator(found).count() == len(found.split(", "))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("html").get_attribute("lang") == "de"
    page.context.close()


@pytest.mark.parametrize(("has_scripts", "language"), [(True, "en"), (False, "de")])
def test_a_user_of_kafka_is_made_renewed_and_ended(
    chromium: Any, portal: Portal, has_scripts: bool, language: str
) -> None:
    page = portal.enter(chromium, viewport=PHONE, locale=language, java_script_enabled=has_scripts)
    page.goto("/kafka")
    passwords = set()
    for _ in range(2):
        page.locator("main form[action$='/kafka'] button").press("Enter")
        passwords.add(page.locator("pre.secret").inner_text())
        if has_scripts:
            check_looks(page)
        check_width(page)
        page.locator("main a.button").click()
        assert page.locator(".card code").first.inner_text().startswith("integrator-")
    assert len(passwords) == 2
    assert not [one for one in passwords if one in page.content()], "shown once only"
    if has_scripts:
        check_looks(page)
    page.locator("details:has(form[action$='/kafka/end']) > summary").press("Enter")
    page.locator("form[action$='/kafka/end'] button").press("Enter")
    page.wait_for_load_state()
    assert page.locator("form[action$='/kafka/end']").count() == 0
    assert page.locator("main form[action$='/kafka']").count() == 1
    page.context.close()
