"""An erased partner leaves nothing here: no person, mail or lesson; no late event brings any of it back."""

import json
import uuid
from typing import Any

from tests.integration.leftovers import tables_with
from tests.integration.notifications.conftest import CONTRACTS, World
from tests.integration.records import poll_of, record

from chassis.running.housekeeping import finish_erasures

WORDS = ("weiß", "weiss", "jürgen", "zoë", "connor")


def left(world: World, *words: str) -> dict[str, set[str]]:
    with world.service.database.engine.begin() as connection:
        return tables_with(connection, words or WORDS)


def example(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CONTRACTS / name / "v1.example.json").read_text(encoding="utf-8"))
    return found


def told(sequence: int, name: str, partner_id: str, **changes: Any) -> Any:
    facts = {**example(name), **changes}
    del facts["partner_id"]
    return record(sequence, name, partner_id, **facts)


def lived(world: World) -> None:
    """Mails of all kinds, people, an invitation, a lesson and a letter that lies dead."""
    poll = poll_of(world.service)
    names = ("partner.approved", "partner.activated", "partner.suspended", "partner.resumed")
    poll.handle([told(number, name, world.partner_id) for number, name in enumerate(names, start=1)])
    world.deliver()
    poll.handle([record(5, "partner.member_added", world.partner_id, member={"email": "zoë@weiss.example"})])
    poll.handle([told(1, "access.granted", world.partner_id, product="crm")])
    assert {"partners", "members", "dead_letters"} <= set(left(world))
    assert world.rows("SELECT id FROM messages")
    assert world.rows("SELECT id FROM invitations")


def test_nothing_is_left_but_the_id(world: World) -> None:
    lived(world)
    other = str(uuid.uuid4())
    poll = poll_of(world.service)
    poll.handle([told(1, "partner.approved", other, legal_name="Bleibt GmbH")])
    kept = len(world.rows("SELECT id FROM messages WHERE partner_id = :id", id=other))
    world.change("UPDATE outbox SET published_at = now()")
    poll.handle([told(6, "partner.erased", world.partner_id)])
    assert world.send() == []
    tables = ("partners", "members", "messages", "invitations", "links")
    ids = {str(row["id"]) for row in world.rows("SELECT id FROM partners")}
    assert ids == {other}
    assert {table for table in tables if table in left(world, world.partner_id)} == set()
    assert world.rows("SELECT id FROM dead_letters") == []
    assert set(left(world)) == {"members"}, "of the other partner, who has the same people"
    assert len(world.rows("SELECT id FROM messages WHERE partner_id = :id", id=other)) == kept


def test_late_events_have_no_effect_and_stay_nowhere(world: World) -> None:
    """The topics have no order among them, and dead letters may be replayed at any time."""
    lived(world)
    poll = poll_of(world.service)
    late = [
        told(2, "access.granted", world.partner_id),
        told(3, "access.waived", world.partner_id),
        told(6, "partner.offboarded", world.partner_id),
    ]
    poll.handle([told(7, "partner.erased", world.partner_id), *late])
    assert world.rows("SELECT id FROM partners") == []
    for table in ("parked_events", "dead_letters", "messages"):
        assert world.rows(f"SELECT 1 AS one FROM {table}") == []  # noqa: S608
    finish_erasures(world.service.database)
    assert world.deliver() == []


def test_it_is_not_kept_waiting_by_what_is_parked(world: World) -> None:
    poll = poll_of(world.service)
    poll.handle([told(1, "access.granted", world.partner_id)])
    assert len(world.rows("SELECT 1 AS one FROM parked_events")) == 1
    poll.handle([told(1, "partner.erased", world.partner_id)])
    assert world.rows("SELECT 1 AS one FROM parked_events") == []
    poll.handle([told(2, "access.granted", world.partner_id)])
    assert world.rows("SELECT 1 AS one FROM parked_events") == []
