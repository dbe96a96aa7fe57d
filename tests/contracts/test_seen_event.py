"""What `gangway events tail` makes of a record: shown, checked, and without what is personal."""

import json
from typing import Any

import pytest
from tests.contracts.event_records import HAPPENED, PREFIX, record_of

from contract_tools import Contracts
from contract_tools.redaction import PERSONAL, UNKNOWN, redacted
from contract_tools.schema_fields import fields
from contract_tools.seen_event import FORGOTTEN, HIDDEN, EventWatcher, as_json, as_text


@pytest.fixture
def watcher(contracts: Contracts) -> EventWatcher:
    return EventWatcher(contracts, type_prefix=PREFIX)


def leaves(data: Any) -> set[str]:
    if isinstance(data, dict | list):
        parts = data.values() if isinstance(data, dict) else data
        return set().union(*(leaves(part) for part in parts))
    return {data} if isinstance(data, str) else set()


def test_every_example_passes_without_a_problem(contracts: Contracts, watcher: EventWatcher) -> None:
    for key in contracts.events:
        seen = watcher.look(record_of(contracts, key))
        assert (seen.event_key, seen.sequence, seen.time, seen.problems) == (key, 3, HAPPENED, ())


def test_personal_values_are_hidden_everywhere(contracts: Contracts) -> None:
    data = contracts.events["partner.approved.v1"].examples[""]
    shown = redacted(data, contracts.events["partner.approved.v1"].schema)
    secret = {
        text
        for member in data["members"]
        for text in (member["given_name"], member["family_name"], member["email"])
    } | {data["decided_by"]["name"]}
    assert not secret & leaves(shown)
    assert leaves(data) - secret == leaves(shown) - {PERSONAL}


def test_personal_values_never_reach_the_screen_unless_asked_for(contracts: Contracts) -> None:
    """Also not through the sentence that says what is wrong with them."""
    key = "partner.email_verification_requested.v1"
    contact = {
        **contracts.events[key].examples[""]["contact"],
        "email": "no-address-Weiß",
        "phone": "+49 30 1",
    }
    record = record_of(contracts, key, contact=contact)
    hidden = EventWatcher(contracts, type_prefix=PREFIX).look(record)
    for line in (as_text(hidden), as_json(hidden)):
        assert "Weiß" not in line
        assert "+49" not in line
    assert any("$.contact.email" in problem for problem in hidden.problems)
    assert any("'phone' was unexpected" in problem for problem in hidden.problems)
    asked = as_text(EventWatcher(contracts, type_prefix=PREFIX, include_personal=True).look(record))
    assert "no-address-Weiß" in asked


def test_what_the_contract_does_not_know_is_hidden(contracts: Contracts) -> None:
    schema = contracts.events["access.granted.v1"].schema
    odd = {"product": {"name": "Zoë"}, "identifiers": {"group": ["Zoë"]}, "nick": "Zoë", "collectable": True}
    assert redacted(odd, schema) == {
        "product": {"name": UNKNOWN},
        "identifiers": {"group": [UNKNOWN]},
        "nick": UNKNOWN,
        "collectable": True,
    }
    assert redacted({"identifiers": "Zoë"}, schema) == {"identifiers": UNKNOWN}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"value": b"{"}, "data_not_json"),
        ({"value": b"[]"}, "data_not_an_object"),
        ({"value": None}, "data_missing"),
        ({"headers": ()}, "envelope_missing"),
        ({"key": b"\xff"}, "the record key is not the subject"),
        ({"topic": "learning.progress.v1"}, "does not belong on learning.progress.v1"),
    ],
)
def test_rubbish_is_shown_with_its_problem(
    contracts: Contracts, watcher: EventWatcher, change: dict[str, Any], problem: str
) -> None:
    seen = watcher.look(record_of(contracts, "partner.expired.v1")._replace(**change))
    assert any(problem in one for one in seen.problems)
    assert f"! {seen.problems[0]}" in as_text(seen)


def test_a_tombstone_of_a_compacted_topic_is_no_problem(contracts: Contracts, watcher: EventWatcher) -> None:
    seen = watcher.look(record_of(contracts, "partner.state.v1")._replace(value=None))
    assert (seen.event_key, seen.sequence, seen.data, seen.problems) == ("partner.state.v1", 3, FORGOTTEN, ())


def test_an_unknown_event_is_shown_without_its_data(contracts: Contracts, watcher: EventWatcher) -> None:
    record = record_of(contracts, "partner.expired.v1")
    headers = [(name, value.replace(b"expired", b"vanished")) for name, value in record.headers]
    seen = watcher.look(record._replace(headers=headers))
    assert (seen.event_key, seen.data, seen.problems) == ("partner.vanished.v1", HIDDEN, ("no contract",))


def test_another_prefix_is_another_world(contracts: Contracts) -> None:
    seen = EventWatcher(contracts, type_prefix="acme").look(record_of(contracts, "partner.expired.v1"))
    assert seen.problems == ("not of type acme.<name>.vN",)


def test_a_dead_letter_belongs_on_its_dead_letter_topic(contracts: Contracts, watcher: EventWatcher) -> None:
    record = record_of(contracts, "partner.expired.v1")
    dead = record._replace(topic="partner.lifecycle.v1.notifications.dlq")
    assert watcher.look(dead).problems == ()
    assert watcher.look(record._replace(topic="partner.lifecycle.v10")).problems


def test_an_event_cannot_play_with_the_terminal(contracts: Contracts) -> None:
    record = record_of(contracts, "partner.withdrawn.v1", reason="\x1b[2J\x9b31m\n\u202e")
    text = as_text(EventWatcher(contracts, type_prefix=PREFIX).look(record))
    assert not {"\x1b", "\x9b", "\u202e"} & set(text)
    assert len(text.splitlines()) == 2


def test_json_holds_what_programs_need(contracts: Contracts, watcher: EventWatcher) -> None:
    line = json.loads(as_json(watcher.look(record_of(contracts, "access.cleared.v1"))))
    partner = contracts.events["access.cleared.v1"].examples[""]["partner_id"]
    assert line == {
        "time": HAPPENED.isoformat(),
        "topic": "access.lifecycle.v1",
        "partition": 2,
        "offset": 17,
        "source": "/gangway/provisioning",
        "type": "gangway.access.cleared.v1",
        "partner": partner,
        "sequence": 3,
        "id": "0193f0a2-7c1e-7d2b-9a54-3f6c1b0e8d99",
        "data": {"partner_id": partner},
        "problems": [],
    }


def test_only_the_fields_of_the_design_are_personal(contracts: Contracts) -> None:
    """A new personal field is a decision, not an accident."""
    personal = {
        field.path.rsplit("/", 2)[-2] + "/" + field.path.rsplit("/", 1)[-1]
        for event in contracts.events.values()
        for field in fields(event.schema)
        if field.is_personal
    }
    people = {
        f"{who}/{what}"
        for who in ("contact", "member", "*")
        for what in ("given_name", "family_name", "email")
    }
    people |= {f"{who}/{what}" for who in ("person", "*") for what in ("name", "email")}
    operators = {"decided_by/name", "requested_by/name", "/waived_by", "/renewed_by", "/approved_by"}
    assert personal == people | operators
