"""The status page of each state in a real browser, and clicks that come twice."""

from datetime import timedelta
from uuid import UUID

import pytest
from tests.browser.conftest import OpenPage, Site
from tests.browser.looks import check_looks
from tests.integration.onboarding.test_pages_of_a_partner import report, reported
from tests.integration.onboarding.test_pages_status import in_state

from onboarding.domain.access import GrantState
from onboarding.domain.states import State


def partner_in(site: Site, state: State) -> str:
    """A partner in that state, beside others of the same company."""
    with site.api.service.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE partners SET shares_registration = true")
    return in_state(site.api, state, deadline=timedelta(days=3))


def session_of(site: Site, partner_id: str) -> str:
    return site.api.service.sessions.begin(partner_id).token


@pytest.mark.parametrize("state", State)
def test_each_state_looks_right(open_page: OpenPage, site: Site, state: State) -> None:
    partner_id = partner_in(site, state)
    ready = report(
        "cloud_sandbox", GrantState.GRANTED, identifiers={"sign_in_url": "https://x.example/start"}
    )
    reported(site.api, partner_id, ready, report("crm", GrantState.PROVISIONING))
    for width in (320, 1280):
        page = open_page(
            "/status",
            session=session_of(site, partner_id),
            language="de" if width == 320 else "en",
            viewport={"width": width, "height": 800},
        )
        page.locator("summary").click()
        check_looks(page)


@pytest.mark.parametrize(
    ("state", "path", "told"),
    [
        (State.APPROVED, "/agreement", "partner.agreement_accepted"),
        (State.IN_REVIEW, "/withdraw", "partner.withdrawn"),
        (State.ACTIVE, "/leave", "partner.offboarding_started"),
        (State.ACTION_REQUIRED, "/correction", "partner.correction_submitted"),
    ],
)
def test_a_double_click_is_one(open_page: OpenPage, site: Site, state: State, path: str, told: str) -> None:
    partner_id = partner_in(site, state)
    with site.api.service.open_work() as work:
        if state is State.APPROVED:
            partner = work.partners.lock(UUID(partner_id))
            partner.acceptance = None
            work.partners.save(partner)
    page = open_page(path, session=session_of(site, partner_id))
    if state is State.APPROVED:
        page.check("#accept")
    check_looks(page)
    page.dblclick("main form .actions button")
    page.wait_for_url("**/status")
    assert [name for name, _ in site.api.events(partner_id)].count(told) == 1
