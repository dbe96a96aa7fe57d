"""The portal as an engineer walks through it: from a mail's link to a delivery that was looked at."""

import json
import re
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from standardwebhooks import Webhook, WebhookVerificationError
from tests.integration.integrations.conftest import LINK, World
from tests.integration.integrations.receivers import Receiver, wait_until
from werkzeug.test import TestResponse

from chassis.identity.links import LinkSigner, LinkUse
from chassis.identity.signing_keys import read_private_key
from integrations.entrypoints.web.pages import live_view
from integrations.entrypoints.web.pages.arriving import LINKS
from integrations.handlers.commands import SendRequestedLink
from integrations.handlers.signing_in import send_requested_link

VERA = {"name": "Vera Lindqvist", "email": "vera@maps.example"}
ONLY_LINK = LinkSigner(read_private_key(LINK[0]))

LIVE_SCRIPT = '<script src="/static/portal/live.js" defer></script>'


def added(world: World, integrator_id: str, **who: str) -> str:
    path = f"/v1/integrators/{integrator_id}/people"
    return str(world.operate(path, **{**VERA, **who})["person_id"])


def asked(world: World, email: str = VERA["email"]) -> list[str]:
    """Ask for a link as a browser does; the tokens of the mails that are due."""
    before = {row["id"] for row in world.rows("SELECT id FROM sign_in_links")}
    answer = world.client.application.test_client().post("/sign-in", data={"email": email})
    assert answer.status_code == 202, answer.text
    for row in world.rows("SELECT id FROM link_requests"):
        with world.service.open_work() as work:
            send_requested_link(work, SendRequestedLink(row["id"]))
    rows = world.rows("SELECT id FROM sign_in_links ORDER BY created_at")
    return [ONLY_LINK.sign(LINKS, row["id"]) for row in rows if row["id"] not in before]


def browser(world: World, email: str = VERA["email"]) -> FlaskClient:
    """A browser that came in by a link."""
    (token,) = asked(world, email)
    client = world.client.application.test_client()
    answer = client.post(f"/links/{token}", data={"visit": str(uuid4())})
    assert (answer.status_code, answer.location) == (303, "/endpoints"), answer.text
    return client


def events(world: World, name: str) -> list[dict[str, Any]]:
    query = "SELECT data FROM outbox WHERE type = :type ORDER BY position"
    return [json.loads(bytes(row["data"])) for row in world.rows(query, type=f"gangway.{name}.v1")]


def shown(answer: TestResponse, expected: int = 200) -> str:
    assert answer.status_code == expected, answer.text
    return unescape(answer.text)


def test_a_link_signs_in_once_and_nobody_learns_who_is_known(world: World) -> None:
    vendor = world.vendor()
    added(world, vendor.id)
    client = world.client.application.test_client()
    known, unknown = (
        client.post("/sign-in", data={"email": one}) for one in (VERA["email"], "x@maps.example")
    )
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    world.change("TRUNCATE link_requests")

    (token,) = asked(world, "VERA@maps.example")
    assert asked(world, "x@maps.example") == []
    (told,) = events(world, "integrator.sign_in_requested")
    assert told["person"]["email"] == VERA["email"]
    assert "Continue" in shown(client.get(f"/links/{token}"))
    visit = {"visit": str(uuid4())}
    assert client.post(f"/links/{token}", data=visit).status_code == 303
    assert client.post(f"/links/{token}", data=visit).status_code == 303, "a double click is one"
    assert client.get("/endpoints").status_code == 200
    another = world.client.application.test_client()
    assert "already been used" in shown(another.post(f"/links/{token}", data={"visit": str(uuid4())}), 410)
    assert "does not work" in shown(another.get(f"/links/{token[:-3]}abc"), 410)
    assert another.get("/endpoints").location == "/sign-in"


def test_a_page_says_in_its_title_that_something_is_wrong(world: World) -> None:
    client = world.client.application.test_client()
    for language, mark in (("en", "Error: "), ("de", "Fehler: ")):
        answer = client.post("/sign-in", data={"email": "@"}, headers={"Accept-Language": language})
        assert f"<title>{mark}" in answer.text
        assert "autofocus" in answer.text
        assert "<title>" + mark not in client.get("/sign-in", headers={"Accept-Language": language}).text


def test_a_person_is_sent_few_links_whoever_asks(world: World) -> None:
    added(world, world.vendor().id)
    assert [len(asked(world)) for _ in range(4)] == [1, 1, 1, 0]


def test_who_signs_in_for_many_integrators_reaches_each(world: World) -> None:
    vendors = [world.vendor() for _ in range(5)]
    for vendor in vendors:
        added(world, vendor.id)
    world.operate(f"/v1/integrators/{vendors[-1].id}/scope", 200, types=[])
    assert [len(asked(world)) for _ in range(2)] == [3, 3]
    reached = {told["integrator_id"] for told in events(world, "integrator.sign_in_requested")}
    assert reached == {vendor.id for vendor in vendors[:-1]}


def test_who_lets_people_in_in_a_loop_is_told_to_wait(world: World) -> None:
    """Somebody who is removed and added again may be sent links again: that has an end."""
    added(world, world.vendor().id)
    client = browser(world)
    world.change("UPDATE quota_uses SET used = 50 WHERE act = 'person'")
    ada = {"name": "Ada Byron", "email": "ada@maps.example", "language": "en"}
    answer = client.post("/people", data=ada, headers={"Accept": "text/html"})
    assert "made too many requests" in shown(answer, 429)
    assert len(world.rows("SELECT 1 FROM people")) == 1


def test_the_link_of_another_page_opens_nothing(world: World) -> None:
    foreign = ONLY_LINK.sign(LinkUse("onboarding", "links"), uuid4())
    client = world.client.application.test_client()
    assert client.get(f"/links/{foreign}").status_code == 410


@pytest.mark.parametrize("how", ["removed", "shut off", "signed out"])
def test_a_session_ends_with_the_right_to_it(world: World, how: str) -> None:
    vendor = world.vendor()
    person = added(world, vendor.id)
    client, (link,) = browser(world), asked(world)
    assert client.get("/people").status_code == 200
    if how == "removed":
        path = f"/v1/integrators/{vendor.id}/people/{person}/removal"
        world.operate(path, 200)
        assert events(world, "integrator.person_removed") == [
            {"integrator_id": vendor.id, "person_id": person}
        ]
    elif how == "shut off":
        world.operate(f"/v1/integrators/{vendor.id}/scope", 200, types=[])
        assert asked(world) == []
    else:
        cookie = client.get_cookie("gangway_portal_session")
        assert client.post("/sign-out").status_code == 303
        assert cookie is not None
        client.set_cookie("gangway_portal_session", cookie.value)
    assert client.get("/people").location == "/sign-in"
    opened = client.post(f"/links/{link}", data={"visit": str(uuid4())})
    assert opened.status_code == (303 if how == "signed out" else 410)


def test_people_are_personal_and_every_act_is_noted(world: World) -> None:
    vendor = world.vendor()
    added(world, vendor.id)
    path = f"/v1/integrators/{vendor.id}/people"
    again = world.operate(path, 409, **VERA)
    assert again["code"] == "address_taken"
    wrong = world.operate(path, 422, name=" ", email="nobody", language="fr")
    assert {one["pointer"] for one in wrong["errors"]} == {"/name", "/email", "/language"}
    world.operate(f"/v1/integrators/{uuid4()}/people", 404, **VERA)
    kept = json.dumps([dict(row) for row in world.rows("SELECT body FROM idempotency_answers")], default=str)
    assert VERA["email"] not in kept
    actions = [row["action"] for row in world.rows("SELECT action FROM operator_actions ORDER BY id")]
    assert actions == ["add integrator", "issue token", "add person"]


def test_fifteen_minutes(world: World, receiving: Receiver) -> None:
    """Create an endpoint, send a test, look at request and answer, check the signature."""
    added(world, world.vendor().id)
    client = browser(world)
    assert "You have no endpoints yet" in shown(client.get("/endpoints"))
    wrong = shown(
        client.post("/endpoints/new", data={"url": "ftp://x", "filter": "data.", "rule": "tiers"}), 422
    )
    assert set(re.findall(r'id="(\w+)-error"', wrong)) == {"url", "filter", "partners"}
    form = {"url": f"{receiving.url}/hook", "description": "ours", "rule": "all", "concurrency": "5"}
    page = shown(client.post("/endpoints/new", data=form), 201)
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]+", page)
    endpoints = shown(client.get("/endpoints"))
    assert secret not in endpoints
    (place,) = set(re.findall(r"/endpoints/[0-9a-f-]{36}", endpoints))
    assert "1 of 20" in endpoints

    with world.sending():
        sent = client.post(f"{place}/tests", data={"type": "partner.approved.v1"})
        (got,) = receiving.wait_for("/hook", 1)
        wait_until(lambda: bool(world.rows("SELECT FROM delivery_attempts")))
    page = shown(client.get(sent.location.partition("?")[0]))
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        assert f"{name}: {got.headers[name]}" in page
    assert got.body.decode() in page

    pasted = {name: got.headers[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    pasted |= {"endpoint_id": place.rpartition("/")[2], "body": got.body.decode()}
    check = "/console/signatures"
    assert "The signature is valid." in shown(client.post(check, data=pasted))
    assert "does not match" in shown(client.post(check, data={**pasted, "body": "{}"}))
    assert "does not match" in shown(client.post(check, data={**pasted, "webhook-timestamp": "17"}))
    assert "all three" in shown(client.post(check, data={**pasted, "webhook-timestamp": "x"}), 422)


def test_the_live_view_is_asked_again_for_little(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_view, "LOOK_ANYWAY_SECONDS", 10**9)
    vendors = [world.vendor(), world.vendor(types=["partner.applied.v1"])]
    clients = []
    for number, vendor in enumerate(vendors):
        added(world, vendor.id, email=f"v{number}@maps.example")
        clients.append(browser(world, f"v{number}@maps.example"))
    first, second = clients
    world.tell("partner.approved.v1")
    page = first.get("/live?watch=1")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "script" not in shown(first.get("/live"))
    tags = [client.get("/live/events").headers["ETag"] for client in clients]
    assert tags[0] != tags[1], "what another may see is another list"
    assert tags[0].strip('"') in page.text
    again = first.get("/live/events", headers={"If-None-Match": tags[0]})
    assert (again.status_code, again.data) == (304, b"")
    world.tell("partner.applied.v1")
    news = first.get("/live/events", headers={"If-None-Match": tags[0]})
    assert news.text.count("<details") == 2
    assert news.headers["ETag"] != tags[0]
    assert second.get("/live/events").text.count("<details") == 1


def test_the_catalogue_tells_what_changed_when(world: World) -> None:
    client = world.client.application.test_client()
    page = shown(client.get("/events/learning.invitation_sent.v1"))
    released, added_later = page.index("2026-11-22"), page.index("/path_title")
    assert page.index("2026-11-26") < added_later < released < page.index("Released.")
    kinds = world.vendor().call("GET", "/v1/event-types")["event_types"]
    assert all(kind["changes"] for kind in kinds)


def test_a_double_click_makes_one_endpoint_whose_shown_secret_counts(
    world: World, receiving: Receiver
) -> None:
    vendor = world.vendor()
    added(world, vendor.id)
    client = browser(world)
    (visit,) = re.findall(r'name="visit" value="([^"]+)"', shown(client.get("/endpoints/new")))
    form = {"url": f"{receiving.url}/hook", "rule": "all", "concurrency": "5", "visit": visit}
    pages = [shown(client.post("/endpoints/new", data=form), 201) for _ in range(2)]
    first, second = (re.findall(r"whsec_[A-Za-z0-9+/=]+", page)[0] for page in pages)
    (endpoint,) = vendor.call("GET", "/v1/endpoints")["endpoints"]
    with world.sending():
        vendor.call("POST", f"/v1/endpoints/{endpoint['id']}/tests", 202, type="partner.approved.v1")
        (got,) = receiving.wait_for("/hook", 1)
    Webhook(second).verify(got.body, got.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(first).verify(got.body, got.headers)

    world.change("UPDATE endpoints SET created_at = created_at - interval '1 h'")
    page = shown(client.post("/endpoints/new", data=form), 201)
    third = re.findall(r"whsec_[A-Za-z0-9+/=]+", page)[0]
    with world.sending():
        vendor.call("POST", f"/v1/endpoints/{endpoint['id']}/tests", 202, type="partner.approved.v1")
        got = receiving.wait_for("/hook", 2)[-1]
    for secret in (second, third):
        Webhook(secret).verify(got.body, got.headers)


def test_endpoints_are_paused_changed_rotated_and_deleted(world: World, receiving: Receiver) -> None:
    vendor = world.vendor()
    added(world, vendor.id)
    made = vendor.endpoint(f"{receiving.url}/hook", types=["partner.approved.v1"], rate_per_second=7)
    place, client = f"/endpoints/{made['id']}", browser(world)
    for verb, state in (("pause", "paused"), ("pause", "paused"), ("resume", "active")):
        assert client.post(f"{place}/{verb}").location == place
        assert vendor.call("GET", f"/v1{place}")["state"] == state
    world.change("UPDATE endpoints SET state = 'disabled', state_reason = 'gone'")
    assert "410" in shown(client.get(place))
    client.post(f"{place}/resume")
    assert vendor.call("GET", f"/v1{place}")["state"] == "active"

    form = shown(client.get(f"{place}/settings"))
    assert 'value="partner.approved.v1" checked' in form
    data = {"url": f"{receiving.url}/hook", "rule": "all", "concurrency": "many", "rate_per_second": ""}
    assert 'id="concurrency-error"' in shown(client.post(f"{place}/settings", data=data), 422)
    assert client.post(f"{place}/settings", data={**data, "concurrency": "3"}).status_code == 303
    changed = vendor.call("GET", f"/v1{place}")
    assert (changed["concurrency"], changed["rate_per_second"], changed["types"]) == (3, None, None)

    assert "whsec_" in shown(client.post(f"{place}/secrets", data={"keep_hours": "0"}), 201)
    assert shown(client.get(place)).count("created ") == 1, "the old secret ended at once"
    assert "Delete this endpoint?" in shown(client.get(f"{place}/deletion"))
    assert client.post(f"{place}/deletion").location == "/endpoints"
    assert client.post(f"{place}/deletion").location == "/endpoints", "a second click finds nothing to do"
    vendor.call("GET", f"/v1{place}", 404)


def test_deliveries_replays_and_the_live_view(world: World, receiving: Receiver) -> None:
    vendor = world.vendor()
    added(world, vendor.id)
    client, partner = browser(world), str(uuid4())
    world.tell("partner.approved.v1", partner, count=3)
    live = shown(client.get("/live"))
    assert live.count("<details") == 3
    assert "juergen.weiss@" not in live, "personal fields stay out"
    refresh = 'http-equiv="refresh"'
    assert refresh not in live
    assert refresh in client.get("/live?watch=1").text, "also without scripts"

    made = vendor.endpoint(f"{receiving.url}/hook")
    start = {"endpoint_id": made["id"], "from": "2026-01-02T00:00"}
    wrong = {"partner_id": "nobody", "to": "2026-01-01T00:00", "filter": "data.tier =="}
    page = shown(client.post("/replays", data=start | wrong), 422)
    assert [name for name in wrong if f'id="{name}-error"' not in page] == []
    chosen = {"partner_id": partner, "filter": 'type == "partner.approved.v1"'}
    began = client.post("/replays", data=start | chosen)
    assert began.location.endswith("?watch=1"), began.text
    page = shown(client.get(began.location))
    assert "<progress" in page
    assert [value for value in chosen.values() if value not in page] == []
    world.tell("partner.approved.v1", partner, count=2)
    page = shown(client.get(f"/deliveries?endpoint_id={made['id']}&state=waiting&from=2026-01-01T00:00"))
    assert page.count('class="card"') == 2
    assert 'id="state-error"' in shown(client.get("/deliveries?state=odd"), 422)
    (newest, *_) = vendor.deliveries()
    assert shown(client.get(f"/deliveries?webhook_id={newest['webhook_id']}")).count('class="card"') == 1
    (one, *_) = re.findall(r"/deliveries/[0-9a-f-]{36}", page)
    assert client.post(f"{one}/retries").location == f"{one}?watch=1"


def test_a_form_of_one_integrator_does_nothing_to_another(world: World) -> None:
    """Somebody works for two integrators, and has a tab of each in one browser."""
    vendor, other = world.vendor(), world.vendor()
    person, elsewhere = (added(world, one.id) for one in (vendor, other))
    client = world.client.application.test_client()
    shown_for = []
    for token in asked(world):
        client.post(f"/links/{token}", data={"visit": str(uuid4())})
        page = shown(client.get("/tokens"))
        shown_for.append(re.findall(r'name="subject" value="([^"]+)"', page)[0])
    assert set(shown_for) == {person, elsewhere}
    answer = client.post("/tokens", data={"label": "ours", "subject": shown_for[0]})
    assert (answer.status_code, answer.location) == (303, "/sign-in?why=another")
    assert 'role="alert"' in shown(client.get(answer.location))
    assert client.post("/tokens", data={"label": "ours", "subject": shown_for[1]}).status_code == 201


def test_tokens_are_shown_once_and_revoked(world: World) -> None:
    added(world, world.vendor().id)
    client = browser(world)
    assert 'id="label-error"' in shown(client.post("/tokens", data={"label": ""}), 422)
    (token,) = re.findall(r"gwi_[\w-]+", shown(client.post("/tokens", data={"label": "ours"}), 201))
    listed = shown(client.get("/tokens"))
    assert token not in listed
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/v1/endpoints", headers=headers).status_code == 200
    revoke = re.findall(r"/tokens/[0-9a-f-]{36}/revocation", listed)[-1]
    assert client.post(revoke).status_code == 303
    assert client.get("/v1/endpoints", headers=headers).status_code == 401


def test_people_let_each_other_in(world: World) -> None:
    added(world, world.vendor().id)
    client = browser(world)
    form = {"name": "Ada", "email": "ada@maps.example", "language": "de"}
    assert 'id="email-error"' in shown(client.post("/people", data={**form, "email": "ada"}), 422)
    assert client.post("/people", data=form).status_code == 303
    assert client.post("/people", data=form).status_code == 409
    page = shown(browser(world, "ada@maps.example").get("/people"))
    assert "Personen" in page, "in the language of the person"


PLACES: tuple[tuple[str, str], ...] = (
    ("GET", "/endpoints/{endpoint}"),
    ("GET", "/endpoints/{endpoint}/settings"),
    ("POST", "/endpoints/{endpoint}/settings"),
    ("POST", "/endpoints/{endpoint}/pause"),
    ("POST", "/endpoints/{endpoint}/resume"),
    ("POST", "/endpoints/{endpoint}/tests"),
    ("POST", "/endpoints/{endpoint}/secrets"),
    ("GET", "/endpoints/{endpoint}/deletion"),
    ("GET", "/deliveries/{delivery}"),
    ("POST", "/deliveries/{delivery}/retries"),
    ("GET", "/replays/{replay}"),
    ("POST", "/replays"),
    ("POST", "/console/examples"),
    ("POST", "/console/signatures"),
    ("POST", "/tokens/{token}/revocation"),
    ("POST", "/people/{person}/removal"),
)


def test_what_is_anothers_is_not_there(world: World, receiving: Receiver) -> None:
    """With everything else right: only whose it is decides."""
    other = world.vendor()
    endpoint = other.endpoint(f"{receiving.url}/hook")["id"]
    delivery = other.call("POST", f"/v1/endpoints/{endpoint}/tests", 202, type="partner.approved.v1")[
        "delivery_id"
    ]
    replay = other.call(
        "POST", "/v1/replays", 202, **{"endpoint_id": endpoint, "from": "2026-01-01T00:00:00Z"}
    )
    token = world.rows("SELECT id FROM api_tokens")[0]["id"]
    ids: dict[str, Any] = {"endpoint": endpoint, "delivery": delivery, "replay": replay["id"], "token": token}
    ids["person"] = added(world, other.id, email="other@maps.example")
    added(world, world.vendor().id)
    client = browser(world)
    data = {
        "endpoint_id": endpoint,
        "type": "partner.approved.v1",
        "from": "2026-01-01T00:00",
        "url": f"{receiving.url}/hook",
        "rule": "all",
        "concurrency": "1",
        "keep_hours": "0",
        **dict.fromkeys(("webhook-id", "webhook-timestamp", "webhook-signature"), "1"),
    }
    before = snapshot(world)
    for method, place in PLACES:
        path = place.format(**ids)
        answer = client.open(path, method=method, data=data if method == "POST" else None)
        assert answer.status_code == 404, (method, place, answer.status_code)
    client.post(f"/endpoints/{endpoint}/deletion")
    assert snapshot(world) == before
    assert str(endpoint) not in client.get("/deliveries").text


def snapshot(world: World) -> list[list[str]]:
    tables = ("endpoints", "endpoint_secrets", "deliveries", "api_tokens", "people", "replays")
    return [sorted(map(str, world.rows(f"SELECT * FROM {table}"))) for table in tables]  # noqa: S608


def test_every_page_is_reached_by_links_and_says_what_it_shall(world: World, receiving: Receiver) -> None:
    vendor = world.vendor()
    added(world, vendor.id)
    made = vendor.endpoint(f"{receiving.url}/hook", description="<b>ours</b>")
    vendor.call("POST", f"/v1/endpoints/{made['id']}/tests", 202, type="partner.approved.v1")
    vendor.call("POST", "/v1/replays", 202, **{"endpoint_id": made["id"], "from": "2026-01-01T00:00:00Z"})
    client = browser(world)
    seen, waiting = set[str](), ["/"]
    while waiting:
        path = waiting.pop()
        if path in seen or (path.startswith(("/docs", "/static", "/events/")) and len(seen) > 60):
            continue
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "<b>ours" not in answer.text
        policy = answer.headers["Content-Security-Policy"]
        if not path.startswith("/docs"):
            assert "default-src 'none'" in policy
            assert "<script" not in answer.text.replace(LIVE_SCRIPT, ""), "none in the page itself"
        links = re.findall(r'href="(/[^"#]*)"', answer.text)
        waiting += [unescape(link) for link in links if not link.startswith(("/static", "/docs"))]
    kinds = {re.sub(r"[0-9a-f-]{36}", "ID", path.partition("?")[0]) for path in seen}
    assert kinds >= {
        *(
            "/endpoints",
            "/endpoints/new",
            "/endpoints/ID",
            "/endpoints/ID/settings",
            "/endpoints/ID/deletion",
        ),
        *(
            "/deliveries",
            "/deliveries/ID",
            "/replays",
            "/replays/ID",
            "/console",
            "/live",
            "/tokens",
            "/kafka",
            "/people",
        ),
    }


def test_pages_refuse_what_other_sites_send(world: World) -> None:
    added(world, world.vendor().id)
    client = browser(world)
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    answer = client.post("/tokens", data={"label": "stolen"}, headers=elsewhere)
    assert answer.status_code == 403
    assert client.get("/endpoints").headers["Cache-Control"] == "no-store"
    cookie = client.get_cookie("gangway_portal_session")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
