"""Sending again: what a replay takes and leaves alone, what the log finds, how often it may be asked for."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.integration.integrations.conftest import Vendor, World
from tests.integration.integrations.receivers import wait_until

from integrations.domain.integrator_log import by_operator
from integrations.handlers import deliveries
from integrations.handlers.commands import ContinueReplay, HurryEndpoint, NameEndpoint
from integrations.handlers.endpoints import delete_endpoint

APPLIED, APPROVED, GRANTED = "partner.applied.v1", "partner.approved.v1", "access.granted.v1"
PUBLIC = "https://hooks.example.com/x"


def replayed(world: World, vendor: Vendor, endpoint: str, **more: Any) -> dict[str, Any]:
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    body = {"endpoint_id": endpoint, "from": since, **more}
    replay: dict[str, Any] = vendor.call("POST", "/v1/replays", 202, **body)
    with world.service.open_work() as work:
        deliveries.continue_replay(work, ContinueReplay(uuid.UUID(replay["id"])))
    return vendor.call("GET", f"/v1/replays/{replay['id']}")  # type: ignore[no-any-return]


def test_a_replay_tells_what_it_leaves_alone(world: World) -> None:
    vendor = world.vendor()
    endpoint = vendor.endpoint(PUBLIC)["id"]
    world.tell(APPLIED, count=3)
    world.change("UPDATE deliveries SET state = 'delivered', due_at = NULL WHERE event_position % 2 = 0")
    taken = len(vendor.deliveries("state=delivered"))
    done = replayed(world, vendor, endpoint)
    assert (done["events_total"], done["events_done"], done["progress"]) == (3, 3, 1.0)
    assert (done["deliveries"], done["under_way"]) == (taken, 3 - taken)
    assert replayed(world, vendor, endpoint)["under_way"] == 3


def test_a_replay_counts_what_its_vendor_may_see(world: World) -> None:
    """How much there is of others, and when, is nothing for it."""
    seen = str(uuid.uuid4())
    vendor, other = world.vendor(partners={"rule": "named", "values": [seen]}), world.vendor()
    endpoint = vendor.endpoint(PUBLIC)["id"]
    others = other.endpoint(PUBLIC)["id"]
    world.tell(APPLIED, count=3)
    assert replayed(world, vendor, endpoint)["events_total"] == 0
    world.tell(APPLIED, seen)
    other.call("POST", f"/v1/endpoints/{others}/tests", 202, type=APPLIED)
    world.tell(APPLIED)
    done = replayed(world, vendor, endpoint)
    assert (done["state"], done["events_total"], done["events_done"]) == ("done", 1, 1)
    assert replayed(world, other, others)["events_total"] == 5


def test_the_time_of_a_replay_is_one_that_was(world: World) -> None:
    vendor = world.vendor()
    endpoint = vendor.endpoint("https://hooks.example.com/")["id"]
    wrong = {
        "2999-01-01T00:00:00Z": "Lies in the future: nothing came in since then.",
        "2026-01-01T00:00:00": "Say its zone too, as in 2026-01-31T09:30:00Z.",
        "yesterday": "Not a time such as 2026-01-31T09:30:00Z.",
    }
    for since, told in wrong.items():
        refused = vendor.call("POST", "/v1/replays", 422, endpoint_id=endpoint, **{"from": since})
        assert refused["errors"] == [{"detail": told, "pointer": "/from"}]
    both = vendor.call("POST", "/v1/replays", 422, endpoint_id="x", **{"from": "2999-01-01T00:00:00Z"})
    assert {one["pointer"] for one in both["errors"]} == {"/endpoint_id", "/from"}


def test_a_replay_by_filter(world: World) -> None:
    vendor = world.vendor()
    world.tell(APPROVED, tier="premier")
    world.tell(APPROVED, tier="select")
    endpoint = vendor.endpoint(PUBLIC, filter='type == "partner.approved.v1"')["id"]
    world.tell(APPLIED)
    assert replayed(world, vendor, endpoint, filter='data.tier == "premier"')["deliveries"] == 1
    plain = vendor.endpoint(PUBLIC)["id"]
    assert replayed(world, vendor, plain, filter='data.tier == "select"')["deliveries"] == 1
    wrong = vendor.call(
        "POST", "/v1/replays", 422, endpoint_id=endpoint, filter="data.tier ==", **{"from": "2026-01-01"}
    )
    assert {error["pointer"] for error in wrong["errors"]} == {"/filter", "/from"}


def test_what_is_on_its_way_is_not_hurried(world: World) -> None:
    """Else two would be under way at a time, and the order of a lane would be gone."""
    vendor = world.vendor()
    vendor.endpoint(PUBLIC)
    world.tell(APPLIED)
    [delivery] = vendor.deliveries()
    path = f"/v1/deliveries/{delivery['id']}/retries"
    lease = world.service.settings.lease.total_seconds()
    for seconds, is_claimed, is_hurried in (
        (lease - 0.1, True, False),
        (lease - 0.1, False, True),
        (3_600, True, True),
    ):
        world.change(
            "UPDATE deliveries SET due_at = now() + :s * interval '1 s', is_claimed = :is_claimed",
            s=seconds,
            is_claimed=is_claimed,
        )
        before = vendor.deliveries()[0]["due_at"]
        assert (vendor.call("POST", path, 202)["due_at"] < before) is is_hurried


def test_whoever_comes_back_gets_all_at_once_however_much_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "EVENTS_PER_STEP", 2)
    vendor = world.vendor()
    path = f"/v1/endpoints/{vendor.endpoint(PUBLIC)['id']}"
    world.tell(APPLIED, count=5)
    vendor.call("POST", f"{path}/pause")
    world.change("UPDATE deliveries SET due_at = now() + interval '20 h', tries = 5")
    vendor.call("POST", f"{path}/resume")
    steps = []
    while jobs := world.rows("DELETE FROM procrastinate_jobs WHERE status = 'todo' RETURNING args"):
        with world.service.open_work() as work:
            steps.append(deliveries.hurry(work, HurryEndpoint(uuid.UUID(jobs[0]["args"]["endpoint_id"]))))
    assert steps == [2, 1]
    assert not world.rows("SELECT 1 FROM deliveries WHERE due_at > now() OR tries > 0")


@pytest.mark.parametrize("act", ["another address", "resumed"])
def test_whoever_says_that_it_works_again_gets_what_waits(world: World, act: str) -> None:
    vendor = world.vendor()
    path = f"/v1/endpoints/{vendor.endpoint(PUBLIC)['id']}"
    world.tell(APPLIED, count=2)
    world.change("UPDATE deliveries SET due_at = now() + interval '20 h', tries = 9")
    world.change("UPDATE endpoints SET failing_since = now() - interval '59 min'")
    if act == "resumed":
        vendor.call("POST", f"{path}/resume")
    else:
        assert vendor.call("PATCH", path, url=f"{PUBLIC}/new")["failing_since"] is None
    assert not world.rows("SELECT 1 FROM deliveries WHERE due_at > now() OR tries > 0")


def test_the_log_is_searched_by_all_that_it_shows(world: World) -> None:
    vendor, other = world.vendor(), world.vendor()
    for _ in range(2):
        vendor.endpoint(PUBLIC)
    other.endpoint(PUBLIC)
    partner = str(uuid.uuid4())
    [applied] = world.tell(APPLIED, partner)
    [granted] = world.tell(GRANTED)
    world.change("UPDATE events SET received_at = now() - interval '2 h' WHERE id = :id", id=applied)
    world.change("UPDATE deliveries SET state = 'failed' WHERE event_id = :id", id=granted)
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for query, found in {
        f"webhook_id={applied}": applied,
        f"partner_id={partner}": applied,
        f"type={GRANTED}": granted,
        "state=failed": granted,
        f"from={hour_ago}": granted,
        f"to={hour_ago}": applied,
        f"partner_id={partner}&type={APPLIED}&state=waiting&to={hour_ago}": applied,
    }.items():
        assert [one["webhook_id"] for one in vendor.deliveries(query)] == [found] * 2, query
    assert vendor.deliveries(f"webhook_id={uuid.uuid4()}") == []
    assert vendor.deliveries(f"webhook_id={applied}&state=failed") == []


@pytest.mark.parametrize(
    ("act", "path"),
    [
        ("test", "/v1/endpoints/{endpoint}/tests"),
        ("retry", "/v1/deliveries/{delivery}/retries"),
        ("replay", "/v1/replays"),
        ("change", "/v1/endpoints/{endpoint}/pause"),
        ("change", "/v1/endpoints"),
    ],
    ids=["test", "retry", "replay", "pause", "add"],
)
def test_a_vendor_in_a_loop_is_told_to_wait(world: World, act: str, path: str) -> None:
    vendor, other = world.vendor(), world.vendor()
    calls = {}
    for one in (vendor, other):
        endpoint = one.endpoint(PUBLIC)["id"]
        delivery = one.call("POST", f"/v1/endpoints/{endpoint}/tests", 202, type=APPLIED)["delivery_id"]
        bodies: dict[str, dict[str, Any]] = {
            "tests": {"type": APPLIED},
            "replays": {"endpoint_id": endpoint, "from": "2026-01-01T00:00:00Z"},
            "endpoints": {"url": PUBLIC},
        }
        calls[one.id] = (
            path.format(endpoint=endpoint, delivery=delivery),
            bodies.get(path.rpartition("/")[2], {}),
        )
    with world.service.open_work() as work:
        most = work.policies.quotas[act]  # type: ignore[index]
    world.change(
        "INSERT INTO quota_uses VALUES (:id, :act, now() - interval '20 min', :used)"
        " ON CONFLICT (integrator_id, act) DO UPDATE SET since = excluded.since, used = excluded.used",
        id=vendor.id,
        act=act,
        used=most - 1,
    )
    place, body = calls[vendor.id]
    expected = {"tests": 202, "retries": 202, "replays": 202, "pause": 200, "endpoints": 201}[
        path.rpartition("/")[2]
    ]
    vendor.call("POST", place, expected, **body)
    headers = {"Authorization": f"Bearer {vendor.token}", "Idempotency-Key": str(uuid.uuid4())}
    before = world.rows("SELECT count(*) AS n FROM deliveries UNION ALL SELECT count(*) FROM replays")
    refused = world.client.post(place, headers=headers, json=body)
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_requests")
    assert 2_300 <= int(refused.headers["Retry-After"]) <= 2_400
    assert world.rows("SELECT count(*) AS n FROM deliveries UNION ALL SELECT count(*) FROM replays") == before
    place, body = calls[other.id]
    other.call("POST", place, expected, **body)
    world.change("UPDATE quota_uses SET since = since - interval '1 h'")
    place, body = calls[vendor.id]
    vendor.call("POST", place, expected, **body)


def test_replays_at_a_time_are_bounded(world: World) -> None:
    vendor = world.vendor()
    endpoint = vendor.endpoint(PUBLIC)["id"]
    world.tell(APPLIED)
    body = {"endpoint_id": endpoint, "from": "2026-01-01T00:00:00Z"}
    for _ in range(world.service.settings.most_replays_running):
        vendor.call("POST", "/v1/replays", 202, **body)
    assert "at a time" in vendor.call("POST", "/v1/replays", 429, **body)["detail"]


def test_what_is_asked_of_an_endpoint_that_goes_at_the_same_moment(world: World) -> None:
    vendor = world.vendor()
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    asked: dict[str, dict[str, Any]] = {
        "/v1/replays": {"from": "2026-01-01T00:00:00Z"},
        "/v1/endpoints/{}/tests": {"type": APPROVED},
    }
    for path, body in asked.items():
        endpoint = vendor.endpoint(PUBLIC)["id"]
        named = {} if "{}" in path else {"endpoint_id": endpoint}
        name = NameEndpoint(
            integrator_id=uuid.UUID(vendor.id), by=by_operator("ada"), endpoint_id=uuid.UUID(endpoint)
        )
        with ThreadPoolExecutor(1) as thread:
            with world.service.open_work() as work:
                delete_endpoint(work, name)
                answer = thread.submit(vendor.call, "POST", path.format(endpoint), 404, **body, **named)
                wait_until(lambda: bool(world.rows(waiting)))
            assert answer.result()["code"] == "not_found"
        assert world.rows("SELECT 1 FROM deliveries WHERE endpoint_id = :id", id=endpoint) == []
