"""What another partner does changes nothing of what a partner has and sees, and nothing of it is shown."""

from typing import Any
from uuid import uuid4

import pytest
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.onboarding.test_passkeys import add
from tests.integration.onboarding.test_people import LEA, says_yes
from tests.integration.onboarding.test_requests import OTHER, SANDBOX, active, asked
from tests.integration.onboarding.test_worker_and_consumer import agreed, hear

Partner = tuple[str, str]
SEEN = ("", "/timeline", "/requests", "/learning", "/sessions", "/passkeys")


@pytest.fixture
def partner(api: ApiClient) -> Partner:
    return active(api)


@pytest.fixture
def other(api: ApiClient) -> Partner:
    return agreed(api, **OTHER)


def seen(api: ApiClient, partner: Partner) -> dict[str, Any]:
    """By API, and on the page that it comes to."""
    found = {what: api.get(f"/v1/partners/{partner[0]}{what}", partner[1]).json for what in SEEN}
    page = api.http.get("/status", headers={"Authorization": f"Bearer {partner[1]}", "Accept": "text/html"})
    assert page.status_code == 200
    return {**found, "page": page.text}


def live(api: ApiClient, partner: Partner) -> None:
    """Leave rows everywhere, and end what ends with a contact's role."""
    partner_id, session = partner
    path = f"/v1/partners/{partner_id}"
    add(api, *partner)
    lesson = {
        "invitation_id": str(uuid4()),
        "member_id": str(uuid4()),
        "path": "iot-basics",
        "path_title": "IoT",
    }
    hear(api, "learning.invitation_sent", partner_id, 1, **lesson, language="de")
    member_id = api.post(f"{path}/members", LEA, session).json["member_id"]
    says_yes(api, partner_id)
    told = api.post(f"{path}/contact", {"member_id": member_id, "reason": "On leave."}, api.ops())
    assert told.status_code == 200, told.json


def test_nothing_changes_by_what_another_does(api: ApiClient, partner: Partner, other: Partner) -> None:
    add(api, *partner)
    asked(api, partner, kind="more_time", grant_id=SANDBOX, days=30, reason="It goes on.")
    link = api.token_of("partner.activated", partner[0])
    before = seen(api, partner)
    live(api, other)
    assert seen(api, partner) == before
    assert api.post("/v1/sessions", {"link_token": link}).status_code == 201


def test_nothing_of_another_is_seen(api: ApiClient, partner: Partner, other: Partner) -> None:
    before = seen(api, other)
    add(api, *partner)
    asked(api, partner, kind="more_time", grant_id=SANDBOX, days=30, reason="It goes on.")
    assert seen(api, other) == before
    assert before[""]["products"] == []
