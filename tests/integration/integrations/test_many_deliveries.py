"""With tens of thousands of deliveries there, nothing reads through them to find a few."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from tests.integration.integrations.conftest import Vendor, World

from chassis.database.urls import driver_url
from integrations.adapters.repositories import deliveries, endpoint_health, events
from integrations.adapters.sending import claims, ownership
from integrations.adapters.sending.delivery_queue import FIRST_LANE, SENDER_OPTIONS

APPLIED = "partner.applied.v1"
ENDPOINTS, EVENTS = 20, 1_500
_FILL = """
INSERT INTO events (id, type, partner_id, attributes, data, received_at)
SELECT gen_random_uuid(), 'partner.applied.v1', gen_random_uuid(), '{}', '{}', now() - n * interval '1 s'
FROM generate_series(1, :events) AS n;
INSERT INTO deliveries (endpoint_id, event_position, event_id, event_type, partner_id, due_at, created_at)
SELECT endpoint.id, event.position, event.id, event.type, event.partner_id, now(), now()
FROM endpoints AS endpoint CROSS JOIN events AS event;
"""


@contextmanager
def planning(world: World, options: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(driver_url(world.environ["DATABASE_URL"]), options=options) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def vendor(world: World) -> Vendor:
    found = world.vendor()
    for _ in range(ENDPOINTS):
        found.endpoint("https://hooks.example.com/x")
    for statement in _FILL.split(";\n")[:-1]:
        world.change(statement, **({"events": EVENTS} if ":events" in statement else {}))
    world.change("ANALYZE deliveries, events, delivery_attempts")
    return found


def test_the_sender_finds_its_deliveries_by_index(world: World, vendor: Vendor) -> None:
    ids = [row["id"] for row in world.rows("SELECT id FROM endpoints")]
    lease = {"lease_seconds": 45, "run_length": claims.RUN_LENGTH, "sender_id": uuid.uuid4()}
    rooms = {"ids": ids, "rooms": [10] * len(ids)}
    behind = {"times": ["-infinity"] * len(ids), "positions": [0] * len(ids)}
    note = '[{"endpoint_id": "%s", "position": 1, "claim": 1, "state": "delivered"}]' % ids[0]  # noqa: UP031
    asked: dict[str, dict[str, Any]] = {
        claims.CLAIM_AS_THEY_COME: lease | rooms | behind,
        claims.CLAIM_TESTS: lease | rooms,
        claims.CLAIM_IN_ORDER: lease | {"ids": ids, "partners": [uuid.uuid4()] * len(ids)},
        claims.LANES: rooms | {"after": [FIRST_LANE] * len(ids), "lanes_per_look": claims.LANES_PER_LOOK},
        ownership.FORGET_DEAD: {"id": uuid.uuid4(), "replaced": None, "most_held": ownership.MOST_HELD},
        claims.NOTE: {"noted": note, "endpoints": "[]", "disable_after_seconds": 1, "most_attempts": 50},
    }
    with planning(world, SENDER_OPTIONS) as connection:
        for statement, values in asked.items():
            _expect_index(connection, statement, values)


def test_the_log_is_searched_by_index(world: World, vendor: Vendor) -> None:
    values: dict[str, Any] = {
        "integrator_id": vendor.id,
        "endpoint_id": None,
        "limit": 50,
        "state": "failed",
        "event_type": "access.granted.v1",
        "partner_id": uuid.uuid4(),
        "event_id": uuid.uuid4(),
        "first": 100,
        "beyond": 200,
        "before_position": 300,
        "before_endpoint": uuid.uuid4(),
    }
    with planning(world, "") as connection:
        for condition in ("", *deliveries._CONDITIONS.values()):
            _expect_index(connection, deliveries._FOUND.format(condition), values)
        for statement in events._FORGET:
            _expect_index(connection, statement, {"positions": list(range(100))})


def test_the_newest_of_a_quiet_endpoint_are_not_looked_for_among_all(world: World, vendor: Vendor) -> None:
    """By the events of all, from the newest back, its last deliveries may be a million rows away."""
    ids = [row["id"] for row in world.rows("SELECT id FROM endpoints")]
    found = {"integrator_id": vendor.id, "endpoint_id": None, "limit": 50}
    asked: dict[str, dict[str, Any]] = {
        deliveries._FOUND.format(""): found,
        endpoint_health._HEALTH: {"ids": ids, "looked_at": 100, "most": 1_000},
    }
    with planning(world, "") as connection:
        for statement, values in asked.items():
            plan = "\n".join(line for (line,) in connection.execute(f"EXPLAIN {statement}", values))
            assert "Backward using deliveries_pkey" in plan, plan


def _expect_index(connection: psycopg.Connection[Any], statement: str, values: dict[str, Any]) -> None:
    plan = "\n".join(line for (line,) in connection.execute(f"EXPLAIN {statement}", values))
    assert "Seq Scan on deliveries" not in plan, plan
