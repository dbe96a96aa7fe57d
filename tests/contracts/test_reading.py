"""Reading the contracts names every wrong entry at once."""

import json
from pathlib import Path

import pytest
from tests.contracts.spoiling import changed, schema_file, topic_file

from contract_tools import ContractsInvalid, load_contracts


def problems(folder: Path) -> list[str]:
    with pytest.raises(ContractsInvalid) as caught:
        load_contracts(folder)
    return caught.value.problems


def test_every_wrong_entry_is_named_not_just_the_first(folder: Path) -> None:
    with changed(topic_file(folder, "access.lifecycle.v1")) as topic:
        topic.update(partitions=0, retentiondays=30)
        del topic["owner"]
    with changed(schema_file(folder, "access.cleared")) as schema:
        schema["properties"]["partner_id"]["type"] = "text"
    (folder / "events" / "access.planned" / "v1.example.json").write_text("{")
    found = "\n".join(problems(folder))
    for part in (
        "topics/access.lifecycle.v1.yaml: /partitions: 0 is less than the minimum of 1",
        "'retentiondays' was unexpected",
        "'owner' is a required property",
        "events/access.cleared/v1.schema.json: /properties/partner_id/type",
        "events/access.planned/v1.example.json: ",
    ):
        assert part in found


@pytest.mark.parametrize(
    "name", ["v1.json", "v0.schema.json", "v1.other.schema.json", "v1.Case.example.json"]
)
def test_a_file_that_nobody_would_read_is_named(folder: Path, name: str) -> None:
    (folder / "events" / "access.cleared" / name).write_text("{}")
    (problem,) = problems(folder)
    assert problem.startswith(f"events/access.cleared/{name}: is not named")


def test_examples_without_a_schema_are_named(folder: Path) -> None:
    schema_file(folder, "access.cleared").unlink()
    assert problems(folder) == ["events/access.cleared: v1 has examples but no usable schema"]


def test_a_topic_under_another_name_is_named(folder: Path) -> None:
    path = topic_file(folder, "access.lifecycle.v1")
    path.rename(path.with_name("access.v1.yaml"))
    (problem,) = problems(folder)
    assert problem.startswith("topics/access.v1.yaml: /topic: is 'access.lifecycle.v1'")


def test_a_name_written_twice_is_named(folder: Path) -> None:
    path = folder / "events" / "access.cleared" / "v1.example.json"
    path.write_text('{"partner_id": "1", "partner_id": "2"}')
    assert problems(folder) == [
        "events/access.cleared/v1.example.json: written twice in one object: partner_id"
    ]


def test_a_folder_without_contracts_is_named(tmp_path: Path) -> None:
    assert problems(tmp_path) == [f"{tmp_path}/topics: no such folder", f"{tmp_path}/events: no such folder"]


def test_a_spoilt_release_is_named(folder: Path) -> None:
    path = folder / "released" / "access.cleared" / "v1.json"
    path.parent.mkdir(parents=True)
    change = {"on": "2026-11-22", "added": [], "removed": [], "altered": []}
    record = {
        "topic": "access.lifecycle.v1",
        "schema": {},
        "retired": [],
        "examples": [],
        "changes": [change],
    }
    path.write_text(json.dumps(record))
    (problem,) = problems(folder)
    assert problem.startswith("released/access.cleared/v1.json: /examples")
