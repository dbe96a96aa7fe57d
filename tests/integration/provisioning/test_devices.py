"""Partners and operators add devices by API and page, up to the quota, and nobody sees another's."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from tests.integration.provisioning.conftest import ProvisioningOnPostgres
from tests.integration.provisioning.test_api import BECAUSE, Callers, device_grant, signed_in_post, visit_in
from tests.unit.provisioning.fake_outside import Mishap
from werkzeug.test import TestResponse

from chassis.failures import NeverPossible
from chassis.http.session_cookie import COOKIE
from provisioning.domain.findings import Mark, Thing, ThingKind
from provisioning.domain.grant_states import Intent
from provisioning.domain.steps import StepRecord


@dataclass
class Owner:
    """A partner with an IoT grant of a quota, and who asks for it."""

    provisioning: ProvisioningOnPostgres
    callers: Callers
    partner_id: UUID
    grant_id: UUID

    @property
    def path(self) -> str:
        return f"/v1/grants/{self.grant_id}/devices"

    def post(self, path: str, body: object = None, who: dict[str, str] | None = None) -> TestResponse:
        return self.callers.post(f"{self.path}{path}", who or self.callers.partner(self.partner_id), body)

    def add(self, name: str) -> str:
        answer = self.post("", {"name": name})
        assert answer.status_code == 202, answer.text
        self.provisioning.work_off()
        return str(answer.get_json()["device_id"])

    def devices(self) -> dict[str, dict[str, Any]]:
        listed = self.callers.get(self.path, self.callers.partner(self.partner_id)).get_json()["devices"]
        return {device["name"]: device for device in listed}

    def page(self, form: dict[str, str]) -> TestResponse:
        return signed_in_post(self.callers, self.partner_id, f"/devices/{self.grant_id}", form)

    def shown(self, path: str = "") -> TestResponse:
        client = self.callers.client()
        client.set_cookie(COOKIE, self.callers.session(self.partner_id))
        return client.get(f"/devices/{self.grant_id}{path}")


@pytest.fixture
def owner(provisioning: ProvisioningOnPostgres) -> Owner:
    partner_id, grant_id = device_grant(provisioning)
    with provisioning.service.open_work() as work:
        grant = work.grants.get(grant_id)
        assert grant is not None
        outputs = {**grant.outputs, "topic_root": "partners/muster"}
        parameters = {**grant.parameters, "device_quota": 4}
        work.grants.save(replace(grant, parameters=parameters, outputs=outputs))
    return Owner(provisioning, Callers(provisioning), partner_id, grant_id)


def code(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def acts(owner: Owner, target: str) -> list[tuple[str, str, str | None]]:
    query = text("SELECT actor, action, reason FROM operator_actions WHERE target = :target ORDER BY at")
    with owner.provisioning.service.database.engine.begin() as connection:
        return [tuple(row) for row in connection.execute(query, {"target": target})]


def test_a_device_from_its_name_to_its_end(owner: Owner) -> None:
    device_id = owner.add("  Press 7 ")
    device = owner.devices()["Press 7"]
    assert (device["state"], device["collectable"], device["cause"]) == ("ready", True, None)
    assert device["thing_name"] == f"gateway-1-{device_id.replace('-', '')[-12:]}"
    for verb in ("rotation", "rotation-end", "revocation"):
        assert owner.post(f"/{device_id}/credentials-{verb}").status_code == 409
    path, own = f"{owner.path}/{device_id}/credentials", owner.callers.partner(owner.partner_id)
    given = owner.callers.client().post(path, headers=own)
    assert given.get_json()["private_key_pem"] == f"KEY of {device_id.replace('-', '')[-12:]}"
    assert given.headers["Cache-Control"] == "no-store"
    assert owner.callers.client().post(path, headers=own).status_code == 410
    assert owner.post(f"/{device_id}/credentials-rotation").status_code == 202
    owner.provisioning.work_off()
    assert owner.devices()["Press 7"]["older_key_stays"]
    assert owner.post(f"/{device_id}/credentials-revocation").status_code == 202
    owner.provisioning.work_off()
    assert owner.callers.client().post(path, headers=own).status_code == 200
    assert owner.post(f"/{device_id}/removal").get_json()["state"] == "being_removed"
    owner.provisioning.work_off()
    assert owner.devices() == {}
    assert owner.post(f"/{device_id}/removal").status_code == 404
    partner = str(owner.partner_id)
    assert [act[:2] for act in acts(owner, device_id)] == [
        (partner, "add device"),
        (partner, "collect key"),
        (partner, "rotate key"),
        (partner, "revoke key"),
        (partner, "collect key"),
        (partner, "remove device"),
    ]
    names = [name.split(".")[2] for name in owner.provisioning.events(owner.partner_id)]
    assert [name for name in names if name.startswith("device")] == ["device_added", "device_removed"]
    assert names.count("granted") == 1


def test_an_operator_does_the_same_and_says_why(owner: Owner) -> None:
    operator = owner.callers.operator()
    nameless = owner.post("", {"name": "Press 8"}, operator)
    assert code(nameless) == (422, "invalid_input")
    assert nameless.get_json()["errors"][0]["pointer"] == "/reason"
    [wrong] = owner.post("", {"name": "Press 8", "reason": " "}, operator).get_json()["errors"]
    assert wrong["pointer"] == "/reason"
    assert code(owner.post("", True, operator)) == (422, "invalid_input")
    assert owner.post("", {"name": "Press 8", **BECAUSE}, owner.callers.operator("viewer")).status_code == 403
    device_id = owner.post("", {"name": "Press 8", **BECAUSE}, operator).get_json()["device_id"]
    owner.provisioning.work_off()
    assert owner.post(f"/{device_id}/credentials", who=operator).status_code == 403
    assert owner.post(f"/{device_id}/removal", BECAUSE, operator).status_code == 202
    assert acts(owner, device_id) == [("amara", "remove device", BECAUSE["reason"])]
    assert ("amara", "add device", BECAUSE["reason"]) in acts(owner, str(owner.grant_id))
    assert owner.callers.get(owner.path, owner.callers.operator("viewer")).get_json()["quota"] == 4


def test_nobody_reaches_anothers_devices(owner: Owner) -> None:
    device_id, stranger = owner.add("Ours"), owner.callers.partner(uuid4())
    assert owner.callers.get(owner.path, stranger).status_code == 404
    for path, body in (
        ("", {"name": "Theirs"}),
        (f"/{device_id}/removal", None),
        (f"/{device_id}/credentials", None),
        (f"/{device_id}/credentials-rotation", None),
        (f"/{device_id}/credentials-revocation", None),
    ):
        assert owner.post(path, body, stranger).status_code == 404, path
    _, elsewhere = device_grant(owner.provisioning)
    path = f"/v1/grants/{elsewhere}/devices/{device_id}/removal"
    assert owner.callers.post(path, owner.callers.operator(), BECAUSE).status_code == 404, "of another grant"
    assert list(owner.devices()) == ["Ours"]


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "\x00", "\u202e7", "...", 7, None], ids=repr)
def test_a_name_that_is_none_is_refused(owner: Owner, name: object) -> None:
    assert owner.post("", {"name": name}).status_code == 422
    assert owner.devices() == {}


def test_many_at_once_keep_the_quota(owner: Owner) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: owner.post("", {"name": f"No {number}"}), range(40)))
    assert sorted(answer.status_code for answer in answers) == [202] * 3 + [409] * 37
    assert {answer.get_json()["code"] for answer in answers if answer.status_code == 409} == {"quota_reached"}
    owner.provisioning.work_off()
    assert [device["state"] for device in owner.devices().values()] == ["ready"] * 3


def test_the_page_adds_once_for_a_double_click_and_removes(owner: Owner) -> None:
    visit = visit_in(owner.shown().text)
    form = {"act": "add", "name": "<b>Press</b>", "visit": visit}
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(owner.page, [form, form]))
    assert [answer.status_code for answer in answers] == [200, 200]
    owner.provisioning.work_off()
    [device] = owner.devices().values()
    page = owner.shown()
    assert "&lt;b&gt;Press" in page.text
    assert "<b>Press" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert owner.page({**form, "visit": str(uuid4())}).status_code == 409
    key_path = f"/{device['device_id']}/key"
    assert f'href="/devices/{owner.grant_id}{key_path}"' in page.text
    asked = owner.shown(key_path)
    shown = signed_in_post(
        owner.callers,
        owner.partner_id,
        f"/devices/{owner.grant_id}{key_path}",
        {"visit": visit_in(asked.text)},
    )
    assert f"KEY of {device['device_id'].replace('-', '')[-12:]}" in shown.text
    for act, status in (("rotate", 200), ("end", 409), ("nonsense", 200), ("remove", 200)):
        assert owner.page({"act": act, "device_id": device["device_id"]}).status_code == status, act
        owner.provisioning.work_off()
    assert owner.devices() == {}
    assert owner.page({"act": "remove", "device_id": "no id"}).status_code == 200
    refused = owner.callers.client().post(f"/devices/{owner.grant_id}", data=form)
    assert refused.status_code == 303, "nobody is signed in"


def test_what_fails_for_one_device_is_shown_there_and_counted_by_its_step(owner: Owner) -> None:
    mishap = Mishap(NeverPossible("refused", "The quota of AWS is used up."), times=99)
    owner.provisioning.outside.will("apply", "iot_certificate", mishap)
    owner.add("Bad")
    device = owner.devices()["Bad"]
    assert (device["state"], device["cause"]["code"]) == ("failed", "refused")
    grant = owner.callers.get(f"/v1/grants/{owner.grant_id}", owner.callers.partner(owner.partner_id))
    assert (grant.get_json()["state"], grant.get_json()["cause"]) == ("granted", None)
    with owner.provisioning.service.open_work() as work:
        assert ("iot", "on", "iot_certificate") in work.grants.count_stuck()
        assert {step for _, _, step in work.grants.count_stuck() if "__" in step} == set()


def test_a_sweep_knows_a_device_that_is_there_from_one_that_was(owner: Owner) -> None:
    live = owner.add("Live").replace("-", "")[-12:]
    partner = owner.partner_id.hex[-12:]
    known = {
        None: Mark(partner_digits=partner),
        live: Mark(partner_digits=partner, device_digits=live),
        "0" * 12: Mark(grant_id=owner.grant_id, device_digits="0" * 12),
    }
    things = [
        Thing(kind=ThingKind.THING, product="iot", outside_id=str(key), mark=mark)
        for key, mark in known.items()
    ]
    with owner.provisioning.service.open_work() as work:
        owners = work.findings.owners(things)
    assert [one.is_live for one in owners] == [True, True, False]
    assert {one.grant_id for one in owners} == {owner.grant_id}


def test_steps_of_devices_come_and_go_without_touching_the_others(owner: Owner) -> None:
    """Removed ones leave places that the next ones take."""

    def steps() -> dict[str, StepRecord]:
        grant = owner.provisioning.grant(owner.partner_id, "iot")
        return {step.name: step for step in grant.steps}

    before = steps()
    first = owner.add("First")
    second = owner.add("Second")
    of_second = {name: step for name, step in steps().items() if name.endswith(second[-12:])}
    owner.post(f"/{first}/removal")
    owner.provisioning.work_off()
    third = owner.add("Third")
    after = steps()
    assert {name: after[name] for name in of_second} == of_second
    assert {name: after[name].standing for name in before} == {
        name: step.standing for name, step in before.items()
    }
    assert {name.partition("__")[2] for name in after} == {"", second[-12:], third[-12:]}


def test_nothing_of_the_last_device_is_kept(owner: Owner) -> None:
    """Its name may tell of a person, and a sweep takes its thing for a live one as long as it is known."""
    only = owner.add("Press of Zoë")
    owner.post(f"/{only}/removal")
    owner.provisioning.work_off()
    kept = text(
        "SELECT name FROM devices WHERE grant_id = :grant_id"
        " UNION ALL SELECT name FROM grant_steps WHERE grant_id = :grant_id AND name LIKE '%\\_\\_%'"
    )
    with owner.provisioning.service.database.engine.begin() as connection:
        assert connection.execute(kept, {"grant_id": owner.grant_id}).all() == []
    marked = Mark(partner_digits=owner.partner_id.hex[-12:], device_digits=only.replace("-", "")[-12:])
    thing = Thing(kind=ThingKind.THING, product="iot", outside_id="its", mark=marked)
    with owner.provisioning.service.open_work() as work:
        assert [one.is_live for one in work.findings.owners([thing])] == [False]


def test_what_has_no_devices_has_no_page_of_devices(provisioning: ProvisioningOnPostgres) -> None:
    partner_id, callers = provisioning.plan("crm"), Callers(provisioning)
    client = callers.client()
    client.set_cookie(COOKIE, callers.session(partner_id))
    assert client.get(f"/devices/{provisioning.grant(partner_id, 'crm').grant_id}").status_code == 404


def test_the_page_of_access_that_has_ended_counts_no_devices(owner: Owner) -> None:
    with owner.provisioning.service.open_work() as work:
        grant = work.grants.get(owner.grant_id)
        assert grant is not None
        work.grants.save(replace(grant, intent=Intent.OFF))
    assert "This access has ended, along with all its devices" in owner.shown().text
