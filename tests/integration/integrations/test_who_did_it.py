"""Who made what is kept and shown; a double click makes one; strangers are counted by network."""

import re
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from tests.integration.integrations.conftest import World
from tests.integration.integrations.test_portal import added, browser, shown

from integrations.bootstrap import build_service

EXAMPLE, WRONG = "partner.approved.v1", "gwi_wrong"


def visit_of(client: FlaskClient, page: str) -> dict[str, str]:
    return {"visit": re.findall(r'name="visit" value="([^"]+)"', shown(client.get(page)))[0]}


def test_every_act_has_its_maker_for_the_integrator_to_see(world: World) -> None:
    vendor = world.vendor()
    vera = added(world, vendor.id)
    client = browser(world)
    endpoint = vendor.endpoint("https://hooks.example.com/secret-path")
    vendor.call("POST", f"/v1/endpoints/{endpoint['id']}/pause")
    vendor.call("POST", f"/v1/endpoints/{endpoint['id']}/pause")
    client.post(f"/endpoints/{endpoint['id']}/resume")
    client.post(f"/endpoints/{endpoint['id']}/secrets", data={"keep_hours": "24"})
    client.post("/tokens", data={"label": "nightly"})
    ada = {"name": "Ada Byron", "email": "ada@maps.example", "language": "en"}
    client.post("/people", data=ada)
    vendor.call("PATCH", f"/v1/endpoints/{endpoint['id']}", description="ours")
    vendor.call("DELETE", f"/v1/endpoints/{endpoint['id']}", 204)

    log = vendor.call("GET", "/v1/log")["entries"]
    token = next(one["by"] for one in log if one["action"] == "endpoint_made")
    person = f"person {vera}"
    assert token.startswith("token ")
    assert [(one["action"], one["by"]) for one in reversed(log)] == [
        ("token_made", "operator"),
        ("person_added", "operator"),
        ("endpoint_made", token),
        ("endpoint_paused", token),
        ("endpoint_resumed", person),
        ("secret_rotated", person),
        ("token_made", person),
        ("person_added", person),
        ("endpoint_changed", token),
        ("endpoint_removed", token),
    ]
    assert {one["label"] for one in log if one["action"].startswith("endpoint")} == {"hooks.example.com"}

    page = shown(client.get("/log"))
    for words in ("the operations team", "Vera Lindqvist", "Endpoint paused", "nightly …", "Ada Byron"):
        assert words in page
    assert "secret-path" not in page
    assert "ada" not in re.findall(r"by ([^<]*)", shown(client.get("/tokens")))
    assert "by Vera Lindqvist" in shown(client.get("/tokens"))
    path = f"/v1/integrators/{vendor.id}/people/{vera}/removal"
    world.operate(path, 200)
    world.change("UPDATE people SET mailbox = 'ada@maps.example'")
    assert "former member" in shown(browser(world, "ada@maps.example").get("/log"))
    other = world.vendor()
    assert [one["action"] for one in other.call("GET", "/v1/log")["entries"]] == ["token_made"]


def test_the_log_is_read_page_by_page(world: World) -> None:
    vendor = world.vendor()
    for _ in range(4):
        world.operate(f"/v1/integrators/{vendor.id}/tokens")
    seen, query = [], "limit=2"
    for _ in range(3):
        page = vendor.call("GET", f"/v1/log?{query}")
        seen += [one["subject_id"] for one in page["entries"]]
        query = f"limit=2&cursor={page['next_cursor']}"
    assert len(set(seen)) == len(seen) == 5
    assert page["next_cursor"] is None
    vendor.call("GET", "/v1/log?cursor=WzVd", 422)


def test_a_double_click_makes_one_of_all_that_can_be_made(world: World) -> None:
    vendor = world.vendor()
    added(world, vendor.id)
    client = browser(world)
    endpoint = vendor.endpoint("https://hooks.example.com/x")
    place = f"/endpoints/{endpoint['id']}"

    token = {"label": "nightly", **visit_of(client, "/tokens")}
    first, second = (
        re.findall(r"gwi_[\w-]+", shown(client.post("/tokens", data=token), 201))[0] for _ in range(2)
    )
    for shown_once, status in ((first, 401), (second, 200)):
        answer = world.client.get("/v1/endpoints", headers={"Authorization": f"Bearer {shown_once}"})
        assert answer.status_code == status
    assert len(world.rows("SELECT FROM api_tokens WHERE label = 'nightly'")) == 1
    world.change("UPDATE api_tokens SET created_at = created_at - interval '1 h'")
    client.post("/tokens", data=token)
    assert len(world.rows("SELECT FROM api_tokens WHERE label = 'nightly'")) == 2

    headers = {"Authorization": f"Bearer {world.ops_token}", "Idempotency-Key": str(uuid4())}
    path, wanted = f"/v1/integrators/{vendor.id}/tokens", {"reason": "for a test", "label": "shop"}
    answers = [world.client.post(path, headers=headers, json=wanted) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    world.change("UPDATE api_tokens SET created_at = created_at - interval '23 h'")
    world.client.post(path, headers=headers, json=wanted)
    [token] = world.rows("SELECT id FROM api_tokens WHERE label = 'shop'")
    world.operate(f"{path}/{token['id']}/revocation", 200)
    world.client.post(path, headers=headers, json=wanted)
    assert len(world.rows("SELECT FROM api_tokens WHERE label = 'shop'")) == 2

    test = {"type": EXAMPLE, **visit_of(client, place)}
    assert len({client.post(f"{place}/tests", data=test).location for _ in range(2)}) == 1
    world.change("UPDATE deliveries SET created_at = created_at - interval '1 min'")
    client.post(f"{place}/tests", data=test)
    assert len(world.rows("SELECT FROM deliveries")) == 2

    secret = {"keep_hours": "24", **visit_of(client, place)}
    for _ in range(2):
        client.post(f"{place}/secrets", data=secret)
    assert len(world.rows("SELECT FROM endpoint_secrets")) == 2

    replay = {"endpoint_id": endpoint["id"], "from": "2026-01-01T00:00", **visit_of(client, "/replays")}
    assert len({client.post("/replays", data=replay).location for _ in range(2)}) == 1

    ada = {"name": "Ada", "email": "ada@maps.example", "language": "en", **visit_of(client, "/people")}
    assert [client.post("/people", data=ada).status_code for _ in range(2)] == [303, 303]
    assert len(world.rows("SELECT FROM people")) == 2


def test_who_goes_back_and_says_something_else_makes_another_one(world: World) -> None:
    vendor = world.vendor()
    added(world, vendor.id)
    client = browser(world)
    endpoint = {"rule": "all", "concurrency": "5", **visit_of(client, "/endpoints/new")}
    for name in ("wrong", "right", "right"):
        form = {"url": f"https://hooks.example.com/{name}", **endpoint}
        shown(client.post("/endpoints/new", data=form), 201)
    found = vendor.call("GET", "/v1/endpoints")["endpoints"]
    assert [one["url"].rpartition("/")[2] for one in found] == ["wrong", "right"]

    visit = visit_of(client, "/tokens")
    first, _ = (client.post("/tokens", data={"label": label, **visit}) for label in ("shop", "nightly"))
    token = re.findall(r"gwi_[\w-]+", shown(first, 201))[0]
    answer = world.client.get("/v1/endpoints", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200

    replay = {"endpoint_id": found[0]["id"], **visit_of(client, "/replays")}
    for year in ("2025", "2026"):
        client.post("/replays", data={"from": f"{year}-01-01T00:00", **replay})
    assert len(world.rows("SELECT FROM replays")) == 2


@pytest.mark.parametrize("what", ["links", "tokens"])
def test_strangers_are_counted_by_network(world: World, what: str) -> None:
    limits = {"LINKS_PER_NETWORK_AND_HOUR": "3", "WRONG_TOKENS_PER_NETWORK_AND_HOUR": "3"}
    service = build_service({**world.environ, **limits, "TRUSTED_PROXIES": "1"})
    client = service.create_web_app().test_client()

    def ask(network: str, known: str = "") -> int:
        headers = {"X-Forwarded-For": network}
        if what == "links":
            asked = client.post("/sign-in", data={"email": f"{uuid4()}@maps.example"}, headers=headers)
        else:
            headers["Authorization"] = f"Bearer {known or WRONG}"
            asked = client.get("/v1/endpoints", headers=headers)
        assert ("Retry-After" in asked.headers) == (asked.status_code == 429)
        return asked.status_code

    allowed = 202 if what == "links" else 401
    assert [ask("203.0.113.7") for _ in range(5)] == [allowed] * 3 + [429] * 2
    assert ask("203.0.113.8") == allowed
    if what == "links":
        assert len(world.rows("SELECT FROM link_requests")) == 4
    else:
        assert ask("203.0.113.7", world.vendor().token) == 200, "one that works is never refused"
    assert "203.0.113" not in str(world.rows("SELECT * FROM counted_acts"))
    service.database.dispose()
