"""The console in a real browser: every page on a phone and a desk, light and dark, in both languages."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from tests.browser.looks import check_looks, crawl
from tests.integration.notifications.conftest import World
from tests.integration.onboarding.test_requests import active, asked
from tests.integration.operators.busy_day import STRANGE, BusyDay, busy_day
from tests.integration.operators.busy_devices import busy_devices
from tests.integration.operators.conftest import (  # noqa: F401 (fixtures)
    Services,
    built,
    console_at,
    ops_token,
    session_of,
    urls,
)
from tests.integration.operators.test_audit import about_account, found_outside, known_person
from tests.served import served

from console.bootstrap import ConsoleService

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
NOT_OFFERED = (
    *("release-credentials", "extend-lease", "end-lease", "force-grant", "reinstate-grant"),
    *("approve-grant", "refuse-grant", "raise-budget", "steps/crm_users/skip"),
)
PROPOSED = """
INSERT INTO proposals
    (id, endpoint, path, body, action, target, reason, rests_on, expires_at, proposed_by, proposer)
VALUES (gen_random_uuid(), 'POST /v1/partners/{partner_id}/offboarding', '{}', '{}', 'offboard partner',
    %(target)s, %(reason)s, '', now() + interval '1 hour', 'olga', '')
"""
# Also the id of a preview, and the name of a step.
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/plan/)[0-9a-f]{16}|(?<=/steps/)[a-z_]+")


@dataclass(frozen=True)
class ConsoleSite:
    """Where the console is, and what waits there."""

    url: str
    service: ConsoleService
    day: BusyDay
    finding: str
    device: str
    member: str

    def enter(self, chromium: Any, role: str = "operator", **options: Any) -> Any:
        """A page of a browser that is signed in."""
        context = chromium.new_context(base_url=self.url, **options)
        sealed = self.service.sessions.sealed(session_of(ops_token(role)))
        context.add_cookies(
            [{"name": name, "value": value, "url": self.url} for name, value in sealed.items()]
        )
        return context.new_page()


@pytest.fixture(scope="module")
def console_site(urls: dict[str, str], built: Services) -> Iterator[ConsoleSite]:  # noqa: F811
    service = console_at(urls)
    # Playwright's loop runs in this thread, and the worker's jobs want one of their own.
    with served(service.create_web_app()) as url, ThreadPoolExecutor(1) as elsewhere:
        day = elsewhere.submit(busy_day, built).result()
        finding = found_outside(built, UUID(day.partner), "open")
        device = elsewhere.submit(busy_devices, built, UUID(day.partner)).result()
        elsewhere.submit(lessons, built.notifications, day.partner).result()
        known_person(built)
        about_account("quarantine", "quarantine account")(built)
        with built.provisioning.service.open_work() as work:
            work.connection.exec_driver_sql(
                "INSERT INTO spend_days VALUES ('111122223333', current_date, 'Usage', 12.5)"
            )
        asked(built.onboarding, active(built.onboarding), kind="product", product="crm", reason="For sales.")
        with built.onboarding.service.open_work() as work:
            work.figures.count(work.now())
            [member] = work.connection.exec_driver_sql(
                "SELECT id FROM members WHERE partner_id = %s AND NOT is_contact", (day.partner,)
            ).scalars()
            work.connection.exec_driver_sql(PROPOSED, {"target": day.partner, "reason": STRANGE})
        yield ConsoleSite(url, service, day, finding, device, str(member))
    service.dispose()


def lessons(world: World, partner: str) -> None:
    """Have one path completed and others under way, as far as the learning system told."""
    world.partner_id = partner
    world.tell("access.member_added", products=[])
    world.tell("access.granted", "iot")
    world.deliver()
    changed = """
        UPDATE invitations SET state = 'accepted', accepted_at = now(),
            progress = CASE WHEN path = least THEN 100 ELSE 60 END,
            completed_at = CASE WHEN path = least THEN now() END
        FROM (SELECT min(path) AS least FROM invitations WHERE partner_id = %(partner)s) AS first
        WHERE partner_id = %(partner)s"""
    with world.service.database.begin() as work:
        assert work.connection.exec_driver_sql(changed, {"partner": partner}).rowcount > 0


def shape_of(url: str, site: ConsoleSite) -> str:
    """Pages that differ by ids and filters alone are one, but for the partner that much happened to."""
    return ID.sub("*", urlsplit(url).path.replace(site.day.partner, "busy"))


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("viewport", "scheme", "language"),
    [(PHONE, "light", "de"), (PHONE, "dark", "en"), (DESK, "light", "en"), (DESK, "dark", "de")],
)
def test_every_page_is_reached_from_home_and_looks_right(
    chromium: Any, console_site: ConsoleSite, viewport: dict[str, int], scheme: str, language: str
) -> None:
    page = console_site.enter(chromium, viewport=viewport, color_scheme=scheme, locale=language)
    day = console_site.day
    # What is offered in states that are another one's.
    elsewhere = [
        *(
            f"{console_site.url}/partners/{day.partner}/{act}"
            for act in ("suspend", "resume", "offboard", "erase")
        ),
        *(f"{console_site.url}/grants/{day.grant}/{act}" for act in NOT_OFFERED),
        *(
            f"{console_site.url}/findings/{console_site.finding}/{act}"
            for act in ("reopen-finding", "remove-unowned")
        ),
        f"{console_site.url}{console_site.device.rpartition('/')[0]}",
        f"{console_site.url}{console_site.device}/end-older-keys",
        f"{console_site.url}/partners/{day.partner}/people/{console_site.member}/change-contact",
        f"{console_site.url}/accounts/end-maintenance",
        f"{console_site.url}/partners/approve-many?partner={day.review}",
        f"{console_site.url}/partners/offboard-many?partner={day.partner}",
        f"{console_site.url}/partners/{day.partner}/plan/0123456789abcdef/change",
        f"{console_site.url}/dry-run?tier=premier&type=system_integrator&competence=cloud&wants=cloud_sandbox",
    ]
    seen = crawl(
        page,
        [f"{console_site.url}/", *elsewhere],
        lambda url: shape_of(url, console_site),
        skips=lambda url: ".csv" in url,
    )
    page.context.close()
    rules = console_site.service.create_web_app().url_map.iter_rules()
    expected = {
        re.sub(r"<[^>]+>", "*", rule.rule)
        for rule in rules
        if "GET" in (rule.methods or ())
        and not rule.endpoint.startswith(("sign_in.", "look.", "health.", "static"))
        and not rule.rule.endswith(".csv")
    }
    seen = {shape.replace("busy", "*") for shape in seen}
    seen = {
        re.sub(r"/(onboarding|provisioning|notifications|integrations)(?=/)", "/*", shape) for shape in seen
    }
    # Those that lead on, and parts of pages.
    others = {
        *("/grants/*", "/reviews/next", "/partners/chosen", "/imports/preview", "/imports/run"),
        *("/partners/*/grants", "/findings/sweep-part", "/grants/*/devices/part"),
    }
    assert expected - seen - others == set()


@pytest.mark.parametrize(("viewport", "language"), [(PHONE, "de"), (PHONE, "en"), (DESK, "de"), (DESK, "en")])
def test_the_groups_of_ways_open_by_keyboard_and_fit(
    chromium: Any, console_site: ConsoleSite, viewport: dict[str, int], language: str
) -> None:
    page = console_site.enter(chromium, viewport=viewport, locale=language)
    page.goto("/")
    groups = page.locator(".site-nav summary")
    for number in range(groups.count()):
        groups.nth(number).focus()
        page.keyboard.press("Enter")
        ways = page.locator(".site-nav details[open] a")
        assert ways.first.is_visible()
        assert page.locator(".site-nav details[open]").count() == 1, "the one before closes"
        check_looks(page)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('.site-nav details[open] a')")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".site-nav summary[aria-current]").inner_text() == groups.last.inner_text()
    page.context.close()


def test_a_grant_that_is_made_is_shown_without_a_click(
    chromium: Any,
    console_site: ConsoleSite,
    built: Services,  # noqa: F811
) -> None:
    with ThreadPoolExecutor(1) as elsewhere:
        partner = elsewhere.submit(lambda: built.onboarding.in_review()[0]).result()
        elsewhere.submit(built.provisioning.plan, "crm", partner_id=UUID(partner)).result()
        page = console_site.enter(chromium, viewport=DESK, locale="en")
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.goto(f"/partners/{partner}")
        part = page.locator("#grants-part")
        assert "refreshes automatically" in part.inner_text()
        check_looks(page)
        elsewhere.submit(built.provisioning.work_off).result()
    page.locator("#grants-part .badge.good").wait_for()
    assert "refreshes automatically" not in part.inner_text()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2_500)
    assert asked == [], "it settled, and nothing is fetched any more"
    assert wrong == [], "the policy refuses nothing that the page needs"
    page.context.close()


def test_the_secret_of_a_claim_is_shown_on_a_page_that_looks_right(
    chromium: Any, console_site: ConsoleSite
) -> None:
    page = console_site.enter(chromium, viewport=PHONE, locale="de", color_scheme="dark")
    devices = console_site.device.rpartition("/")[0]
    page.goto(f"{devices.rpartition('/')[0]}/device-claims/make-device-claim")
    page.fill("[name=name_prefix]", "Fräse")
    page.fill("[name=places]", "1")
    page.fill("[name=valid_days]", "7")
    page.fill("#reason", "Am Telefon gefragt.")
    check_looks(page)
    page.click("form.act button")
    assert page.locator("pre.secret").inner_text().startswith("gwc_")
    check_looks(page)
    page.click("main a.button")
    assert page.locator("pre.secret").count() == 0
    assert "Fräse" in page.locator("main").inner_text()
    page.context.close()


def test_a_review_by_keyboard_alone_and_without_scripts(chromium: Any, console_site: ConsoleSite) -> None:
    page = console_site.enter(chromium, viewport=DESK, locale="en")
    page.goto("/")

    def reach(selector: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"no way by Tab to {selector} on {page.url}")

    def enter() -> None:
        with page.expect_navigation():
            page.keyboard.press("Enter")

    reach("a[href='/reviews']")
    enter()
    reach("a[href='/reviews/next']")
    enter()
    assert page.locator("h1").inner_text() == STRANGE
    reach("a[href*='/reject']")
    enter()
    reach("#reason")
    page.keyboard.type("No business with us.")
    reach("form.act button")
    enter()
    assert page.locator("[role=status]").inner_text() == "Rejected."
    assert page.locator("h1").inner_text() == "Zweite AG", "the next one follows"
    assert page.evaluate("document.scripts.length") == 0
    page.context.close()
