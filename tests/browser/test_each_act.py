"""Each act of the console, sent once from a real browser, where there is something to do it to."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from tests.integration.operators.conftest import (  # noqa: F401 (fixtures)
    Services,
    built,
    console_at,
    emptied,
    ops_token,
    session_of,
    urls,
)
from tests.integration.operators.test_audit import ACTS, WHY
from tests.integration.operators.test_audit import Act as Prepared
from tests.served import served

from console.bootstrap import ConsoleService
from console.entrypoints.web.acts import ACTS_BY_NAME, Act, act_url

# A proposal has to be made by one and confirmed by another: tests/integration/operators/test_four_eyes.py.
# A plan's page shows the partner, whom onboarding does not know here: test_console_plans.py beside it.
ELSEWHERE = {"confirm-proposal", "decline-proposal", "change-plan"}
MANY = {"approve-many", "offboard-many"}
# What the forms ask for beside what the API's body has.
TYPED = {
    "valid_days": "7",
    "label": "shop",
    "purpose_de": "Wir planen Ihre Schulungen.",
    "purpose_en": "We plan your trainings.",
    "partners": "all",
    "language": "de",
}


@pytest.fixture(scope="module")
def at(urls: dict[str, str]) -> Iterator[tuple[str, ConsoleService]]:  # noqa: F811
    service = console_at(urls)
    with served(service.create_web_app()) as url:
        yield url, service
    service.dispose()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[ThreadPoolExecutor]:
    """Playwright's loop runs in this thread, and the worker's jobs want one of their own."""
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.mark.parametrize("name", sorted(ACTS_BY_NAME.keys() - ELSEWHERE))
def test_an_act_is_sent_and_told_as_done(
    chromium: Any,
    at: tuple[str, ConsoleService],
    built: Services,  # noqa: F811
    elsewhere: ThreadPoolExecutor,
    name: str,
) -> None:
    (url, service), act = at, ACTS_BY_NAME[name]
    path = act.row.partition(" ")[2]
    prepared = elsewhere.submit(lambda: ACTS[path](emptied(built))).result()
    if name == "publish-state":  # offered on the page of one
        prepared = replace(prepared, body={**prepared.body, "partner_id": built.onboarding.applied()})
    with ExitStack() as stack:
        context = chromium.new_context(base_url=url, viewport={"width": 1280, "height": 900})
        stack.callback(context.close)
        sealed = service.sessions.sealed(session_of(ops_token("operator")))
        context.add_cookies([{"name": key, "value": value, "url": url} for key, value in sealed.items()])
        page = context.new_page()
        page.goto(place_of(service, act, path, prepared))
        fill(page, act, prepared)
        with page.expect_navigation() as sent:
            page.locator("form.act button[type=submit]").click()
        told = page.locator("main").inner_text()
        assert page.locator("form.act").count() == 0, told
        # What leads back to the page of a partner whom onboarding does not know here is told all the same.
        assert sent.value.ok or (sent.value.status == 404 and "/partners/" in sent.value.url), told
        assert act.answer is not None or page.locator(".notice.good, .notice.warn").count(), told


def place_of(service: ConsoleService, act: Act, path: str, prepared: Prepared) -> str:
    """The page of the act, as links lead there."""
    pairs = zip(path.split("/"), prepared.path.split("/"), strict=True)
    known: dict[str, Any] = {part.strip("{}"): value for part, value in pairs if part.startswith("{")}
    plain = {key: value for key, value in prepared.body.items() if isinstance(value, str | int)}
    known |= {key: value for key, value in plain.items() if key not in ("reason", "name")}
    if "first_missing" in known:
        known |= {"first": known["first_missing"], "last": known["last_missing"]}
    if act.name in MANY:
        known = {"partner": [known["partner_id"]]}
    if act.service is None:
        known["service"] = prepared.service
    with service.create_web_app().test_request_context(base_url="http://127.0.0.1"):
        return act_url(act.name, **known)


def fill(page: Any, act: Act, prepared: Prepared) -> None:
    for field in act.fields:
        value = {**TYPED, **prepared.body}.get(field.name)
        if field.values:
            wanted = value if isinstance(value, list) and value else [value]
            chosen = [str(one) for one in wanted if str(one) in field.values] or [field.values[0]]
            for one in chosen:
                page.locator(f'[name="{field.name}"][value="{one}"]').check()
        elif value is not None:
            page.locator(f"#{field.name}").fill(" ".join(value) if isinstance(value, list) else str(value))
    page.locator("#reason").fill(WHY)
