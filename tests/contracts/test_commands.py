"""`gangway events …` as it is typed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.contracts.spoiling import changed, schema_file

from contract_tools import Contracts
from operator_cli.command import main


def run(*arguments: str | Path, home: Path | None = None) -> Result:
    env = {"GANGWAY_HOME": str(home) if home else None}
    return CliRunner().invoke(main, ["events", *map(str, arguments)], env=env)


def test_check_is_content(contracts: Contracts) -> None:
    result = run("check")
    assert (result.exit_code, result.stdout) == (
        0,
        f"{len(contracts.events)} events on {len(contracts.topics)} topics keep all rules.\n",
    )


def test_check_names_what_is_broken(folder: Path) -> None:
    with changed(schema_file(folder, "access.cleared")) as schema:
        del schema["properties"]["partner_id"]["description"]
    result = run("check", "--contracts", folder)
    assert (result.exit_code, result.stderr) == (1, "access.cleared.v1: /partner_id: has no description\n")


def test_check_takes_no_leftover_folder_for_a_service(folder: Path) -> None:
    services = folder.parent / "services"
    for service in ("onboarding", "notifications"):
        (services / service / service).mkdir(parents=True)
        (services / service / service / "bootstrap.py").touch()
    (services / "provisioning" / "provisioning" / "__pycache__").mkdir(parents=True)
    result = run("check", "--contracts", folder)
    assert result.exit_code == 1
    assert "access.lifecycle.v1: names provisioning, which is no service here" in result.stderr
    assert "onboarding, which" not in result.stderr


@pytest.mark.parametrize(
    "command", ["check", "check-compatibility", "release", "asyncapi", "catalogue", "tail"]
)
def test_contracts_that_cannot_be_read_are_named(folder: Path, command: str) -> None:
    schema_file(folder, "access.cleared").write_text("{")
    result = run(command, "--contracts", folder)
    assert result.exit_code == 1
    assert "events/access.cleared/v1.schema.json: " in result.stderr


def test_the_gate_from_release_to_a_breaking_change(folder: Path) -> None:
    assert (
        "free to change: access.approval_requested.v1, access.approved.v1, "
        in run("check-compatibility", "--contracts", folder).stderr
    )
    assert "access.cleared.v1" in run("release", "--contracts", folder).stdout
    assert run("release", "--contracts", folder).stdout == "nothing new to release\n"
    assert run("check-compatibility", "--contracts", folder).exit_code == 0
    with changed(schema_file(folder, "partner.withdrawn")) as schema:
        schema["properties"]["reason"]["maxLength"] = 100
    for command in ("check-compatibility", "release"):
        result = run(command, "--contracts", folder)
        assert result.exit_code == 1
        assert "partner.withdrawn.v1: /reason: maxLength was 2000 and is 100" in result.stderr


def test_asyncapi_goes_to_standard_output_or_a_file(tmp_path: Path) -> None:
    printed = run("asyncapi", "--prefix", "acme").stdout
    assert "acme.partner.applied.v1" in printed
    target = tmp_path / "new" / "asyncapi.json"
    assert run("asyncapi", "--prefix", "acme", "--output", target).exit_code == 0
    assert target.read_text() == printed
    assert json.loads(printed)["asyncapi"] == "3.0.0"


def test_catalogue_writes_a_page(tmp_path: Path) -> None:
    target = tmp_path / "catalogue.html"
    assert run("catalogue", "--output", target).exit_code == 0
    assert target.read_text().startswith("<!doctype html>")


def test_no_document_is_made_of_contracts_that_break_a_rule(folder: Path) -> None:
    with changed(schema_file(folder, "access.cleared")) as schema:
        del schema["properties"]["partner_id"]["type"]
    for command in ("asyncapi", "catalogue"):
        result = run(command, "--contracts", folder)
        assert result.exit_code == 1
        assert "access.cleared.v1: /partner_id: type None" in result.stderr


def test_tail_says_where_no_stack_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    result = run("tail", home=tmp_path)
    assert result.exit_code == 2
    assert "No local stack here" in result.stderr
