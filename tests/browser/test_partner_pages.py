"""The partner's own pages in a real browser, by links: phone and desk, light and dark."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from tests.browser.conftest import PHONE, OpenPage, Site
from tests.browser.looks import check_width, crawl
from tests.integration.onboarding.api_client import ApiClient, application
from tests.integration.onboarding.test_pages_of_a_partner import report, reported
from tests.integration.onboarding.test_people import LEA
from tests.integration.onboarding.test_requests import active, ask
from tests.integration.onboarding.test_worker_and_consumer import hear
from tests.integration.operators.busy_devices import busy_devices
from tests.integration.operators.conftest import SESSION, Services, built  # noqa: F401 (fixtures)
from tests.served import served

from chassis.identity.session import SessionSigner
from chassis.identity.signing_keys import read_private_key
from onboarding.domain.access import GrantState

DESK = {"width": 1280, "height": 900}
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
LOOKS = [
    pytest.param(
        {"viewport": size, "color_scheme": scheme, "locale": language, "java_script_enabled": scripts},
        id=f"{size['width']}-{scheme}-{language}-{'with' if scripts else 'without'}-scripts",
    )
    for size, scheme, language, scripts in (
        (PHONE, "light", "de", True),
        (PHONE, "dark", "en", False),
        (DESK, "dark", "de", False),
        (DESK, "light", "en", True),
    )
]


def shape_of(url: str) -> str:
    return ID.sub("*", urlsplit(url).path)


def leads_elsewhere(url: str) -> bool:
    """Another language, the portal (another service), or no page: the words of the agreement are a file."""
    return any(one in url for one in ("lang=", "/docs", "/integrations/")) or url.endswith("/agreement/text")


def told_of_learning(api: ApiClient, partner_id: str, member_id: str) -> None:
    """One path is completed, one is under way, and one belongs to somebody who left."""
    ways = (
        (member_id, ("invitation_sent", "invitation_accepted", "path_started", "path_completed")),
        (member_id, ("invitation_sent", "invitation_accepted", "path_started")),
        (str(uuid4()), ("invitation_sent", "invitation_expired")),
    )
    for number, (somebody, told) in enumerate(ways):
        path = {"path": f"path-{number}", "path_title": "Grundlagen der Partnerschaft, Teil " + "1" * number}
        invitation = {"invitation_id": str(uuid4()), "member_id": somebody, **path}
        for step, name in enumerate(told):
            language = {"language": "de"} if name == "invitation_sent" else {}
            hear(api, f"learning.{name}", partner_id, 1 + 4 * number + step, **invitation, **language)


@pytest.fixture(scope="module")
def partner(site: Site) -> str:
    """A session of an active partner to whom much has happened."""
    # Partners of other tests hold the registration that applications have elsewhere.
    company = application()["company"] | {"registration_number": "HRB 4711"}
    partner_id, session = active(site.api, company=company)
    members = f"/v1/partners/{partner_id}/members"
    for number in range(2):
        named = site.api.post(members, {**LEA, "email": f"lea{number}@mueller-soehne.example"}, session)
        assert named.status_code == 201, named.json
    contact = str(site.api.get(f"/v1/partners/{partner_id}", session).json["contact"]["member_id"])
    told_of_learning(site.api, partner_id, contact)
    sandbox = report("cloud_sandbox", GrantState.GRANTED, identifiers={"account_id": "111122223333"})
    leased = replace(sandbox, lease_ends_at=datetime.now(UTC) + timedelta(days=12))
    reported(site.api, partner_id, leased)
    budget = {"month": f"{datetime.now(UTC):%Y-%m}", "budget_usd": "300.00", "spent_usd": "241.37"}
    grant = {"grant_id": str(sandbox.grant_id), "product": "cloud_sandbox"}
    hear(site.api, "access.budget_warned", partner_id, 20, **grant, **budget, percent=80)
    site.api.service.sessions.begin(partner_id)
    asked = {"kind": "product", "product": "crm", "reason": "<script>alert(1)</script> " + "sales" * 60}
    assert ask(site.api, (partner_id, session), **asked).status_code == 201
    return session


@pytest.mark.parametrize("looks", LOOKS)
def test_every_page_is_reached_from_the_status_page(
    open_page: OpenPage, site: Site, partner: str, looks: dict[str, Any]
) -> None:
    given = {name: value for name, value in looks.items() if name != "locale"}
    page = open_page("/status", session=partner, language=looks["locale"], **given)
    seen = crawl(
        page,
        [f"{site.url}/status"],
        shape_of,
        skips=leads_elsewhere,
        has_scripts=looks["java_script_enabled"],
    )
    assert seen >= {
        *("/status", "/people", "/people/*", "/learning"),
        *("/sessions", "/requests", "/profile", "/leave"),
    }


@dataclass(frozen=True)
class Elsewhere:
    """Pages of other services, which the status page and mails lead to, with the partner's session."""

    url: str
    paths: tuple[str, ...]
    session: str


@pytest.fixture(scope="module")
def access_pages(built: Services) -> Iterator[Elsewhere]:  # noqa: F811
    provisioning, partner_id = built.provisioning, uuid4()
    # Playwright's loop runs in this thread, and the worker's jobs want one of their own.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(provisioning.plan, "crm", "iot", partner_id=partner_id).result()
        aside.submit(provisioning.work_off).result()
        aside.submit(busy_devices, built, partner_id).result()
    crm, iot = (provisioning.grant(partner_id, one).grant_id for one in ("crm", "iot"))
    session = SessionSigner(provisioning.session_key).sign(str(partner_id)).token
    with served(provisioning.service.create_web_app()) as url:
        yield Elsewhere(url, (f"/collect/{iot}", f"/devices/{iot}", f"/ways-in/{crm}"), session)


@pytest.fixture(scope="module")
def sharing_pages(built: Services) -> Iterator[Elsewhere]:  # noqa: F811
    """An integrator that asks, one that was agreed to and asks for more, one that asks no more."""
    world, partner_id = built.integrations, str(uuid4())
    token = SessionSigner(read_private_key(SESSION[0])).sign(partner_id).token
    purpose = {"de": "Wir planen Schulungen. " * 20, "en": "We plan trainings. " * 20}
    asking = {"partners": {"rule": "consented"}, "purpose": purpose}
    _, more, former = (world.vendor(**asking, types=["partner.applied.v1"]) for _ in range(3))
    for one in (more, former):
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        path = f"/v1/partners/{partner_id}/consents"
        seen = world.client.get(path, headers=headers).get_json()["integrators"]
        shown = next(each["request"]["shown"] for each in seen if each["integrator_id"] == one.id)
        answer = world.client.post(f"{path}/{one.id}", json={"shown": shown}, headers=headers)
        assert answer.status_code == 200, answer.text
    world.operate(f"/v1/integrators/{more.id}/scope", 200, types=None, sees_personal=True)
    world.operate(f"/v1/integrators/{former.id}/removal", 200)
    with served(world.service.create_web_app()) as url:
        yield Elsewhere(url, ("/sharing",), token)


def test_a_partner_agrees_by_keyboard_without_scripts(chromium: Any, sharing_pages: Elsewhere) -> None:
    context = chromium.new_context(viewport=PHONE, locale="en", java_script_enabled=False)
    context.add_cookies(
        [{"name": "gangway_session", "value": sharing_pages.session, "url": sharing_pages.url}]
    )
    page = context.new_page()
    page.goto(f"{sharing_pages.url}/sharing")
    card = page.locator("section.card:has(.badge:text-is('more requested'))")
    card.get_by_role("button", name="Agree").press("Enter")
    page.wait_for_selector(".badge:text-is('agreed')")
    page.get_by_role("button", name="Withdraw").press("Enter")
    page.wait_for_selector(".badge:text-is('withdrawn')")
    check_width(page)
    context.close()


@pytest.fixture(scope="module")
def learning_pages(built: Services) -> Iterator[Elsewhere]:  # noqa: F811
    world = built.notifications
    world.partner_id, world.sequence = str(uuid4()), 0
    for name in ("partner.email_verification_requested", "partner.approved"):
        world.tell(name)
    world.tell("access.member_added", products=[])
    world.tell("access.granted", "iot")
    world.tell("partner.activated")
    world.deliver()
    mails = [
        mail for mail in world.transport.parsed("zoe@maschinenbau-weiss.example") if mail["List-Unsubscribe"]
    ]
    text = mails[-1].get_body(("plain",)).get_content() + str(mails[-1]["List-Unsubscribe"])
    found = dict(re.findall(r"(/(?:invitations|learning-mail)/)([\w.-]+)", text))
    assert len(found) == 2
    with served(world.service.create_web_app()) as url:
        yield Elsewhere(url, tuple("".join(one) for one in found.items()), "")


def test_a_claim_is_made_by_keyboard_without_scripts(chromium: Any, access_pages: Elsewhere) -> None:
    """What was typed stays when something in it is wrong; the secret is shown once."""
    context = chromium.new_context(viewport=PHONE, locale="de", java_script_enabled=False)
    context.add_cookies([{"name": "gangway_session", "value": access_pages.session, "url": access_pages.url}])
    page, path = context.new_page(), next(one for one in access_pages.paths if "/devices/" in one)
    page.goto(access_pages.url + path)
    for typed, told in ((" ", "[role=alert]"), ("Fräse", "pre.secret")):
        page.fill("#name_prefix", typed)
        page.fill("#valid_days", "3")
        page.press("#valid_days", "Enter")
        page.wait_for_selector(told)
        page.wait_for_load_state()
        assert page.locator(told).count() == 1
        assert page.input_value("#valid_days") == ("3" if typed == " " else "7")
        check_width(page)
    page.goto(access_pages.url + path)
    assert page.locator("pre.secret").count() == 0
    assert page.locator("h3:text-is('Fräse')").count() == 1
    context.close()


@pytest.mark.parametrize("pages", ["access_pages", "learning_pages", "sharing_pages"])
@pytest.mark.parametrize("looks", LOOKS)
def test_what_mails_and_products_lead_to(
    chromium: Any, request: pytest.FixtureRequest, pages: str, looks: dict[str, Any]
) -> None:
    there: Elsewhere = request.getfixturevalue(pages)
    context = chromium.new_context(**looks)
    if there.session:
        context.add_cookies([{"name": "gangway_session", "value": there.session, "url": there.url}])
    starts = [there.url + path for path in there.paths]
    seen = crawl(
        context.new_page(), starts, shape_of, skips=leads_elsewhere, has_scripts=looks["java_script_enabled"]
    )
    context.close()
    assert {shape_of(url) for url in starts} <= seen
