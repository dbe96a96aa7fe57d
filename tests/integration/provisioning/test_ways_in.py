"""A partner sees how its people sign in and passes on where they register; nobody else does."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from tests.integration.provisioning.conftest import ProvisioningOnPostgres
from tests.integration.provisioning.test_api import Callers

from chassis.failures import NeverPossible, NotNow
from chassis.http.session_cookie import COOKIE


@pytest.fixture
def callers(provisioning: ProvisioningOnPostgres) -> Callers:
    return Callers(provisioning)


@pytest.fixture
def granted(provisioning: ProvisioningOnPostgres) -> tuple[UUID, UUID, UUID]:
    """Partner, grant and contact."""
    partner_id = provisioning.plan("crm")
    provisioning.work_off()
    grant = provisioning.grant(partner_id, "crm")
    with provisioning.service.open_work() as work:
        partner = work.partners.lock(partner_id)
    assert partner is not None
    return partner_id, grant.grant_id, partner.members[0].member_id


def acts(provisioning: ProvisioningOnPostgres) -> list[tuple[str, str]]:
    with provisioning.service.database.engine.begin() as connection:
        rows = connection.execute(text("SELECT actor, target FROM operator_actions ORDER BY 1, 2"))
        return [(row.actor, row.target) for row in rows]


def test_the_api_tells_who_signs_in_how_and_gives_an_address_once(
    callers: Callers, provisioning: ProvisioningOnPostgres, granted: tuple[UUID, UUID, UUID]
) -> None:
    partner_id, grant_id, member_id = granted
    path = f"/v1/grants/{grant_id}/people"
    expected = {
        "member_id": str(member_id),
        "user_name": "user of Zoë",
        "has_come_in": False,
        "must_register": True,
    }
    assert callers.get(path, callers.partner(partner_id)).get_json() == {"people": [expected]}
    assert callers.get(path, callers.operator("admin")).status_code == 403, "people are disclosed elsewhere"
    assert callers.get(path, callers.partner(uuid4())).status_code == 404

    path = f"{path}/{member_id}/registration"
    for who, status in (
        (callers.partner(uuid4()), 404),
        (callers.operator("admin"), 403),
        ({}, 401),
    ):
        assert callers.post(path, who).status_code == status
    assert acts(provisioning) == []
    given = callers.post(path, callers.partner(partner_id))
    assert given.get_json() == {"address": f"https://register.example/{member_id}"}
    assert given.headers["Cache-Control"] == "no-store"
    assert acts(provisioning) == [(str(partner_id), f"{grant_id} for {member_id}")]
    stranger = callers.post(path.replace(str(member_id), str(uuid4())), callers.partner(partner_id))
    assert (stranger.status_code, stranger.get_json()["code"]) == (409, "person_unknown")


def test_what_cannot_be_told_now_is_said(
    callers: Callers, provisioning: ProvisioningOnPostgres, granted: tuple[UUID, UUID, UUID]
) -> None:
    """Ill, at work on it, refused, or switched off: an address given out then would outlive the access."""
    partner_id, grant_id, member_id = granted
    path = f"/v1/grants/{grant_id}/people/{member_id}/registration"
    who = callers.partner(partner_id)
    for error, status in ((NotNow("slow", "Slow down."), 503), (NeverPossible("no", "No."), 409)):
        provisioning.door.error = error
        assert callers.post(path, who).status_code == status
    provisioning.door.error = None
    with provisioning.service.locks.try_hold(f"grant:{grant_id}"):
        assert callers.post(path, who).status_code == 503
    provisioning.hear("suspended", {"partner_id": str(partner_id)})
    provisioning.work_off()
    assert callers.post(path, who).get_json()["code"] == "no_way_in"
    assert callers.get(f"/v1/grants/{grant_id}/people", who).get_json()["code"] == "no_way_in"


def test_a_grant_is_looked_up_once_at_a_time(
    callers: Callers, provisioning: ProvisioningOnPostgres, granted: tuple[UUID, UUID, UUID]
) -> None:
    partner_id, grant_id, _ = granted
    path, who = f"/v1/grants/{grant_id}/people", callers.partner(partner_id)
    with provisioning.service.locks.try_hold(f"ways-in:{grant_id}"):
        refused = callers.get(path, who)
        assert (refused.status_code, refused.get_json()["code"]) == (503, "look_under_way")
        assert callers.get(path, callers.partner(uuid4())).status_code == 404
    assert callers.get(path, who).status_code == 200


def test_the_page_shows_the_address_to_its_own_contact_only(
    callers: Callers, provisioning: ProvisioningOnPostgres, granted: tuple[UUID, UUID, UUID]
) -> None:
    partner_id, grant_id, member_id = granted
    path = f"/ways-in/{grant_id}?lang=en"
    browser = callers.client()
    browser.set_cookie(COOKIE, callers.session(partner_id))
    page = browser.get(path)
    assert "user of Zoë" in page.text
    assert "Has not signed in yet" in page.text
    assert "register.example" not in page.text
    shown = browser.post(path, data={"member_id": str(member_id)})
    assert f"https://register.example/{member_id}" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    for nonsense in ("", "x", str(uuid4())):
        assert "register.example" not in browser.post(path, data={"member_id": nonsense}).text
    assert callers.get(path, callers.partner(uuid4())).status_code == 404
    assert callers.get(path, {}).status_code == 303
    with provisioning.service.locks.try_hold(f"grant:{grant_id}"):
        refused = browser.post(path, data={"member_id": str(member_id)})
    assert refused.status_code == 503
    assert "user of Zoë" in refused.text
    assert "try again" in refused.text
    provisioning.door.error = NotNow("slow", "Slow down.")
    assert browser.get(path).status_code == 503
    assert "try again" in browser.get(path).text
