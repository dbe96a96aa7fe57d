"""A newcomer who reads `partner.state.v1` from its start has every partner as it is now, and nothing else."""

import json
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.documented_readers import start_reader, write_readers
from tests.end_to_end.event_log import EventLog
from tests.end_to_end.partners import Vendor
from tests.end_to_end.stacks import LocalStack
from tests.end_to_end.waiting import wait_for

TOPIC = "partner.state.v1"
AS_ANSWERED = ("state", "partner_type", "competences", "products_wanted", "language", "tier")
OF_COMPANY = ("legal_name", "registration_number", "country", "website")
OF_GRANT = ("grant_id", "product", "required", "state")

Snapshots = dict[str, dict[str, Any]]


def test_a_newcomer_sees_every_partner_as_it_is_now(
    local_stack: LocalStack, vendor: Vendor, event_log: EventLog, tmp_path: Path
) -> None:
    active, leaving, waiting = (vendor.new_partner("crm") for _ in range(3))
    active.become_active()
    leaving.become_active()
    leaving.act("offboarding", reason="We part.")
    leaving.await_state("offboarded")
    snapshots = await_agreement(vendor, event_log)
    assert {active.id, leaving.id, waiting.id} <= snapshots.keys()
    assert [grant["state"] for grant in snapshots[leaving.id]["grants"]] == ["revoked"]

    before = numbers(event_log)
    told = local_stack.gangway("partners", "publish-states", "--reason", "Newcomers.", "--json")
    assert json.loads(told.stdout) == {"partners": len(snapshots)}
    wait_for(
        "a new snapshot of everybody",
        lambda: numbers(event_log),
        lambda after: all(after[partner_id] > number for partner_id, number in before.items()),
    )
    await_agreement(vendor, event_log)
    assert read_as_the_docs_say(local_stack, tmp_path).keys() == snapshots.keys()


def read_as_the_docs_say(local_stack: LocalStack, folder: Path) -> dict[str, Any]:
    """Run the reader of docs/events.md against this stack."""
    write_readers(folder)
    reader = start_reader(folder, "partners.py", local_stack.addresses["kafka"])
    output, _ = reader.communicate(timeout=60)
    assert reader.returncode == 0, output
    with closing(sqlite3.connect(folder / "partners.sqlite")) as database:
        rows = database.execute("SELECT partner_id, state FROM partners WHERE state IS NOT NULL")
        return {partner_id: json.loads(state) for partner_id, state in rows}


def await_agreement(vendor: Vendor, event_log: EventLog) -> Snapshots:
    """Wait until topic and service say the same of all partners; those of other tests may still move."""
    both = wait_for(
        "topic and rows agree",
        lambda: (as_told(event_log), as_answered(vendor)),
        lambda found: found[0] == found[1],
    )
    return both[0]


def numbers(event_log: EventLog) -> dict[str, int]:
    """The highest number of each partner that was not erased."""
    found: dict[str, int] = {}
    for record in event_log.records(TOPIC):
        number = int(dict(record.headers or ())["ce_sequence"])
        partner_id = (record.key or b"").decode()
        if record.value is None:
            del found[partner_id]
        else:
            found[partner_id] = max(number, found.get(partner_id, 0))
    return found


def as_told(event_log: EventLog) -> Snapshots:
    """What a newcomer makes of the topic: the newest record of each key counts."""
    found: Snapshots = {}
    for record in event_log.records(TOPIC):
        partner_id = (record.key or b"").decode()
        if record.value is None:
            del found[partner_id]
        else:
            found[partner_id] = with_times(json.loads(record.value))
    return found


def as_answered(vendor: Vendor) -> Snapshots:
    """The same of the rows, as onboarding's API shows them."""
    ids = [line["partner_id"] for line in vendor.operator.all("GET /v1/partners")]
    return {partner_id: expected(vendor.operator.partner(partner_id)) for partner_id in ids}


def expected(answer: dict[str, Any]) -> dict[str, Any]:
    agreement = answer["agreement"] or {}
    grants = [{name: product[name] for name in OF_GRANT} for product in answer["products"]]
    return with_times(
        {
            "partner_id": answer["partner_id"],
            **{name: answer[name] for name in AS_ANSWERED},
            **{name: answer["company"][name] for name in OF_COMPANY},
            "state_entered_at": answer["state_entered_at"],
            "deadline_at": answer["deadline_at"],
            "applied_at": answer["created_at"],
            "member_count": len(answer["members"]) + 1,
            **confirmed(answer),
            "agreement_version": agreement.get("agreement_version"),
            "agreement_accepted_at": agreement.get("accepted_at"),
            "grants": sorted(grants, key=lambda grant: str(grant["grant_id"])),
        }
    )


def confirmed(answer: dict[str, Any]) -> dict[str, int]:
    """How many said that they belong to the partner; nothing before the contact did."""
    count = sum(bool(one["confirmed_at"]) for one in (answer["contact"], *answer["members"]))
    return {"confirmed_member_count": count} if count else {}


def with_times(snapshot: dict[str, Any]) -> dict[str, Any]:
    """One moment may be written in two ways."""
    return {
        name: datetime.fromisoformat(value) if value and name.endswith("_at") else value
        for name, value in snapshot.items()
    }
