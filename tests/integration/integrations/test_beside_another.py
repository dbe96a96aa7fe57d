"""What another vendor or partner does changes nothing of what one has and sees."""

import re
from typing import Any

from tests.integration.integrations.conftest import Vendor, World
from tests.integration.integrations.test_consents import APPLIED, Partner, asking
from tests.integration.integrations.test_portal import VERA, added, browser

OF_CLIENTS = ("endpoints", "deliveries", "log", "quotas")
OF_OPERATORS = ("tokens", "people", "consents")
HOOK = "https://hooks.example.com/x"


def operators_see(world: World, vendor: Vendor, what: str) -> Any:
    headers = {"Authorization": f"Bearer {world.ops_token}"}
    answer = world.client.get(f"/v1/integrators/{vendor.id}/{what}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json


def live(world: World, vendor: Vendor, email: str) -> None:
    """Leave rows everywhere."""
    added(world, vendor.id, email=email)
    made = vendor.endpoint(HOOK)
    vendor.call("POST", f"/v1/endpoints/{made['id']}/tests", 202, type=APPLIED)
    vendor.call("POST", "/v1/replays", 202, **{"endpoint_id": made["id"], "from": "2026-01-01T00:00:00Z"})
    world.operate(f"/v1/integrators/{vendor.id}/tokens")


def test_a_vendor_has_and_sees_its_own_alone(world: World) -> None:
    vendor, other = world.vendor(), world.vendor()
    world.tell(APPLIED)
    live(world, vendor, VERA["email"])
    client = browser(world)

    def seen() -> list[Any]:
        by_api = [vendor.call("GET", f"/v1/{what}") for what in OF_CLIENTS]
        by_operators = [operators_see(world, vendor, what) for what in OF_OPERATORS]
        return [*by_api, *by_operators, re.findall(r"/replays/[0-9a-f-]{36}", client.get("/replays").text)]

    before = seen()
    live(world, other, "olga@other.example")
    assert seen() == before


def test_a_consent_is_one_partners_to_one_vendor(world: World) -> None:
    first, second = asking(world, APPLIED), asking(world, APPLIED)
    partner, other = Partner(world), Partner(world)
    for vendor in (first, second):
        partner.agree(vendor)
    assert other.seen(first)["standing"] == "asked"
    for vendor in (first, second):
        other.agree(vendor)
    before = other.call("GET"), partner.seen(second), operators_see(world, second, "consents")
    partner.withdraw(first)
    assert (other.call("GET"), partner.seen(second), operators_see(world, second, "consents")) == before
