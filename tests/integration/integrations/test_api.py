"""The API as operators and vendors use it: who may what, what is refused and how, and sending again."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook
from tests.integration.integrations.conftest import Vendor, World
from tests.integration.integrations.receivers import Receiver, wait_until

from integrations.handlers import deliveries
from integrations.handlers.commands import CleanUp, ContinueReplay
from integrations.handlers.partner_events import forget_partner

APPLIED, APPROVED, GRANTED = "partner.applied.v1", "partner.approved.v1", "access.granted.v1"
PUBLIC = "https://hooks.example.com/x"


def named(problem: dict[str, Any]) -> set[str]:
    return {error["pointer"] for error in problem["errors"]}


def test_every_wrong_field_is_named(world: World) -> None:
    refused = world.vendor().call(
        "POST",
        "/v1/endpoints",
        422,
        url="http://169.254.169.254/",
        types=[APPLIED, "partner.unheard_of.v1"],
        partners={"rule": "named", "values": ["x"]},
        order="sideways",
        body=1,
        concurrency=1_000,
        rate_per_second="5",
        colour="red",
    )
    assert named(refused) == {
        *("/url", "/types/1", "/partners/values/0", "/order", "/body", "/concurrency"),
        *("/rate_per_second", "/colour"),
    }


def test_what_is_another_s_is_not_there(world: World) -> None:
    mine, other = world.vendor(), world.vendor()
    endpoint = mine.endpoint(PUBLIC)["id"]
    delivery = mine.call("POST", f"/v1/endpoints/{endpoint}/tests", 202, type=APPLIED)["delivery_id"]
    since = datetime.now(UTC) - timedelta(hours=1)
    replay = mine.call("POST", "/v1/replays", 202, endpoint_id=endpoint, **{"from": since.isoformat()})["id"]
    paths = [
        ("GET", f"/v1/endpoints/{endpoint}"),
        ("DELETE", f"/v1/endpoints/{endpoint}"),
        ("POST", f"/v1/endpoints/{endpoint}/secrets"),
        ("POST", f"/v1/endpoints/{endpoint}/pause"),
        ("POST", f"/v1/endpoints/{endpoint}/resume"),
        ("GET", f"/v1/deliveries/{delivery}"),
        ("POST", f"/v1/deliveries/{delivery}/retries"),
        ("GET", f"/v1/replays/{replay}"),
    ]
    for method, path in paths:
        assert other.call(method, path, 404)["code"] == "not_found"
    other.call("PATCH", f"/v1/endpoints/{endpoint}", 404, description="mine")
    other.call("POST", f"/v1/endpoints/{endpoint}/tests", 404, type=APPLIED)
    other.call("POST", "/v1/replays", 404, endpoint_id=endpoint, **{"from": since.isoformat()})
    assert other.deliveries() == other.call("GET", "/v1/endpoints")["endpoints"] == []
    assert len(mine.deliveries()) == 1


def test_tokens_open_their_own_door_only(world: World) -> None:
    vendor = world.vendor()
    listed = f"/v1/integrators/{vendor.id}/tokens"
    ops = {"Authorization": f"Bearer {world.ops_token}"}
    [token] = world.client.get(listed, headers=ops).json["tokens"]
    assert token["hint"] == vendor.token[-4:]
    assert vendor.token not in str(world.rows("SELECT * FROM api_tokens, idempotency_answers"))
    assert vendor.call("GET", "/v1/integrators", 403)["code"] == "forbidden"
    assert world.client.get("/v1/endpoints", headers=ops).status_code == 403
    world.operate(f"{listed}/{token['token_id']}/revocation", 200)
    refused = vendor.call("GET", "/v1/endpoints", 401)
    unknown = Vendor(world.client, "gwi_" + "x" * 43, "").call("GET", "/v1/endpoints", 401)
    assert refused | {"request_id": ""} == unknown | {"request_id": ""}
    actions = world.client.get("/v1/operator-actions", headers=ops).json["actions"]
    assert [one["action"] for one in actions] == ["revoke token", "issue token", "add integrator"]
    assert {(one["actor"], one["reason"]) for one in actions} == {("ada", "for a test")}


def test_an_operator_says_why_and_names_once(world: World) -> None:
    headers = {"Authorization": f"Bearer {world.ops_token}", "Idempotency-Key": "1"}
    refused = world.client.post("/v1/integrators", headers=headers, json={"name": "ACME"})
    assert named(refused.json) == {"/reason"}
    world.operate("/v1/integrators", name="ACME")
    assert named(world.operate("/v1/integrators", 409, name="ACME")) == {"/name"}


def test_scope_decides_what_is_sent_also_for_what_waits(world: World, receiving: Receiver) -> None:
    gold, other = str(uuid.uuid4()), str(uuid.uuid4())
    scopes: dict[str, dict[str, Any]] = {
        "all": {},
        "typed": {"types": [APPROVED]},
        "tier": {"partners": {"rule": "tiers", "values": ["premier"]}},
        "product": {"partners": {"rule": "products", "values": ["crm"]}},
        "named": {"partners": {"rule": "named", "values": [other]}},
    }
    vendors = {name: world.vendor(**scope) for name, scope in scopes.items()}
    for name, vendor in vendors.items():
        vendor.endpoint(f"{receiving.url}/{name}", **({"types": [APPLIED]} if name == "all" else {}))
    ids = {
        "gold": world.tell(APPROVED, gold, tier="premier", products_wanted=["iot"])[0],
        "other": world.tell(APPLIED, other)[0],
        "crm": world.tell(GRANTED, other, product="crm")[0],
    }
    world.operate(f"/v1/integrators/{vendors['named'].id}/scope", 200, types=[APPLIED])
    with world.sending():
        wait_until(lambda: not world.rows("SELECT 1 FROM deliveries WHERE state = 'waiting'"))
    assert {name: set(receiving.ids(f"/{name}")) for name in scopes} == {
        "all": {ids["other"]},
        "typed": {ids["gold"]},
        "tier": {ids["gold"]},
        "product": {ids["crm"]},
        "named": {ids["other"]},
    }
    assert {one["state"] for one in vendors["named"].deliveries(f"type={GRANTED}")} == {"withheld"}


def test_a_filter_chooses_by_what_the_integrator_sees_also_in_a_replay(
    world: World, receiving: Receiver
) -> None:
    vendor, other = world.vendor(), world.vendor(sees_personal=True)
    wanted = 'type == "partner.approved.v1" && data.tier == "premier"'
    endpoint = vendor.endpoint(f"{receiving.url}/some", filter=wanted)["id"]
    vendor.endpoint(f"{receiving.url}/none", filter='data.members.exists(m, m.email != "")')
    other.endpoint(f"{receiving.url}/seen", filter='data.members.exists(m, m.email != "")')
    refused = vendor.call("POST", "/v1/endpoints", 422, url=PUBLIC, filter="data.tier ==")
    assert named(refused) == {"/filter"}
    assert "column 11" in refused["errors"][0]["detail"]
    with world.sending():
        world.tell(APPROVED, tier="select")
        [premier] = world.tell(APPROVED, tier="premier")
        world.tell(APPLIED)
        receiving.wait_for("/seen", 2)
        receiving.wait_for("/some", 1)
        # What is under way is not sent again by a replay.
        wait_until(lambda: not world.rows("SELECT 1 FROM deliveries WHERE state = 'waiting'"))
        since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        replay = vendor.call("POST", "/v1/replays", 202, endpoint_id=endpoint, **{"from": since})
        with world.service.open_work() as work:
            deliveries.continue_replay(work, ContinueReplay(uuid.UUID(replay["id"])))
        receiving.wait_for("/some", 2)
        wait_until(lambda: not world.rows("SELECT 1 FROM deliveries WHERE state = 'waiting'"))
    assert receiving.ids("/some") == [premier] * 2
    assert receiving.at("/none") == []


def test_types_beyond_the_scope_are_refused_by_name(world: World) -> None:
    vendor = world.vendor(types=[APPLIED])
    refused = vendor.call("POST", "/v1/endpoints", 422, url=PUBLIC, types=[APPLIED, APPROVED])
    assert (refused["code"], named(refused)) == ("not_permitted", {"/types"})
    assert [one["key"] for one in vendor.call("GET", "/v1/event-types")["event_types"]] == [APPLIED]
    ops = {"Authorization": f"Bearer {world.ops_token}"}
    all_types = world.client.get("/v1/event-types", headers=ops).json["event_types"]
    assert {one["key"] for one in all_types} == set(world.service.settings.catalogue)


def test_an_integrator_is_shut_off(world: World, receiving: Receiver) -> None:
    vendor = world.vendor()
    vendor.endpoint(f"{receiving.url}/x")
    world.tell(APPLIED)
    world.operate(f"/v1/integrators/{vendor.id}/scope", 200, types=[])
    world.tell(APPLIED)
    with world.sending():
        wait_until(lambda: not world.rows("SELECT 1 FROM deliveries WHERE state = 'waiting'"))
    [withheld] = vendor.deliveries()
    assert withheld["state"] == "withheld"
    assert receiving.at("/x") == []
    assert vendor.call("GET", f"/v1/deliveries/{withheld['id']}")["event"] is None
    world.operate(f"/v1/integrators/{vendor.id}/scope", 200, types=[APPLIED])
    assert vendor.call("GET", f"/v1/deliveries/{withheld['id']}")["event"]["subject"]


def test_a_secret_is_exchanged_without_a_gap(world: World, receiving: Receiver) -> None:
    vendor = world.vendor()
    made = vendor.endpoint(f"{receiving.url}/x")
    path = f"/v1/endpoints/{made['id']}"
    again = vendor.call("POST", f"{path}/secrets", 201, keep_hours=1)
    assert "secret" not in vendor.call("GET", path)
    with world.sending():
        world.tell(APPLIED)
        [both] = receiving.wait_for("/x", 1)
        for secret in (made["secret"], again["secret"]):
            Webhook(secret).verify(both.body, both.headers)
        last = vendor.call("POST", f"{path}/secrets", 201, keep_hours=0, secret_kind="ed25519")
        assert last["secret"].startswith("whpk_")
        world.tell(APPLIED)
        one = receiving.wait_for("/x", 2)[1]
    assert one.headers["webhook-signature"].startswith("v1a,")
    assert " " not in one.headers["webhook-signature"]
    vendor.call("POST", f"{path}/secrets", 201)
    assert len(world.rows("SELECT 1 FROM endpoint_secrets")) == 2


def test_paused_keeps_what_comes_and_changes_count_for_it(world: World, receiving: Receiver) -> None:
    vendor = world.vendor()
    path = f"/v1/endpoints/{vendor.endpoint(f'{receiving.url}/old')['id']}"
    assert vendor.call("POST", f"{path}/pause")["state"] == "paused"
    ids = world.tell(APPLIED, count=3)
    with world.sending():
        vendor.call("PATCH", path, url=f"{receiving.url}/new", body="binary")
        assert vendor.call("POST", f"{path}/resume")["state"] == "active"
        receiving.wait_for("/new", 3)
    assert set(receiving.ids("/new")) == set(ids)
    assert receiving.at("/old") == []
    vendor.call("DELETE", path, 204)
    vendor.call("GET", path, 404)
    assert vendor.deliveries() == []


def test_an_endpoint_that_is_asked_for_twice_is_one(world: World) -> None:
    """Whoever never saw the answer sends the request again: not to get every event twice from then on."""
    vendor = world.vendor()
    headers = {"Authorization": f"Bearer {vendor.token}", "Idempotency-Key": "mine"}
    urls = [f"{PUBLIC}/{path}" for path in ("a", "a", "b")]
    made = [world.client.post("/v1/endpoints", headers=headers, json={"url": url}).json for url in urls]
    first, again, another = (one["id"] for one in made)
    assert (first == again, first == another) == (True, False)
    assert made[0]["secret"] != made[1]["secret"]
    assert len(vendor.call("GET", "/v1/endpoints")["endpoints"]) == 2
    world.tell(APPLIED)
    vendor.call("DELETE", f"/v1/endpoints/{first}", 204)
    anew = world.client.post("/v1/endpoints", headers=headers, json={"url": urls[0]}).json
    assert vendor.deliveries(f"endpoint_id={anew['id']}") == [], "what waited for the one before is gone"


def test_a_test_event_says_what_it_is(world: World, receiving: Receiver) -> None:
    vendor = world.vendor()
    endpoint = vendor.endpoint(f"{receiving.url}/x", types=[APPROVED])
    with world.sending():
        started = vendor.call("POST", f"/v1/endpoints/{endpoint['id']}/tests", 202, type=f"gangway.{APPLIED}")
        receiving.wait_for("/x", 1)
        wait_until(lambda: vendor.deliveries("state=delivered") != [])
    shown = vendor.call("GET", f"/v1/deliveries/{started['delivery_id']}")
    assert (shown["event"]["istest"], shown["is_test"], shown["log"][0]["status"]) == ("true", True, 204)


def test_deliveries_are_found_by_page_and_filter(world: World) -> None:
    vendor = world.vendor()
    for _ in range(2):
        vendor.endpoint(PUBLIC)
    partner = str(uuid.uuid4())
    world.tell(APPLIED, partner, count=3)
    world.tell(GRANTED)
    seen: list[str] = []
    query = "limit=3"
    while True:
        page = vendor.call("GET", f"/v1/deliveries?{query}")
        seen += [one["id"] for one in page["deliveries"]]
        if page["next_cursor"] is None:
            break
        query = f"limit=3&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 8
    assert len(vendor.deliveries(f"partner_id={partner}&type={APPLIED}&state=waiting")) == 6
    assert vendor.deliveries("state=delivered") == []
    true_for_a_number = "cursor=W3RydWUsICIxNjM4YzZlOC1mMjE2LTQyYjItYjRhOS03YmFlY2JhYzc3MmEiXQ"
    wrongs = ("state=x", "limit=0", "cursor=x", true_for_a_number, "from=yesterday", "type=x", "colour=red")
    for wrong in wrongs:
        assert vendor.call("GET", f"/v1/deliveries?{wrong}", 422)["code"] == "invalid_input"


def test_a_replay_sends_all_that_is_asked_for_and_tells_how_far_it_is(
    world: World, receiving: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "EVENTS_PER_STEP", 2)
    vendor, other = world.vendor(), world.vendor()
    other.endpoint(f"{receiving.url}/other")
    ids = world.tell(APPLIED, count=5)
    world.tell(GRANTED)
    endpoint = vendor.endpoint(f"{receiving.url}/late")["id"]
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()

    def replayed(**more: Any) -> dict[str, Any]:
        body = {"endpoint_id": endpoint, "from": since, "types": [APPLIED], **more}
        replay: dict[str, Any] = vendor.call("POST", "/v1/replays", 202, **body)
        assert (replay["state"], replay["progress"]) == ("running", 0.0)
        with world.service.open_work() as work:
            deliveries.continue_replay(work, ContinueReplay(uuid.UUID(replay["id"])))
        assert 0 < vendor.call("GET", f"/v1/replays/{replay['id']}")["progress"] < 1
        for _ in range(5):
            with world.service.open_work() as work:
                deliveries.continue_replay(work, ContinueReplay(uuid.UUID(replay["id"])))
        return vendor.call("GET", f"/v1/replays/{replay['id']}")  # type: ignore[no-any-return]

    with world.sending():
        done = replayed()
        assert (done["state"], done["progress"], done["deliveries"]) == ("done", 1.0, 5)
        receiving.wait_for("/late", 5)
        assert set(receiving.ids("/late")) == set(ids)
        wait_until(lambda: len(vendor.deliveries("state=delivered")) == 5)
        assert replayed(only_undelivered=True)["deliveries"] == 0
        assert replayed()["deliveries"] == 5
        receiving.wait_for("/late", 10)
        receiving.wait_for("/other", 6)
    assert set(receiving.ids("/late")) == set(ids)
    assert len(receiving.at("/other")) == 6


def test_one_delivery_is_sent_again(world: World, receiving: Receiver) -> None:
    vendor = world.vendor()
    vendor.endpoint(f"{receiving.url}/x")
    with world.sending():
        [event_id] = world.tell(APPLIED)
        receiving.wait_for("/x", 1)
        wait_until(lambda: vendor.deliveries("state=delivered") != [])
        again = vendor.call("POST", f"/v1/deliveries/{vendor.deliveries()[0]['id']}/retries", 202)
        assert again["state"] == "waiting"
        receiving.wait_for("/x", 2)
    assert receiving.ids("/x") == [event_id] * 2


def test_what_is_old_or_of_an_erased_partner_is_forgotten(world: World) -> None:
    vendor = world.vendor()
    vendor.endpoint(PUBLIC)
    erased = str(uuid.uuid4())
    world.tell(APPROVED, erased)
    world.tell(APPLIED, count=3)
    with world.service.open_work() as work:
        forget_partner(work, erased)
    assert [row["partner_id"] for row in world.rows("SELECT * FROM deliveries")].count(erased) == 0
    assert len(vendor.deliveries()) == 3
    world.change("UPDATE events SET received_at = received_at - interval '31 days'")
    with world.service.open_work() as work:
        assert deliveries.clean_up(work, CleanUp(before=datetime.now(UTC) - timedelta(days=30))) == 3
    assert world.rows("SELECT 1 FROM events UNION ALL SELECT 1 FROM deliveries") == []


def test_a_quota_is_told(world: World) -> None:
    vendor = world.vendor()
    for _ in range(20):
        vendor.endpoint(PUBLIC)
    assert vendor.call("POST", "/v1/endpoints", 409, url=PUBLIC)["code"] == "quota_reached"


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_first_page_shows_what_there_is(world: World, language: str) -> None:
    page = world.client.get("/", query_string={"lang": language}).get_data(as_text=True)
    assert f'lang="{language}"' in page
    assert all(f"gangway.{key}" in page for key in world.service.settings.catalogue)
