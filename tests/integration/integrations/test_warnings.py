"""People hear of an endpoint that fails: twice before it is disabled, and when it is; each once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from aiohttp import web
from tests.integration.integrations.conftest import Vendor, World
from tests.integration.integrations.receivers import Receiver, wait_until

from integrations.domain.integrator_log import by_operator
from integrations.entrypoints.sweeps.endpoint_warnings import warn_of_all_due
from integrations.handlers.commands import RemovePerson
from integrations.handlers.people import remove_person

URL = "http://127.0.0.1:1999/hook?token=s3cret"


def vendor_with_people(world: World, count: int = 1) -> Vendor:
    vendor = world.vendor()
    for number in range(count):
        path = f"/v1/integrators/{vendor.id}/people"
        world.operate(path, name=f"Vera {number}", email=f"vera{number}@maps.example")
    return vendor


def fails_since(world: World, minutes: float) -> datetime:
    """The schedule of these tests disables after an hour: warnings are due after 12 and 48 minutes."""
    since = datetime.now(UTC) - timedelta(minutes=minutes)
    world.change("UPDATE endpoints SET failing_since = :since", since=since)
    return since


def told(world: World) -> list[str]:
    """Look once, and say what was told by it."""
    world.change("DELETE FROM outbox")
    warn_of_all_due(world.service)
    rows = world.rows("SELECT type FROM outbox ORDER BY position")
    return [row["type"].removeprefix("gangway.integrator.") for row in rows]


def last_event(world: World) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bytes(world.rows("SELECT data FROM outbox")[0]["data"]))
    return found


def test_two_warnings_and_the_end_each_once(world: World) -> None:
    vendor = vendor_with_people(world, 2)
    endpoint = vendor.endpoint(URL)["id"]
    assert told(world) == []
    fails_since(world, 11)
    assert told(world) == []
    since = fails_since(world, 13)
    assert told(world) == ["endpoint_failing.v1"]
    event = last_event(world)
    assert (event["host"], event["endpoint_id"]) == ("127.0.0.1", endpoint)
    assert "s3cret" not in json.dumps(event)
    assert datetime.fromisoformat(event["disabled_from_at"]) == since + timedelta(hours=1)
    assert [one["email"] for one in event["people"]] == ["vera0@maps.example", "vera1@maps.example"]
    assert told(world) == []
    world.change(
        "UPDATE endpoints SET failing_since = :at, warned_since = :at", at=since - timedelta(minutes=36)
    )
    assert told(world) == ["endpoint_failing.v1"]
    assert told(world) == []
    world.change("UPDATE endpoints SET state = 'disabled', state_reason = 'failing'")
    assert told(world) == ["endpoint_disabled.v1"]
    assert last_event(world)["reason"] == "failing"
    assert told(world) == []


def test_who_recovers_is_warned_anew(world: World) -> None:
    endpoint = vendor_with_people(world).endpoint(URL)["id"]
    fails_since(world, 13)
    assert told(world) == ["endpoint_failing.v1"]
    world.change("UPDATE endpoints SET failing_since = NULL")
    assert told(world) == []
    fails_since(world, 14)
    assert told(world) == ["endpoint_failing.v1"]
    assert world.rows("SELECT id::text FROM endpoints") == [{"id": endpoint}]


def test_who_is_late_tells_one_warning_for_both(world: World) -> None:
    vendor_with_people(world).endpoint(URL)
    fails_since(world, 55)
    assert told(world) == ["endpoint_failing.v1"]
    assert told(world) == []


def test_disabled_again_is_news_again(world: World) -> None:
    vendor = vendor_with_people(world)
    endpoint = vendor.endpoint(URL)["id"]
    gone = "UPDATE endpoints SET state = 'disabled', state_reason = 'gone'"
    world.change(gone)
    assert told(world) == ["endpoint_disabled.v1"]
    vendor.call("PATCH", f"/v1/endpoints/{endpoint}", description="changed while it is disabled")
    assert told(world) == []
    vendor.call("POST", f"/v1/endpoints/{endpoint}/resume")
    world.change(gone)
    assert told(world) == ["endpoint_disabled.v1"]


def test_the_sender_leaves_what_the_warnings_look_at(world: World, receiving: Receiver) -> None:
    """From a receiver that is gone to the event, without anybody's hand in the tables."""
    vendor = vendor_with_people(world)
    receiving.answers["/gone"] = lambda _, __: web.Response(status=410)
    vendor.endpoint(f"{receiving.url}/gone")
    world.tell("partner.approved.v1")
    with world.sending():
        wait_until(lambda: bool(world.rows("SELECT FROM endpoints WHERE state = 'disabled'")))
    assert told(world) == ["endpoint_disabled.v1"]
    assert last_event(world)["reason"] == "gone"


def test_nobody_is_told_of_a_paused_endpoint_nor_of_one_without_people(world: World) -> None:
    vendor_with_people(world).endpoint(URL)
    world.change("UPDATE endpoints SET state = 'paused'")
    world.vendor().endpoint(URL)
    fails_since(world, 55)
    assert told(world) == []


def test_who_is_removed_meanwhile_is_told_nothing_afterwards(world: World) -> None:
    """A warning that is told behind the removal would bring the person back wherever they were forgotten."""
    vendor = vendor_with_people(world, 2)
    vendor.endpoint(URL)
    fails_since(world, 13)
    removed, kept = world.rows("SELECT id FROM people ORDER BY email")
    waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with ThreadPoolExecutor(1) as pool:
        with world.service.open_work() as work:
            by = by_operator("ada")
            gone = RemovePerson(integrator_id=UUID(vendor.id), by=by, person_id=removed["id"])
            remove_person(work, gone)
            telling = pool.submit(warn_of_all_due, world.service)
            wait_until(lambda: telling.done() or bool(world.rows(waiting)))
        assert telling.result() == 1
    rows = world.rows("SELECT data FROM outbox WHERE type LIKE '%endpoint_failing%'")
    [told] = [json.loads(bytes(row["data"])) for row in rows]
    assert [one["person_id"] for one in told["people"]] == [str(kept["id"])]


def test_operators_see_who_is_silent_without_what_may_be_secret(world: World) -> None:
    fails, gone, off = (vendor_with_people(world) for _ in range(3))
    for vendor in (fails, gone, off):
        vendor.endpoint(URL)
    headers = {"Authorization": f"Bearer {world.ops_token}"}
    fails_since(world, 59)
    assert world.client.get("/v1/silent-endpoints", headers=headers).json == {"endpoints": []}
    fails_since(world, 61)
    world.change(
        "UPDATE endpoints SET state = 'disabled', state_reason = 'gone' WHERE integrator_id = :id", id=gone.id
    )
    world.operate(f"/v1/integrators/{off.id}/scope", 200, types=[])
    answer = world.client.get("/v1/silent-endpoints", headers=headers)
    assert {(one["integrator_id"], one["state"], one["host"]) for one in answer.json["endpoints"]} == {
        (fails.id, "active", "127.0.0.1"),
        (gone.id, "disabled", "127.0.0.1"),
    }
    assert "s3cret" not in answer.text
    counted = world.client.get("/v1/waiting", headers=headers).json["waiting"]
    assert {one["kind"]: one["count"] for one in counted}["silent_webhooks"] == 2
