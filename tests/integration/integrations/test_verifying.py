"""An endpoint gets no events before its address said that it wants them, where that is asked for."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from tests.integration.integrations.conftest import Vendor, World
from tests.integration.integrations.receivers import Received, Receiver, wait_until
from tests.integration.integrations.test_portal import added, browser, shown

from chassis.database.session_locks import SessionLocks
from chassis.failures import NotNow
from integrations.bootstrap import build_service
from integrations.handlers.commands import AskEndpoint
from integrations.handlers.verifying import ask_endpoint, has_to_be_verified

APPLIED = "partner.applied.v1"


def agreeing(origin: str, status: int = 204) -> Any:
    def answer(one: Received, _: int) -> web.Response:
        return web.Response(status=status, headers={"WebHook-Allowed-Origin": origin})

    return answer


def ask(world: World, command: AskEndpoint) -> None:
    locks = SessionLocks(world.service.database.engine)
    ask_endpoint(world.service.open_work, world.service.challenger, locks, command)


def work_off(world: World) -> None:
    """As the worker does."""
    for row in world.rows("SELECT args FROM procrastinate_jobs WHERE task_name = 'ask_endpoint'"):
        ids = {name: UUID(row["args"][name]) for name in ("integrator_id", "endpoint_id")}
        ask(world, AskEndpoint(**ids))
    world.change("TRUNCATE procrastinate_jobs CASCADE")


def state(vendor: Vendor, made: dict[str, Any]) -> tuple[str, str | None]:
    seen = vendor.call("GET", f"/v1/endpoints/{made['id']}")
    return seen["state"], seen["challenge_outcome"]


def test_nothing_but_tests_before_the_address_agrees(world: World, receiving: Receiver) -> None:
    vendor = world.vendor(verifies_endpoints=True)
    made = vendor.endpoint(f"{receiving.url}/shy", order="partner")
    place = f"/v1/endpoints/{made['id']}"
    assert made["state"] == "unverified"
    receiving.answers["/shy"] = lambda *_: web.Response(status=200)
    work_off(world)
    assert state(vendor, made) == ("unverified", "not_allowed")
    assert receiving.at("/shy")[0].headers["webhook-request-origin"] == "127.0.0.1"
    vendor.call("POST", f"{place}/resume")
    vendor.call("POST", f"{place}/pause")
    vendor.call("POST", f"{place}/resume")
    assert state(vendor, made)[0] == "unverified"
    with world.sending():
        world.tell(APPLIED, count=2)
        vendor.call("POST", f"{place}/tests", 202, type=APPLIED)
        wait_until(lambda: len(vendor.deliveries("state=delivered")) == 1)
        assert vendor.deliveries("state=delivered")[0]["is_test"]
        assert [one.method for one in receiving.at("/shy")] == ["OPTIONS", "POST"]
        receiving.answers["/shy"] = agreeing("127.0.0.1")
        vendor.call("POST", f"{place}/verification", 202)
        work_off(world)
        assert state(vendor, made) == ("active", "ok")
        wait_until(lambda: len(vendor.deliveries("state=delivered")) == 3)

        # Another address did not agree to anything; what waits stays until it does.
        receiving.answers["/other"] = lambda *_: web.Response(status=405)
        vendor.call("PATCH", place, url=f"{receiving.url}/other")
        world.tell(APPLIED)
        work_off(world)
        assert state(vendor, made) == ("unverified", "status_405")
        assert [one.method for one in receiving.at("/other")] == ["OPTIONS"]
        receiving.answers["/other"] = agreeing("*")
        vendor.call("POST", f"{place}/verification", 202)
        work_off(world)
        wait_until(lambda: vendor.deliveries("state=waiting") == [])


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (agreeing("somebody.example"), "not_allowed"),
        (agreeing("*", 302), "status_302"),
        (lambda *_: "cut", "connection_cut"),
        (lambda *_: "hang", "timeout"),
    ],
    ids=["another", "redirect", "cut", "hang"],
)
def test_what_is_no_agreement(world: World, receiving: Receiver, answer: Any, outcome: str) -> None:
    receiving.answers["/x"] = answer
    assert world.service.challenger.ask(f"{receiving.url}/x") == outcome
    assert world.service.challenger.ask("http://10.0.0.1/") == "address_not_allowed"


def test_in_the_portal_and_by_setting(world: World, receiving: Receiver) -> None:
    vendor = world.vendor()
    added(world, vendor.id)
    client = browser(world)
    made = vendor.endpoint(f"{receiving.url}/x")
    assert made["state"] == "active"
    world.operate(f"/v1/integrators/{vendor.id}/scope", 200, verifies_endpoints=True)
    assert state(vendor, made)[0] == "active", "what was there goes on"
    strict = build_service({**world.environ, "WEBHOOK_VERIFIES_ENDPOINTS": "yes"})
    with strict.open_work() as work:
        other = world.vendor()
        endpoint = other.endpoint(f"{receiving.url}/z")
        known = work.endpoints.get(UUID(other.id), UUID(endpoint["id"]))
        assert known is not None
        assert has_to_be_verified(work, known)
    strict.database.dispose()
    vendor.call("PATCH", f"/v1/endpoints/{made['id']}", url=f"{receiving.url}/y")
    place = f"/endpoints/{made['id']}"
    assert "Verification in progress" in shown(client.get(place))
    receiving.answers["/y"] = lambda *_: web.Response(status=404)
    work_off(world)
    assert "status_404" in shown(client.get(place))
    receiving.answers["/y"] = agreeing("*")
    answer = client.post(f"{place}/verification")
    assert answer.location == f"{place}?watch=1"
    assert client.get(answer.location).headers["Refresh"] == "3"
    work_off(world)
    assert "Accepts our events since" in shown(client.get(place))
    assert "Refresh" not in client.get(answer.location).headers


def test_whoever_answers_slowly_holds_one_place_of_the_worker(world: World, receiving: Receiver) -> None:
    """However often it wants to be asked: the others' links and replays are work of the same worker."""
    vendor, other = world.vendor(), world.vendor()
    receiving.answers["/slow"] = lambda *_: "hang"
    receiving.answers["/quick"] = agreeing("*")
    slow = [vendor.endpoint(f"{receiving.url}/slow") for _ in range(2)]
    quick = other.endpoint(f"{receiving.url}/quick")
    for made in slow * 3:
        vendor.call("POST", f"/v1/endpoints/{made['id']}/verification", 202)
    assert len(world.rows("SELECT FROM procrastinate_jobs WHERE task_name = 'ask_endpoint'")) == 2
    first, second = (AskEndpoint(integrator_id=UUID(vendor.id), endpoint_id=UUID(one["id"])) for one in slow)
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(ask, world, first)
        wait_until(lambda: len(receiving.at("/slow")) == 1)
        with pytest.raises(NotNow, match="asking_another"):
            ask(world, second)
        ask(world, AskEndpoint(integrator_id=UUID(other.id), endpoint_id=UUID(quick["id"])))
        assert state(other, quick)[1] == "ok"
        vendor.call("PATCH", f"/v1/endpoints/{slow[0]['id']}", url=f"{receiving.url}/quick")
        vendor.call("POST", f"/v1/endpoints/{slow[0]['id']}/verification", 202)
        with pytest.raises(NotNow, match="address_changed"):
            asked.result()
    ask(world, first)
    assert state(vendor, slow[0])[1] == "ok"
