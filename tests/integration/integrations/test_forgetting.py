"""What is forgotten: erased partners for good, integrators and endpoints that were removed, what is old."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from sqlalchemy import text
from tests.integration.integrations.conftest import World
from tests.integration.integrations.receivers import Received, Receiver, wait_until

from integrations.adapters.sending.claims import MOST_ATTEMPTS
from integrations.handlers import deliveries
from integrations.handlers.commands import CleanUp, ContinueReplay, ForgetEndpoint
from integrations.handlers.partner_events import forget_partner, when_partner_erased

APPLIED, APPROVED, SENT = "partner.applied.v1", "partner.approved.v1", "message.sent.v1"
ERASED, SIGN_IN = "partner.erased.v1", "partner.sign_in_requested.v1"
PUBLIC = "https://hooks.example.com/x"


def erase(world: World, partner: str) -> None:
    with world.service.open_work() as work:
        forget_partner(work, partner)


def clean_up(world: World) -> int:
    with world.service.open_work() as work:
        return deliveries.clean_up(work, CleanUp(before=datetime.now(UTC) - timedelta(days=30)))


def test_what_comes_after_an_erasure_is_not_kept(world: World) -> None:
    vendor = world.vendor()
    vendor.endpoint(PUBLIC)
    erased, other = str(uuid.uuid4()), str(uuid.uuid4())
    world.tell(APPROVED, erased)
    erase(world, erased)
    late = [world.event(key, partner) for key in (APPROVED, SENT) for partner in (erased, other)]
    world.take_in(late)
    assert {one["partner_id"] for one in vendor.deliveries()} == {other}
    assert {str(row["partner_id"]) for row in world.rows("SELECT partner_id FROM events")} == {other}
    for days, kept in ((29, 1), (60, 0)):
        at = datetime.now(UTC) - timedelta(days=days)
        world.change("UPDATE partners SET erased_at = :at WHERE id = :id", id=erased, at=at)
        assert clean_up(world) == 1 - kept
        assert len(world.rows("SELECT 1 FROM partners WHERE id = :id", id=erased)) == kept


def test_what_is_forgotten_in_a_poll_does_not_change_the_order_of_the_rest(world: World) -> None:
    erased, other = str(uuid.uuid4()), str(uuid.uuid4())
    catalogue = world.service.settings.catalogue
    with world.service.open_work() as work:
        for key, partner in ((APPLIED, erased), (APPROVED, erased), (APPLIED, other)):
            work.events.keep(world.event(key, partner), catalogue[key])
        forget_partner(work, erased)
        work.events.keep(world.event(APPROVED, other), catalogue[APPROVED])
    kept = world.rows("SELECT type, partner_id FROM events ORDER BY position")
    assert [(row["type"], str(row["partner_id"])) for row in kept] == [(APPLIED, other), (APPROVED, other)]


@pytest.mark.parametrize("order", ["event first", "tombstone first", "in one poll"])
def test_all_who_may_see_a_partner_hear_that_it_was_erased(
    world: World, receiving: Receiver, order: str
) -> None:
    """Whatever else they chose; the tombstone comes on another topic, so before or after."""
    of_tier = world.vendor(partners={"rule": "tiers", "values": ["select"]}, types=[APPROVED, SENT])
    elsewhere = world.vendor(partners={"rule": "tiers", "values": ["premier"]})
    of_tier.endpoint(f"{receiving.url}/x", types=[APPROVED])
    elsewhere.endpoint(f"{receiving.url}/y")
    partner = str(uuid.uuid4())
    world.tell(APPROVED, partner, tier="select")
    if order == "tombstone first":
        erase(world, partner)
    with world.service.open_work() as work:
        told = world.event(ERASED, partner)
        when_partner_erased(work, told, told.data)
        if order == "in one poll":
            forget_partner(work, partner)
    erase(world, partner)
    world.take_in([world.event(key, partner) for key in (SENT, APPROVED)])
    with world.sending():
        receiving.wait_for("/x", 1)
    assert [json.loads(one.body)["type"] for one in receiving.at("/x")] == [f"gangway.{ERASED}"]
    assert receiving.at("/y") == []
    assert clean_up(world) == 0
    assert [row["type"] for row in world.rows("SELECT type FROM events")] == [ERASED]


def test_who_is_shut_off_hears_of_an_erasure_by_a_replay_once_let_in_again(
    world: World, receiving: Receiver
) -> None:
    vendor, partner = world.vendor(types=[APPLIED]), str(uuid.uuid4())
    endpoint = vendor.endpoint(f"{receiving.url}/x", types=[APPLIED], filter="type == 'nothing'")
    world.operate(f"/v1/integrators/{vendor.id}/scope", 200, types=[])
    with world.service.open_work() as work:
        told = world.event(ERASED, partner)
        when_partner_erased(work, told, told.data)
    with world.sending():
        wait_until(lambda: world.rows("SELECT 1 FROM deliveries WHERE state = 'withheld'") != [])
        assert receiving.at("/x") == []
        world.operate(f"/v1/integrators/{vendor.id}/scope", 200, types=[APPLIED])
        since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        replay = vendor.call("POST", "/v1/replays", 202, endpoint_id=endpoint["id"], **{"from": since})
        with world.service.open_work() as work:
            deliveries.continue_replay(work, ContinueReplay(uuid.UUID(replay["id"])))
        receiving.wait_for("/x", 1)


def test_an_erasure_waits_for_who_handles_an_event_of_the_partner(world: World) -> None:
    """Whoever holds a lane goes on to the partner's row: the other way round both would wait for ever."""
    partner, database = str(uuid.uuid4()), world.service.database.engine
    world.tell(APPLIED, partner)
    world.change(
        "INSERT INTO lanes (consumer_group, topic, subject) VALUES ('integrations', 'x.v1', :id)", id=partner
    )
    waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with ThreadPoolExecutor() as pool, database.begin() as handling:
        handling.execute(text("SELECT FROM lanes WHERE subject = :id FOR UPDATE"), {"id": partner})
        erasing = pool.submit(erase, world, partner)
        wait_until(lambda: world.rows(waiting) != [])
        handling.execute(text("SET LOCAL lock_timeout = '5s'"))
        handling.execute(text("INSERT INTO partners (id) VALUES (:id)"), {"id": partner})
        handling.commit()
        erasing.result()
    assert world.rows("SELECT 1 FROM events WHERE partner_id = :id", id=partner) == []
    [lane] = world.rows("SELECT is_erased FROM lanes WHERE subject = :id", id=partner)
    assert lane["is_erased"]


def test_what_slips_in_beside_an_erasure_is_not_sent_and_is_cleaned_away(
    world: World, receiving: Receiver
) -> None:
    """Another consumer had begun its transaction before the tombstone's was there."""
    vendor = world.vendor()
    vendor.endpoint(f"{receiving.url}/x")
    partner = str(uuid.uuid4())
    with world.service.open_work() as work:
        work.partners.erase(uuid.UUID(partner), work.now())
    world.change("UPDATE partners SET erased_at = NULL")
    world.tell(APPLIED, partner)
    world.change("UPDATE partners SET erased_at = now()")
    with world.sending():
        wait_until(lambda: vendor.deliveries("state=withheld") != [])
    assert vendor.call("GET", f"/v1/deliveries/{vendor.deliveries()[0]['id']}")["event"] is None
    assert clean_up(world) == 1
    assert (receiving.at("/x"), vendor.deliveries(), clean_up(world)) == ([], [], 0)


def test_an_attempt_that_ends_after_an_erasure_leaves_nothing(world: World, receiving: Receiver) -> None:
    """Receivers echo what they get: an answer may hold what was just forgotten."""
    vendor = world.vendor()
    vendor.endpoint(f"{receiving.url}/x")
    partner = str(uuid.uuid4())

    def answer(one: Received, _: int) -> web.Response:
        if json.loads(one.body)["subject"] == partner:
            erase(world, partner)
        return web.Response(body=one.body, status=500 if one.body else 204)

    receiving.answers["/x"] = answer
    with world.sending():
        world.tell(APPLIED, partner)
        receiving.wait_for("/x", 1)
        receiving.answers["/x"] = lambda _, __: web.Response()
        world.tell(APPLIED)
        wait_until(lambda: vendor.deliveries("state=delivered") != [])
    assert len(world.rows("SELECT 1 FROM delivery_attempts")) == 1
    assert {one["partner_id"] for one in vendor.deliveries()} != {partner}


def test_an_integrator_is_removed_with_all_that_it_has(world: World, receiving: Receiver) -> None:
    vendor, other = world.vendor(), world.vendor()
    ids = [vendor.endpoint(f"{receiving.url}/gone")["id"] for _ in range(2)]
    other.endpoint(f"{receiving.url}/stays")
    with world.sending():
        world.tell(APPLIED, count=3)
        receiving.wait_for("/stays", 3)
        receiving.wait_for("/gone", 6)
        wait_until(lambda: not world.rows("SELECT 1 FROM deliveries WHERE state = 'waiting'"))
        since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        vendor.call("POST", "/v1/replays", 202, endpoint_id=ids[0], **{"from": since})
        ada = {"name": "Ada Byron", "email": "ada@maps.example"}
        person = world.operate(f"/v1/integrators/{vendor.id}/people", **ada)["person_id"]
        assert world.operate(f"/v1/integrators/{vendor.id}/removal", 200)["integrator_id"] == vendor.id
        world.tell(APPLIED)
        receiving.wait_for("/stays", 4)
    assert vendor.call("GET", "/v1/endpoints", 401)["code"] == "invalid_token"
    assert world.operate(f"/v1/integrators/{vendor.id}/removal", 404)["code"] == "not_found"
    jobs = world.rows("SELECT args FROM procrastinate_jobs WHERE task_name = 'forget_endpoint'")
    assert {row["args"]["endpoint_id"] for row in jobs} == set(ids)
    with world.service.open_work() as work:
        assert [deliveries.forget_endpoint(work, ForgetEndpoint(uuid.UUID(one))) for one in ids] == [3, 3]
    left = world.rows(
        "SELECT endpoint_id FROM deliveries UNION ALL SELECT endpoint_id FROM delivery_attempts"
    )
    assert len(left) == 8
    assert not {str(row["endpoint_id"]) for row in left} & set(ids)
    assert [row["name"] for row in world.rows("SELECT name FROM integrators")] != []
    assert len(receiving.at("/gone")) == 6
    (told,) = world.rows("SELECT data FROM outbox WHERE type = 'gangway.integrator.person_removed.v1'")
    assert json.loads(bytes(told["data"])) == {"integrator_id": vendor.id, "person_id": person}


def test_what_still_exists_is_not_forgotten(world: World) -> None:
    vendor = world.vendor()
    endpoint = vendor.endpoint(PUBLIC)
    world.tell(APPLIED)
    with world.service.open_work() as work:
        assert deliveries.forget_endpoint(work, ForgetEndpoint(uuid.UUID(endpoint["id"]))) == 0
    assert len(vendor.deliveries()) == 1


def test_the_log_of_one_delivery_is_bounded(world: World, receiving: Receiver) -> None:
    vendor = world.vendor()
    vendor.endpoint(f"{receiving.url}/x")
    world.tell(APPLIED)
    world.change("UPDATE deliveries SET attempts = :many", many=MOST_ATTEMPTS + 7)
    position = world.rows("SELECT event_position, endpoint_id FROM deliveries")[0]
    for number in range(1, MOST_ATTEMPTS + 8):
        world.change(
            "INSERT INTO delivery_attempts VALUES (:e, :p, :n, now(), 1, 'refused', 500, '')",
            e=position["endpoint_id"],
            p=position["event_position"],
            n=number,
        )
    with world.sending():
        wait_until(lambda: vendor.deliveries("state=delivered") != [])
    numbers = [row["number"] for row in world.rows("SELECT number FROM delivery_attempts ORDER BY number")]
    assert numbers == list(range(9, MOST_ATTEMPTS + 9))


def test_old_replays_are_cleaned_away(world: World) -> None:
    vendor = world.vendor()
    endpoint = vendor.endpoint(PUBLIC)["id"]
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    replay = vendor.call("POST", "/v1/replays", 202, endpoint_id=endpoint, **{"from": since})
    assert clean_up(world) == 0
    world.change("UPDATE replays SET created_at = created_at - interval '31 days'")
    assert clean_up(world) == 1
    vendor.call("GET", f"/v1/replays/{replay['id']}", 404)


@pytest.mark.parametrize("asked", [{}, {"filter": 'type.startsWith("partner.")'}], ids=["all", "by filter"])
def test_a_replay_brings_the_erasure_as_it_was_brought_at_first(world: World, asked: dict[str, str]) -> None:
    """Whatever the endpoint chose: who lost what came in meanwhile has copies to erase, too."""
    vendor = world.vendor(types=[APPLIED, SENT])
    endpoint = vendor.endpoint(PUBLIC, types=[APPLIED], filter=f'type == "{APPLIED}"')["id"]
    partner = str(uuid.uuid4())
    world.tell(APPLIED, partner)
    world.tell(ERASED, partner)
    world.tell(SENT)
    assert [one["type"] for one in vendor.deliveries()] == [ERASED]
    world.change("DELETE FROM deliveries")
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    body = {"endpoint_id": endpoint, "from": since, **asked}
    replay = vendor.call("POST", "/v1/replays", 202, **body)
    with world.service.open_work() as work:
        deliveries.continue_replay(work, ContinueReplay(uuid.UUID(replay["id"])))
    assert [one["type"] for one in vendor.deliveries()] == [ERASED]


def test_what_one_mail_tells_of_several_partners_is_kept_of_its_own_only(world: World) -> None:
    """Another one's name would outlast it, and be told to who may not see it."""
    partner, other = str(uuid.uuid4()), str(uuid.uuid4())
    link = world.service.settings.catalogue[SIGN_IN].example["link"]
    others = [{"partner_id": other, "legal_name": "Müller Automation GmbH", "link": link}]
    world.tell(SIGN_IN, partner, legal_name="Müller & Söhne GmbH", others=others)
    [kept] = world.rows("SELECT data FROM events")
    assert json.loads(kept["data"]) == {
        "partner_id": partner,
        "link": link,
        "legal_name": "Müller & Söhne GmbH",
    }
