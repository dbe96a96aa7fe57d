"""Devices join a grant by a claim: only by its secret, as many as it says, each once, and none that left."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import text
from tests.integration.provisioning.test_api import BECAUSE, device_grant, visit_in
from tests.integration.provisioning.test_devices import Owner, acts, code, owner
from tests.unit.provisioning.test_certificate_requests import pem, request_for
from werkzeug.test import TestResponse

from provisioning.domain.device_claims import MOST_OPEN
from provisioning.domain.leases import FrozenFor
from provisioning.handlers.grants import find_grant

__all__ = ["owner"]
CSR, OTHER_CSR = (pem(request_for(ec.generate_private_key(ec.SECP256R1()))) for _ in range(2))
CLAIM = {"name_prefix": "Press ", "places": 2, "valid_hours": 24}


def make(
    owner: Owner, who: dict[str, str] | None = None, key: str | None = None, **changes: Any
) -> TestResponse:
    path = f"/v1/grants/{owner.grant_id}/device-claims"
    own = owner.callers.partner(owner.partner_id)
    return owner.callers.post(path, who or own, {**CLAIM, **changes}, key)


def secret_of(owner: Owner, **changes: Any) -> str:
    made = make(owner, **changes)
    assert made.status_code == 201, made.text
    assert made.headers["Cache-Control"] == "no-store"
    return str(made.get_json()["secret"])


def redeem(owner: Owner, secret: str, serial: str = "S-1", csr: str = CSR, **more: Any) -> TestResponse:
    body = {"secret": secret, "serial": serial, "csr": csr, **more}
    return owner.callers.client().post("/v1/device-claims/redemptions", json=body)


def claims(owner: Owner) -> list[dict[str, Any]]:
    path = f"/v1/grants/{owner.grant_id}/device-claims"
    listed = owner.callers.get(path, owner.callers.partner(owner.partner_id))
    assert "secret" not in listed.text
    found: list[dict[str, Any]] = listed.get_json()["claims"]
    return found


def events(owner: Owner) -> list[str]:
    names = [name.split(".")[2] for name in owner.provisioning.events(owner.partner_id)]
    return [name for name in names if name.startswith("device")]


@pytest.fixture(autouse=True)
def _uncounted(owner: Owner) -> None:
    """All of these tests come from one network."""
    with owner.provisioning.service.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM counted_acts"))


def test_a_device_joins_by_a_claim_and_is_one_like_any_other(owner: Owner) -> None:
    secret = secret_of(owner)
    begun = redeem(owner, secret)
    assert (begun.status_code, begun.get_json()["state"]) == (202, "being_made")
    assert begun.headers["Retry-After"] == "2"
    assert begun.get_json()["certificate_pem"] is None
    owner.provisioning.work_off()
    done = redeem(owner, secret)
    told = done.get_json()
    assert (done.status_code, done.headers["Cache-Control"]) == (200, "no-store")
    assert told["device_id"] == begun.get_json()["device_id"]
    assert told["topic_root"].endswith(f"/{told['thing_name']}")
    assert told["certificate_pem"].startswith("-----BEGIN CERTIFICATE")
    device = owner.devices()["Press S-1"]
    assert (device["state"], device["collectable"]) == ("ready", False)
    assert [(one["state"], one["used"]) for one in claims(owner)] == [("open", 1)]
    assert owner.post(f"/{told['device_id']}/credentials").status_code == 410, "the device has it"
    assert owner.post(f"/{told['device_id']}/removal").status_code == 202
    owner.provisioning.work_off()
    assert owner.devices() == {}
    assert code(redeem(owner, secret)) == (409, "device_removed")
    assert events(owner) == ["device_claim_made", "device_added", "device_removed"]
    [made] = claims(owner)
    assert acts(owner, told["device_id"])[0][:2] == (f"claim {made['claim_id']}", "add device")
    assert secret not in str(acts(owner, str(made["claim_id"])))


def test_the_same_serial_and_key_are_the_same_device(owner: Owner) -> None:
    secret = secret_of(owner)
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: redeem(owner, secret), range(8)))
    assert len({answer.get_json()["device_id"] for answer in answers}) == 1
    assert code(redeem(owner, secret, csr=OTHER_CSR)) == (409, "serial_taken")
    assert len(owner.devices()) == 1


def test_many_at_once_keep_the_places_and_the_quota(owner: Owner) -> None:
    """Two claims of two places each for three places of the quota."""
    secrets = [secret_of(owner), secret_of(owner, name_prefix="Saw ")]
    with ThreadPoolExecutor(8) as threads:
        numbers = [(secret, f"N-{number}") for number in range(8) for secret in secrets]
        answers = list(threads.map(lambda one: redeem(owner, *one), numbers))
    assert [answer.status_code for answer in answers].count(202) == 3
    refused = {answer.get_json()["code"] for answer in answers if answer.status_code == 409}
    assert refused <= {"claim_used_up", "quota_reached"}
    assert sorted(one["used"] for one in claims(owner)) == [1, 2]
    assert len(owner.devices()) == 3


def test_who_has_no_right_secret_learns_nothing(owner: Owner) -> None:
    secret = secret_of(owner)
    claim_id = UUID(claims(owner)[0]["claim_id"])
    forged = [
        secret[:-1] + ("A" if secret[-1] != "A" else "B"),
        secret.rpartition("_")[0],
        "gwc_x_y",
        "x" * 200,
    ]
    forged += [f"gwc_{uuid4().hex}_{'x' * 43}", f"gwc_{claim_id.hex}_", secret.replace("gwc_", "gwi_")]
    answers = [redeem(owner, one) for one in forged]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.get_json()["detail"] for answer in answers}) == 1
    assert owner.devices() == {}


def test_wrong_secrets_are_counted_and_a_right_one_is_never_refused(owner: Owner) -> None:
    secret = secret_of(owner)
    most = owner.provisioning.service.settings.claim_refusals
    statuses = [redeem(owner, f"gwc_{number}").status_code for number in range(most + 2)]
    assert statuses == [403] * most + [429] * 2
    assert redeem(owner, secret).status_code == 202
    with owner.provisioning.service.database.engine.begin() as connection:
        keys = connection.execute(text("SELECT key FROM counted_acts")).scalars().all()
    assert all(b"127.0.0.1" not in bytes(key) for key in keys)


def test_a_claim_takes_no_more_devices_than_it_has_places(owner: Owner) -> None:
    secret = secret_of(owner, places=1)
    assert redeem(owner, secret).status_code == 202
    assert code(redeem(owner, secret, "S-2", OTHER_CSR)) == (409, "claim_used_up")
    assert redeem(owner, secret).status_code == 202, "the same device"
    assert [one["state"] for one in claims(owner)] == ["used_up"]


def test_nobody_sees_the_claims_of_another(owner: Owner) -> None:
    secret_of(owner)
    other_id = owner.provisioning.plan("iot")
    owner.provisioning.work_off()
    path = f"/v1/grants/{owner.provisioning.grant(other_id, 'iot').grant_id}/device-claims"
    assert owner.callers.get(path, owner.callers.partner(other_id)).get_json() == {"claims": []}


def test_a_claim_ends_by_word_by_time_and_with_its_grant(owner: Owner) -> None:
    revoked, expired, secret = (secret_of(owner, name_prefix=f"{name} ") for name in "ABC")
    by_name = {one["name_prefix"][0]: one["claim_id"] for one in claims(owner)}
    path = f"/v1/grants/{owner.grant_id}/device-claims/{by_name['A']}/revocation"
    own = owner.callers.partner(owner.partner_id)
    for _ in range(2):
        assert owner.callers.post(path, own).get_json()["state"] == "revoked"
    with owner.provisioning.service.open_work() as work:
        claim = work.device_claims.get(UUID(by_name["B"]))
        assert claim is not None
        past = claim.created_at - timedelta(hours=1)
        work.connection.execute(
            text("UPDATE device_claims SET expires_at = :at WHERE claim_id = :id"),
            {"at": past, "id": claim.claim_id},
        )
    assert code(redeem(owner, revoked)) == (409, "claim_revoked")
    assert code(redeem(owner, expired)) == (409, "claim_expired")
    with owner.provisioning.service.open_work() as work:
        _, grant = find_grant(work, owner.grant_id)
        grant.freeze(FrozenFor.OPERATOR)
        work.grants.save(grant)
    assert code(redeem(owner, secret)) == (409, "claim_paused")
    with owner.provisioning.service.open_work() as work:
        _, grant = find_grant(work, owner.grant_id)
        grant.unfreeze(FrozenFor.OPERATOR)
        work.grants.save(grant)
    assert redeem(owner, secret).status_code == 202
    owner.provisioning.hear("offboarding_started", {"partner_id": str(owner.partner_id)})
    owner.provisioning.work_off()
    assert {one["state"] for one in claims(owner)} == {"revoked", "ended"}
    assert code(redeem(owner, secret, "S-2")) == (409, "claim_ended")
    assert events(owner).count("device_claim_revoked") == 1


def test_an_operator_makes_one_with_a_reason_and_the_answer_lost_is_replaced(owner: Owner) -> None:
    operator = owner.callers.operator()
    nameless = make(owner, operator)
    assert code(nameless) == (422, "invalid_input")
    assert nameless.get_json()["errors"][0]["pointer"] == "/reason"
    assert make(owner, owner.callers.operator("viewer"), **BECAUSE).status_code == 403
    first = make(owner, operator, "one-click", **BECAUSE).get_json()
    second = make(owner, operator, "one-click", **BECAUSE).get_json()
    assert first["claim_id"] == second["claim_id"]
    other = make(owner, operator, "one-click", **BECAUSE, name_prefix="Another ")
    assert code(other) == (409, "claim_differs"), "the key is that of another claim"
    assert code(make(owner, None, "one-click")) == (409, "claim_differs"), "and of somebody else"
    assert redeem(owner, first["secret"]).status_code == 403
    assert redeem(owner, second["secret"]).status_code == 202
    assert code(make(owner, operator, "one-click", **BECAUSE)) == (409, "claim_in_use")
    assert second["created_by"] == "amara"
    assert acts(owner, second["claim_id"])[-1][1:] == ("make claim", BECAUSE["reason"])


def test_claims_that_are_not_over_come_first_in_a_list_that_ends(owner: Owner, monkeypatch: Any) -> None:
    monkeypatch.setattr("provisioning.adapters.repositories.device_claims.MOST_SHOWN", 3)
    own = owner.callers.partner(owner.partner_id)
    for name in "ABCD":
        secret_of(owner, name_prefix=name)
        newest = claims(owner)[0]
        assert newest["name_prefix"] == name
        if name > "A":
            path = f"/v1/grants/{owner.grant_id}/device-claims/{newest['claim_id']}/revocation"
            assert owner.callers.post(path, own).status_code == 200
    assert [one["name_prefix"] for one in claims(owner)] == ["A", "D", "C"]


def test_a_claim_that_cannot_be_is_refused(owner: Owner) -> None:
    assert code(make(owner, places=4)) == (409, "quota_too_small")
    for wrong in (
        {"places": 0},
        {"places": 100},
        {"valid_hours": 0},
        {"valid_hours": 2161},
        {"name_prefix": ""},
    ):
        assert make(owner, **wrong).status_code == 422, wrong
    for number in range(MOST_OPEN):
        secret_of(owner, name_prefix=f"{number} ")
    assert code(make(owner)) == (409, "too_many_claims")
    stranger = owner.callers.partner(uuid4())
    assert make(owner, stranger).status_code == 404
    _, elsewhere = device_grant(owner.provisioning)
    path = f"/v1/grants/{elsewhere}/device-claims/{claims(owner)[0]['claim_id']}/revocation"
    assert owner.callers.post(path, owner.callers.operator(), BECAUSE).status_code == 404, "of another grant"


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"csr": "no request"}, "/csr"),
        ({"csr": "x" * 9_000}, "/csr"),
        ({"serial": "../etc"}, "/serial"),
        ({"serial": "x" * 65}, "/serial"),
        ({"secret": ""}, "/secret"),
        ({"name": "mine"}, "/name"),
    ],
    ids=["no request", "a long one", "a path", "a long serial", "no secret", "unknown"],
)
def test_what_a_device_asks_wrongly_is_named(owner: Owner, wrong: dict[str, str], pointer: str) -> None:
    body = {"secret": "gwc_x", "serial": "S-1", "csr": CSR, **wrong}
    answer = owner.callers.client().post("/v1/device-claims/redemptions", json=body)
    assert code(answer) == (422, "invalid_input")
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]


def test_a_key_is_replaced_like_any_other(owner: Owner) -> None:
    secret = secret_of(owner)
    device_id = redeem(owner, secret).get_json()["device_id"]
    owner.provisioning.work_off()
    assert owner.post(f"/{device_id}/credentials-rotation").status_code == 202
    owner.provisioning.work_off()
    assert code(redeem(owner, secret)) == (409, "key_replaced")
    own = owner.callers.partner(owner.partner_id)
    given = owner.callers.client().post(f"{owner.path}/{device_id}/credentials", headers=own)
    assert given.status_code == 200


def test_the_page_makes_a_claim_once_for_a_double_click_and_revokes_it(owner: Owner) -> None:
    visit = visit_in(owner.shown().text)
    form = {"act": "claim", "name_prefix": "<Saw>", "places": "2", "valid_days": "7", "visit": visit}
    shown = [owner.page(form).text for _ in range(2)]
    found = [re.findall(r"gwc_[0-9a-f]{32}_[A-Za-z0-9_-]{43}", text) for text in shown]
    assert [len(one) for one in found] == [1, 1]
    assert "&lt;Saw&gt;" in shown[1]
    assert "gwc_" not in owner.shown().text
    [claim] = claims(owner)
    assert redeem(owner, found[0][0]).status_code == 403
    assert redeem(owner, found[1][0]).status_code == 202
    for name, wrong in (("name_prefix", " "), ("places", "0"), ("valid_days", "x")):
        assert owner.page({**form, name: wrong, "visit": str(uuid4())}).status_code == 422, name
    assert owner.page({**form, "places": "4", "visit": str(uuid4())}).status_code == 409
    for claim_id in ("no id", str(uuid4()), claim["claim_id"]):
        assert owner.page({"act": "revoke-claim", "claim_id": claim_id}).status_code == 200
    assert [one["state"] for one in claims(owner)] == ["revoked"]
