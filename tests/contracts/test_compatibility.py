"""The gate lets through what no reader notices, and names path and reason of everything else."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.spoiling import Change, changed, schema_file, topic_file, with_schema, with_topic

from contract_tools import Contracts, Release, load_contracts
from contract_tools.compatibility import as_readers_see, breaks
from contract_tools.releasing import release_all, release_record
from contract_tools.validation import validator

NOTE = {"type": "string", "description": "A note.", "maxLength": 10}
EVENT = "partner.action_required"
DAY = date(2026, 11, 27)


@pytest.fixture
def released(folder: Path) -> Path:
    """A copy of the contracts, all of them released."""
    release_all(load_contracts(folder), folder)
    return folder


@pytest.fixture(scope="session")
def promised(contracts: Contracts) -> Contracts:
    """The contracts in memory, all of them released as they are."""
    records = {key: release_record(contracts, event, DAY) for key, event in contracts.events.items()}
    return replace(contracts, releases={key: Release(**record) for key, record in records.items()})


def found(folder: Path) -> list[str]:
    return [str(one) for one in breaks(load_contracts(folder))]


def test_nothing_released_is_broken(contracts: Contracts) -> None:
    assert contracts.releases, "without releases there is nothing to compare with"
    assert breaks(contracts) == []


TAKEN: list[tuple[Change, str]] = [
    (lambda it: it["required"].remove("tier"), "/tier: was required and is optional"),
    (lambda it: it["properties"]["member_count"].update(type="string"), "/member_count: type was 'integer'"),
    (
        lambda it: it["properties"].update(name=it["properties"].pop("legal_name")),
        "/legal_name: was required and is gone",
    ),
]


@pytest.mark.parametrize(("change", "reason"), TAKEN)
def test_what_stands_in_the_repository_as_released_cannot_be_taken_back(
    contracts: Contracts, change: Change, reason: str
) -> None:
    problems = [str(one) for one in breaks(with_schema(contracts, "partner.state.v1", change))]
    assert any(problem.startswith(f"partner.state.v1: {reason}") for problem in problems), problems


def test_all_that_is_sent_is_released(contracts: Contracts) -> None:
    """What lands is sent to readers, so it is promised: run `gangway events release`."""
    told = {key: Release(**release_record(contracts, one, DAY)) for key, one in contracts.events.items()}
    assert [key for key in told if contracts.releases.get(key) != _as_read(told[key])] == []


def _as_read(release: Release) -> Release:
    return replace(
        release,
        retired=tuple(release.retired),
        examples=tuple(release.examples),
        changes=tuple(release.changes),
    )


def test_what_changes_is_told_by_release_and_by_version(released: Path) -> None:
    path = schema_file(released, EVENT)
    schema = json.loads(path.read_text())
    schema["properties"]["note"] = NOTE
    path.write_text(json.dumps(schema))
    for _ in range(2):
        release_all(load_contracts(released), released, DAY)
    schema["properties"]["note"] = {**NOTE, "maxLength": 20, "x-personal": True}
    schema["required"] = [*schema["required"], "note"]
    del schema["properties"]["message"]
    schema["required"].remove("message")
    schema["$id"] = schema["$id"].replace(":v1", ":v2")
    path.with_name("v2.schema.json").write_text(json.dumps(schema))
    topic = topic_file(released, "partner.lifecycle.v1")
    topic.write_text(topic.read_text().replace("events:\n", f"events:\n  - {EVENT}.v2\n"))
    example = json.loads(path.with_name("v1.example.json").read_text())
    path.with_name("v2.example.json").write_text(json.dumps({**example, "note": "x"}))
    release_all(load_contracts(released), released, DAY)

    releases = load_contracts(released).releases
    assert releases[f"{EVENT}.v1"].changes[-1] == {
        "on": "2026-11-27",
        "added": ["/note"],
        "removed": [],
        "altered": [],
    }
    assert releases[f"{EVENT}.v2"].changes == (
        {
            "on": "2026-11-27",
            "added": [],
            "removed": ["/message"],
            "altered": [
                "/note: required now",
                "/note: maxLength was 10, is 20",
                "/note: x-personal was not given, is True",
            ],
        },
    )


def test_golden_examples_are_readable(contracts: Contracts) -> None:
    for key, release in contracts.releases.items():
        for example in release.examples:
            validator(as_readers_see(contracts.events[key].schema)).validate(example)


def test_what_was_just_released_holds(released: Path) -> None:
    assert found(released) == []


BREAKING: list[tuple[Change, str]] = [
    (
        lambda it: it["properties"].pop("message") and it["required"].remove("message"),
        "/message: was required",
    ),
    (lambda it: it["required"].remove("message"), "/message: was required and is optional"),
    (
        lambda it: it["properties"].update(note=NOTE) or it["required"].append("note"),
        "/note: is new and required",
    ),
    (
        lambda it: it["properties"]["message"].update(maxLength=2001),
        "/message: maxLength was 2000 and is 2001",
    ),
    (
        lambda it: it["properties"]["message"].update(maxLength=1999),
        "/message: maxLength was 2000 and is 1999",
    ),
    (lambda it: it["properties"]["message"].update(pattern="^[A-Z]"), "/message: pattern was not given"),
    (lambda it: it["properties"]["message"].update(type=["string", "null"]), "/message: type was 'string'"),
    (lambda it: it["properties"]["fields"]["items"].update(maxLength=9), "/fields/*: maxLength was 100"),
    (lambda it: it["properties"]["message"].update(enum=["a"]), "/message: enum was not given"),
    (lambda it: it["$defs"]["link"]["properties"].pop("id"), "/link/id: was required and is gone"),
    (
        lambda it: it["$defs"]["link"]["properties"]["purpose"]["enum"].remove("sign_in"),
        "may not be sent any",
    ),
    (lambda it: it.update(additionalProperties=True), "/: an object stays closed"),
    (lambda it: it.update({"$id": "urn:other"}), "/: $id was"),
]


@pytest.mark.parametrize(("change", "reason"), BREAKING)
def test_a_breaking_change_is_named_with_path_and_reason(
    promised: Contracts, change: Change, reason: str
) -> None:
    problems = [str(one) for one in breaks(with_schema(promised, f"{EVENT}.v1", change))]
    assert any(problem.startswith(f"{EVENT}.v1: ") and reason in problem for problem in problems), problems


HARMLESS: list[Change] = [
    lambda it: it["properties"].update(note=NOTE),
    lambda it: it["properties"]["message"].update(description="Said otherwise."),
    lambda it: it["properties"]["message"].update({"x-personal": True}),
    lambda it: it["$defs"]["link"]["properties"]["purpose"]["enum"].append("sign_out"),
    lambda it: it["$defs"]["link"]["properties"]["purpose"].pop("x-grows"),
    lambda it: it["$defs"].update(words={"type": "string", "description": "x"}),
]


@pytest.mark.parametrize("change", HARMLESS)
def test_a_change_that_no_reader_notices_passes(promised: Contracts, change: Change) -> None:
    assert breaks(with_schema(promised, f"{EVENT}.v1", change)) == []


DECIDED: list[tuple[Change, str]] = [
    (
        lambda it: it["kind"]["enum"].append("committee"),
        "/decided_by/kind: ['committee'] is unknown to readers",
    ),
    (lambda it: it["kind"].update({"x-grows": True}), "x-grows is new"),
    (lambda it: it["name"].pop("x-personal"), "/decided_by/name: was marked as personal"),
]


@pytest.mark.parametrize(("change", "reason"), DECIDED)
def test_promises_beyond_json_schema_hold(promised: Contracts, change: Change, reason: str) -> None:
    """A closed enum stays closed, one that grows was announced, personal marks stay."""

    def change_definition(schema: Any) -> None:
        change(schema["$defs"]["decided_by"]["properties"])

    (problem,) = breaks(with_schema(promised, "partner.rejected.v1", change_definition))
    assert reason in str(problem)


def test_an_optional_property_may_come_and_go_but_its_name_is_never_used_again(released: Path) -> None:
    path = schema_file(released, EVENT)
    before = path.read_text()
    with changed(path) as schema:
        schema["properties"]["note"] = NOTE
    example = path.with_name("v1.noted.example.json")
    main = json.loads(path.with_name("v1.example.json").read_text())
    example.write_text(json.dumps({**main, "note": "short"}))
    release_all(load_contracts(released), released)

    path.write_text(before)
    example.unlink()
    assert found(released) == []
    release_all(load_contracts(released), released)
    record = json.loads((released / "released" / EVENT / "v1.json").read_text())
    assert record["retired"] == ["/note"]
    assert [one.get("note") for one in record["examples"]] == [None, "short"]

    with changed(path) as schema:
        schema["properties"]["note"] = {"type": "boolean", "description": "Something else."}
    problems = found(released)
    assert (
        f"{EVENT}.v1: /note: this name was in use once and was removed; a name is never used again"
        in problems
    )
    assert any("a released example cannot be read any more" in problem for problem in problems)


def test_a_released_event_stays(promised: Contracts) -> None:
    events = {key: event for key, event in promised.events.items() if key != "access.waived.v1"}
    (problem,) = breaks(replace(promised, events=events))
    assert str(problem).startswith("access.waived.v1: /: is released, so its schema and examples stay")


def test_a_released_event_stays_on_its_topic(promised: Contracts) -> None:
    topic = promised.topics["access.lifecycle.v1"]
    moved = with_topic(promised, topic.name, events=tuple(set(topic.events) - {"access.waived.v1"}))
    moved = with_topic(moved, "partner.lifecycle.v1", events=("access.waived.v1",))
    problems = [str(one) for one in breaks(moved)]
    reason = "was released on access.lifecycle.v1, where its readers look for it"
    assert f"access.waived.v1: /: {reason}" in problems


def test_a_new_version_beside_the_old_one_may_differ(released: Path) -> None:
    first = schema_file(released, EVENT)
    schema = json.loads(first.read_text())
    schema["$id"] = schema["$id"].replace("v1", "v2")
    schema["required"].remove("message")
    first.with_name("v2.schema.json").write_text(json.dumps(schema))
    first.with_name("v2.example.json").write_text(first.with_name("v1.example.json").read_text())
    with changed(topic_file(released, "partner.lifecycle.v1")) as topic:
        topic["events"].append(f"{EVENT}.v2")
    assert found(released) == []


def test_releasing_twice_changes_nothing(released: Path) -> None:
    assert release_all(load_contracts(released), released) == []
