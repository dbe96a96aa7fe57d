"""The devices of a grant in the console: seen with state and cause, added, removed, their keys replaced."""

import re
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from tests.integration.operators.busy_day import as_somebody
from tests.integration.operators.conftest import CommandLine, ConsoleBrowser, Services
from tests.integration.operators.test_grants_and_mails import collected
from tests.unit.provisioning.fake_outside import Mishap

from chassis.failures import NeverPossible
from console.bootstrap import ConsoleService

BECAUSE = {"reason": "They asked on the phone."}


@pytest.fixture
def grant(services: Services) -> tuple[UUID, str]:
    """The partner's id, and that of its IoT grant with room for one more device."""
    partner = UUID(services.onboarding.in_review()[0])
    services.provisioning.plan("iot", partner_id=partner)
    services.provisioning.work_off()
    found = services.provisioning.grant(partner, "iot")
    outputs = {**found.outputs, "device_quota": 2}
    changed = replace(found, parameters={**found.parameters, "device_quota": 2}, outputs=outputs)
    with services.provisioning.service.open_work() as work:
        work.grants.save(changed)
    return partner, str(found.grant_id)


def acts_on(page: str) -> set[str]:
    return set(re.findall(r'href="/grants/[0-9a-f-]+/devices/(?:[0-9a-f-]{36}/)?([a-z-]+)"', page))


def test_a_device_from_its_name_to_its_end(
    console: ConsoleBrowser, services: Services, grant: tuple[UUID, str], gangway: CommandLine
) -> None:
    partner, grant_id = grant
    devices = f"/grants/{grant_id}/devices"
    assert f'href="{devices}"' in console.shows(f"/partners/{partner}")
    assert acts_on(console.shows(devices)) == {"add-device"}
    assert console.post(f"{devices}/add-device", name=" ", **BECAUSE).status_code == 422
    assert console.post(f"{devices}/add-device", name="Press <7>", **BECAUSE).location == devices
    shown = console.shows(devices)
    assert "Press &lt;7&gt;" in shown
    assert "refreshes automatically" in shown
    services.provisioning.work_off()
    [device] = gangway.tells("devices", "list", grant_id)
    one = f"{devices}/{device['device_id']}"
    shown = console.shows(devices)
    assert "refreshes automatically" not in shown
    assert device["thing_name"] in shown
    assert "2 of 2 devices" in shown
    assert acts_on(shown) == {"remove-device"}, "the quota is reached, and no key was collected"
    assert "there are as many" in console.post(f"{devices}/add-device", name="Press 8", **BECAUSE).text
    assert collected(services, partner, grant_id, UUID(device["device_id"])) == 200
    assert acts_on(console.shows(devices)) == {"rotate-device-key", "revoke-device-key", "remove-device"}
    assert console.post(f"{one}/rotate-device-key", **BECAUSE).location == devices
    services.provisioning.work_off()
    assert collected(services, partner, grant_id, UUID(device["device_id"])) == 200
    assert acts_on(console.shows(devices)) == {"end-older-keys", "revoke-device-key", "remove-device"}
    for act in ("end-older-keys", "revoke-device-key"):
        assert "Press &lt;7&gt;" in console.shows(f"{one}/{act}")
        assert console.post(f"{one}/{act}", **BECAUSE).location == devices
        services.provisioning.work_off()
    form = {**BECAUSE, "key": str(uuid4())}
    assert console.post(f"{one}/remove-device", **form).location == devices
    services.provisioning.work_off()
    assert console.post(f"{one}/remove-device", **form).location == devices, "the same click once more"
    assert "No devices besides" in console.shows(devices)
    assert console.get(f"{one}/remove-device").status_code == 404
    done = [entry["action"] for entry in gangway.tells("audit", "list", "--target", device["device_id"])]
    assert {"rotate key", "end older keys", "revoke key", "remove device"} <= set(done)


def test_a_device_that_fails_says_why_and_a_viewer_only_looks(
    console: ConsoleBrowser, console_service: ConsoleService, services: Services, grant: tuple[UUID, str]
) -> None:
    devices = f"/grants/{grant[1]}/devices"
    refusal = Mishap(NeverPossible("refused", "There are too many things."), times=99)
    services.provisioning.outside.will("apply", "iot_certificate", refusal)
    console.post(f"{devices}/add-device", name="Press 9", **BECAUSE)
    services.provisioning.work_off()
    shown = console.shows(devices)
    assert "There are too many things." in shown
    assert "refreshes automatically" not in shown
    viewer = as_somebody(console_service, "viewer")
    assert "Press 9" in viewer.shows(devices)
    assert acts_on(viewer.shows(devices)) == set()
    assert viewer.post(f"{devices}/add-device", name="Mine", **BECAUSE).status_code == 403
    assert console.get(f"/grants/{uuid4()}/devices").status_code == 404


def test_a_claim_is_made_shown_once_and_revoked(
    console: ConsoleBrowser,
    console_service: ConsoleService,
    grant: tuple[UUID, str],
    gangway: CommandLine,
) -> None:
    devices, claims = (f"/grants/{grant[1]}/{name}" for name in ("devices", "device-claims"))
    asked = f"{claims}/make-device-claim"
    assert asked in console.shows(devices)
    form = {"name_prefix": "<Saw>", "places": "1", "valid_days": "7", **BECAUSE}
    for name, wrong in (("places", "many"), ("places", "100"), ("valid_days", "91"), ("name_prefix", "")):
        assert console.post(asked, **{**form, name: wrong}).status_code == 422, name
    made = console.post(asked, **form)
    assert made.status_code == 201
    assert len(re.findall(r"gwc_[0-9a-f]{32}_[A-Za-z0-9_-]{43}", made.text)) == 1
    shown = console.shows(devices)
    assert "gwc_" not in shown
    assert "&lt;Saw&gt;" in shown
    [claim] = gangway.tells("devices", "claims", grant[1])
    assert (claim["state"], claim["places"], claim["used"]) == ("open", 1, 0)
    assert f"{claims}/{claim['claim_id']}/revoke-device-claim" not in as_somebody(
        console_service, "viewer"
    ).shows(devices)
    assert console.post(f"{claims}/{claim['claim_id']}/revoke-device-claim", **BECAUSE).location == devices
    assert "revoked" in console.shows(devices)
    made_again = gangway.tells(
        *("devices", "claim", grant[1], "--name", "Mill", "--places", "1", "--hours", "24"),
        *("--reason", "They asked."),
    )
    assert made_again["secret"].startswith("gwc_")
    revoked = gangway.tells(
        "devices", "revoke-claim", grant[1], made_again["claim_id"], "--reason", "They found it."
    )
    assert revoked["state"] == "revoked"
    done = [entry["action"] for entry in gangway.tells("audit", "list", "--target", claim["claim_id"])]
    assert sorted(done) == ["make claim", "revoke claim"]
    assert console.get(f"{claims}/{uuid4()}/revoke-device-claim").status_code == 404
