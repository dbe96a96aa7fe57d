"""Webhooks as vendors get them: what arrives, in which order, and what becomes of what was not taken."""

import json
import os
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from time import sleep
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks import Webhook
from tests.integration.integrations.conftest import World
from tests.integration.integrations.receivers import Receiver, wait_until

from chassis import clock
from integrations.adapters.sending import claims, endpoint_share
from integrations.adapters.sending.endpoint_share import PATIENT_AFTER
from integrations.handlers.commands import ContinueReplay
from integrations.handlers.deliveries import continue_replay
from integrations.handlers.partner_events import forget_partner

APPLIED, APPROVED, VERIFIED = "partner.applied.v1", "partner.approved.v1", "partner.email_verified.v1"


def failing_times(count: int, status: int = 500) -> Any:
    return lambda _, seen: web.Response(status=status if seen <= count else 204, text="x" * 5_000)


def no_such_date(_: Any, seen: int) -> Any:
    """In UTC it would be in the year 10000."""
    late = {"Retry-After": "Fri, 31 Dec 9999 23:59:59 -2300"}
    return web.Response(status=429, headers=late) if seen <= 2 else web.Response()


def test_an_event_arrives_signed_and_without_what_is_personal(world: World, receiving: Receiver) -> None:
    seeing, other = world.vendor(sees_personal=True), world.vendor()
    secret = other.endpoint(f"{receiving.url}/structured")["secret"]
    seeing.endpoint(f"{receiving.url}/binary", body="binary")
    with world.sending():
        [event_id] = world.tell(APPROVED)
        [one] = receiving.wait_for("/structured", 1)
        [whole] = receiving.wait_for("/binary", 1)
    event = Webhook(secret).verify(one.body, one.headers)
    assert one.headers["content-type"].startswith("application/cloudevents+json")
    assert (one.id, event["id"], event["type"]) == (event_id, event_id, f"gangway.{APPROVED}")
    assert event["sequence"].endswith("1")
    assert whole.headers["ce-type"] == event["type"]
    assert whole.headers["content-type"] == "application/json"
    personal = json.loads(whole.body)
    assert personal["members"][0]["email"] == "juergen.weiss@maschinenbau-weiss.example"
    assert "email" not in event["data"]["members"][0]
    assert {**event["data"], "members": [], "decided_by": {}} == {**personal, "members": [], "decided_by": {}}
    [delivery] = other.deliveries()
    assert (delivery["state"], delivery["attempts"], delivery["last_status"]) == ("delivered", 1, 204)


def test_what_comes_again_is_sent_once(world: World, receiving: Receiver) -> None:
    world.vendor().endpoint(f"{receiving.url}/x")
    event = world.event(APPLIED, str(uuid.uuid4()))
    with world.sending():
        for _ in range(3):
            world.take_in([event])
        world.tell(VERIFIED)
        receiving.wait_for("/x", 2)
        sleep(0.1)
    assert receiving.ids("/x").count(event.id) == 1


@pytest.mark.parametrize(
    ("answer", "outcome", "status"),
    [
        (failing_times(2), "refused", 500),
        (failing_times(2, 302), "redirected", 302),
        (failing_times(2, 404), "refused", 404),
        (no_such_date, "refused", 429),
        (lambda _, seen: "cut" if seen <= 2 else web.Response(), "connection_cut", None),
        (lambda _, seen: "hang" if seen <= 1 else web.Response(), "timeout", None),
    ],
    ids=["500", "redirect", "404", "no such date", "cut", "hang"],
)
def test_what_was_not_taken_comes_again_under_the_same_id(
    world: World, receiving: Receiver, answer: Any, outcome: str, status: int | None
) -> None:
    vendor = world.vendor()
    vendor.endpoint(f"{receiving.url}/bad")
    receiving.answers["/bad"] = answer
    with world.sending():
        [event_id] = world.tell(APPLIED)
        wait_until(lambda: vendor.deliveries()[0]["state"] == "delivered")
    assert set(receiving.ids("/bad")) == {event_id}
    shown = vendor.call("GET", f"/v1/deliveries/{vendor.deliveries()[0]['id']}")
    assert [one["number"] for one in shown["log"]] == list(range(1, len(receiving.at("/bad")) + 1))
    assert (shown["log"][0]["outcome"], shown["log"][0]["status"]) == (outcome, status)
    assert len(shown["log"][0]["answer"]) <= 1_024
    assert shown["event"]["id"] == event_id
    assert "/elsewhere" not in receiving.received


def test_who_asks_for_patience_gets_it(world: World, receiving: Receiver) -> None:
    """The whole endpoint waits, by seconds or by date; the schedule alone would be much quicker."""

    def busy_at_first(value: Callable[[], str]) -> Any:
        return lambda _, seen: (
            web.Response(status=429, headers={"Retry-After": value()}) if seen == 1 else web.Response()
        )

    named = {
        "/seconds": lambda: "1",
        "/date": lambda: format_datetime(clock.now() + timedelta(seconds=2), usegmt=True),
    }
    for path, value in named.items():
        world.vendor().endpoint(f"{receiving.url}{path}", concurrency=1)
        receiving.answers[path] = busy_at_first(value)
    with world.sending():
        world.tell(APPLIED, count=3)
        for path in named:
            receiving.wait_for(path, 4)
    for path in named:
        assert receiving.at(path)[1].at - receiving.at(path)[0].at >= 0.95


def test_gone_disables_and_resuming_loses_nothing(world: World, receiving: Receiver) -> None:
    vendor = world.vendor()
    endpoint = vendor.endpoint(f"{receiving.url}/gone", concurrency=1)
    receiving.answers["/gone"] = lambda _, seen: web.Response(status=410 if seen == 1 else 204)
    path = f"/v1/endpoints/{endpoint['id']}"
    with world.sending():
        ids = world.tell(APPLIED)
        wait_until(lambda: vendor.call("GET", path)["state"] == "disabled")
        assert vendor.call("GET", path)["state_reason"] == "gone"
        ids += world.tell(APPLIED, count=3)
        sleep(0.2)
        assert len(receiving.at("/gone")) == 1
        # As after days of failures, when the next try is far away, and the last one.
        world.change("UPDATE deliveries SET due_at = now() + interval '20 h', tries = 5 WHERE attempts > 0")
        vendor.call("POST", f"{path}/resume")
        wait_until(lambda: {one["state"] for one in vendor.deliveries()} == {"delivered"})
    assert set(receiving.ids("/gone")) == set(ids)


def test_an_endpoint_that_fails_for_too_long_is_disabled(world: World, receiving: Receiver) -> None:
    vendor = world.vendor()
    endpoint = vendor.endpoint(f"{receiving.url}/down")
    receiving.answers["/down"] = failing_times(1_000)
    path = f"/v1/endpoints/{endpoint['id']}"
    with world.sending():
        world.tell(APPLIED)
        wait_until(lambda: vendor.call("GET", path)["failing_since"] is not None)
        world.change("UPDATE endpoints SET failing_since = failing_since - interval '2 h'")
        wait_until(lambda: vendor.call("GET", path)["state"] == "disabled")
    assert vendor.call("GET", path)["state_reason"] == "failing"
    assert vendor.deliveries()[0]["state"] == "waiting"


def test_each_partner_s_events_come_in_order_where_that_is_asked_for(
    world: World, receiving: Receiver
) -> None:
    """One that fails holds back its own partner only, and nothing overtakes it."""
    world.vendor().endpoint(f"{receiving.url}/ordered", order="partner")
    partners = [str(uuid.uuid4()) for _ in range(6)]
    told: dict[str, list[str]] = {partner: [] for partner in partners}
    stuck = partners[0]
    failures = Counter[str]()

    def answer(one: Any, _: int) -> web.Response:
        subject = json.loads(one.body)["subject"]
        failures[one.id] += 1
        is_bad = subject == stuck and failures[one.id] <= 3
        return web.Response(status=500 if is_bad else 204)

    receiving.answers["/ordered"] = answer
    with world.sending():
        for _ in range(30):
            batch = [world.event(APPLIED, partner) for partner in partners]
            for event, event_id in zip(batch, world.take_in(batch), strict=True):
                told[event.subject].append(event_id)
        others = sum(len(ids) for partner, ids in told.items() if partner != stuck)

        def taken(partner: str) -> list[str]:
            came = [one for one in receiving.at("/ordered") if json.loads(one.body)["subject"] == partner]
            return list(dict.fromkeys(one.id for one in came))

        wait_until(lambda: sum(len(taken(one)) for one in partners if one != stuck) == others, 20)
        for partner in partners[1:]:
            assert taken(partner) == told[partner]
        # Nothing is taken up while it is on its way already.
        once = [one.id for one in receiving.at("/ordered") if json.loads(one.body)["subject"] != stuck]
        assert len(once) == len(set(once))
        wait_until(lambda: len(taken(stuck)) >= 3, 20)
        assert taken(stuck) == told[stuck][: len(taken(stuck))]


def test_a_killed_sender_loses_nothing(world: World, receiving: Receiver) -> None:
    vendor = world.vendor()
    vendor.endpoint(f"{receiving.url}/slow", concurrency=5)
    receiving.answers["/slow"] = lambda _, seen: "hang" if 40 < seen <= 60 else web.Response()
    ids = world.tell(APPLIED, count=200)
    command = [sys.executable, "-m", "integrations", "sender"]
    patient = {"WEBHOOK_TIMEOUT_SECONDS": "15", "WEBHOOK_TAKEOVER_SECONDS": "15"}
    environ = {**os.environ, **world.environ, **patient}
    with subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL) as process:
        try:
            receiving.wait_for("/slow", 45, 20)
        finally:
            process.kill()
    assert len(set(receiving.ids("/slow"))) < 200
    # As if the leases and the silence of the dead had ended.
    world.change("UPDATE senders SET alive_until = now()")
    world.change("UPDATE deliveries SET due_at = now() WHERE state = 'waiting'")
    receiving.answers["/slow"] = lambda _, __: web.Response()
    with world.sending():
        wait_until(lambda: set(receiving.ids("/slow")) == set(ids))
        wait_until(lambda: vendor.deliveries("state=waiting") == [])
    assert Counter(receiving.ids("/slow")).most_common(1)[0][1] <= 2


def test_those_who_hang_delay_nobody(world: World, receiving: Receiver) -> None:
    """Three hundred requests hang, of endpoints that took as many before; the living get theirs meanwhile."""
    for number in range(3):
        world.vendor().endpoint(f"{receiving.url}/hanging/{number}", concurrency=100)
        receiving.answers[f"/hanging/{number}"] = lambda _, seen: "hang" if seen > 100 else web.Response()
    world.tell(APPLIED, count=200)
    world.vendor().endpoint(f"{receiving.url}/living")
    with world.sending(WEBHOOK_TIMEOUT_SECONDS="30", WEBHOOK_TAKEOVER_SECONDS="30"):
        for number in range(3):
            receiving.wait_for(f"/hanging/{number}", 200, 20)
        world.tell(APPLIED, count=100)
        receiving.wait_for("/living", 100, 20)
        assert all(len(receiving.at(f"/hanging/{number}")) == 200 for number in range(3))
        receiving.is_released = True


def test_a_dead_endpoint_costs_few_attempts_and_loses_nothing(world: World, receiving: Receiver) -> None:
    """It has places for fifty requests, and is asked by one at a time, ever more rarely, until it answers."""
    vendor = world.vendor()
    vendor.endpoint(f"{receiving.url}/dead", concurrency=50)
    world.vendor().endpoint(f"{receiving.url}/mute", concurrency=50)
    is_mended = False
    receiving.answers["/dead"] = lambda _, __: web.Response(status=204 if is_mended else 500)
    receiving.answers["/mute"] = lambda _, __: "hang"
    ids = world.tell(APPLIED, count=100)
    with world.sending(WEBHOOK_TIMEOUT_SECONDS="30", WEBHOOK_TAKEOVER_SECONDS="30"):
        receiving.wait_for("/mute", 1)
        receiving.wait_for("/dead", PATIENT_AFTER + 1)
        # The next probes come after 1, 2, 4 seconds and so on.
        assert len(receiving.at("/dead")) < PATIENT_AFTER + 8
        assert len(receiving.at("/mute")) == 1
        is_mended = True
        wait_until(lambda: vendor.deliveries("state=waiting") == [], 40)
        receiving.is_released = True
    assert set(receiving.ids("/dead")) == set(ids)


def test_what_a_person_wants_is_tried_at_once_though_nothing_was_taken(
    world: World, receiving: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the sender means to wait by now, and however much waits before it."""
    monkeypatch.setattr(endpoint_share, "FIRST_PATIENCE_SECONDS", 3_600)
    monkeypatch.setattr(endpoint_share, "LONGEST_PATIENCE_SECONDS", 3_600)
    vendor = world.vendor()
    endpoint = vendor.endpoint(f"{receiving.url}/dead")["id"]
    receiving.answers["/dead"] = lambda _, __: web.Response(status=500)
    world.tell(APPLIED, count=PATIENT_AFTER + 30)
    with world.sending():
        receiving.wait_for("/dead", PATIENT_AFTER)
        newest = vendor.deliveries()[0]
        vendor.call("POST", f"/v1/deliveries/{newest['id']}/retries", 202)
        receiving.wait_for("/dead", PATIENT_AFTER + 1)
        vendor.call("POST", f"/v1/endpoints/{endpoint}/tests", 202, type=APPLIED)
        tested = vendor.deliveries()[0]
        receiving.wait_for("/dead", PATIENT_AFTER + 2)
        since = (clock.now() - timedelta(hours=1)).isoformat()
        replay = vendor.call("POST", "/v1/replays", 202, endpoint_id=endpoint, **{"from": since})
        with world.service.open_work() as work:
            continue_replay(work, ContinueReplay(uuid.UUID(replay["id"])))
        receiving.wait_for("/dead", PATIENT_AFTER + 3)
        for move in ("pause", "resume"):
            vendor.call("POST", f"/v1/endpoints/{endpoint}/{move}")
        receiving.wait_for("/dead", PATIENT_AFTER + 4)
    ids = receiving.ids("/dead")
    assert ids[PATIENT_AFTER : PATIENT_AFTER + 2] == [newest["webhook_id"], tested["webhook_id"]]


def test_a_rate_that_was_asked_for_is_kept(world: World, receiving: Receiver) -> None:
    world.vendor().endpoint(f"{receiving.url}/paced", rate_per_second=20)
    with world.sending():
        world.tell(APPLIED, count=12)
        came = [one.at for one in receiving.wait_for("/paced", 12)]
    assert came[-1] - came[0] >= 0.5


def test_patience_stops_all_lanes_of_an_endpoint(world: World, receiving: Receiver) -> None:
    """Each lane has several events claimed: none of them is sent while the endpoint asks to wait."""
    world.vendor().endpoint(f"{receiving.url}/busy", order="partner", concurrency=3)
    receiving.answers["/busy"] = lambda _, seen: (
        web.Response(status=429, headers={"Retry-After": "2"}) if seen == 1 else web.Response()
    )
    for _ in range(3):
        world.tell(APPLIED, count=5)
    with world.sending():
        came = receiving.wait_for("/busy", 16)
    assert [one.at - came[0].at > 1.9 for one in came[3:]] == [True] * len(came[3:])


@pytest.mark.parametrize("status", [410, 429])
def test_what_a_former_address_answers_says_nothing_of_the_new_one(
    world: World, receiving: Receiver, status: int
) -> None:
    vendor = world.vendor()
    path = f"/v1/endpoints/{vendor.endpoint(f'{receiving.url}/old', concurrency=1)['id']}"

    def moves(_: Any, __: int) -> web.Response:
        vendor.call("PATCH", path, url=f"{receiving.url}/new")
        return web.Response(status=status, headers={"Retry-After": "60"})

    receiving.answers["/old"] = moves
    with world.sending():
        world.tell(APPLIED)
        wait_until(lambda: vendor.deliveries()[0]["attempts"] > 0)
        [other] = world.tell(APPLIED)
        wait_until(lambda: other in receiving.ids("/new"))
    assert vendor.call("GET", path)["state"] == "active"


def test_what_a_sender_holds_is_looked_at_anew_when_the_scope_changes(
    world: World, receiving: Receiver
) -> None:
    vendor = world.vendor(sees_personal=True)
    vendor.endpoint(f"{receiving.url}/slow", rate_per_second=4)
    world.tell(APPROVED, count=8)
    with world.sending():
        receiving.wait_for("/slow", 1)
        world.operate(f"/v1/integrators/{vendor.id}/scope", 200, sees_personal=False)
        came = receiving.wait_for("/slow", 8)
    members = [json.loads(one.body)["data"]["members"] for one in came]
    assert sum("email" in one[0] for one in members) <= 2


def test_what_a_sender_holds_is_forgotten_with_its_partner(world: World, receiving: Receiver) -> None:
    world.vendor().endpoint(f"{receiving.url}/slow", order="partner", rate_per_second=4)
    erased = str(uuid.uuid4())
    world.tell(APPLIED, erased, count=8)
    with world.sending():
        receiving.wait_for("/slow", 1)
        with world.service.open_work() as work:
            forget_partner(work, erased)
        [other] = world.tell(APPLIED)
        wait_until(lambda: other in receiving.ids("/slow"))
        sleep(1)
    assert len(receiving.at("/slow")) <= 3


def test_lanes_that_wait_hide_none_that_is_due(
    world: World, receiving: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look takes in few lanes, and the next one goes on behind them, until all were looked at."""
    monkeypatch.setattr(claims, "LANES_PER_LOOK", 3)
    vendor = world.vendor()
    endpoint = vendor.endpoint(f"{receiving.url}/lanes", order="partner")
    for _ in range(20):
        world.tell(APPLIED)
    waiting = world.rows("SELECT partner_id FROM deliveries ORDER BY partner_id")
    world.change("UPDATE deliveries SET due_at = now() + interval '1 h'")
    with world.sending():
        sleep(0.3)
        for place in (19, 10, 0):
            world.change(
                "UPDATE deliveries SET due_at = now() WHERE partner_id = :id", id=waiting[place]["partner_id"]
            )
            with world.service.open_work() as work:
                work.deliveries.wake_sender(uuid.UUID(endpoint["id"]))
            # Sooner than the look that comes by itself.
            wait_until(lambda: len(vendor.deliveries("state=delivered")) == 1, 3)
            world.change("DELETE FROM deliveries WHERE state = 'delivered'")
    assert len(receiving.at("/lanes")) == 3
