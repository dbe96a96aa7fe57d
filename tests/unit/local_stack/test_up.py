"""`gangway up` tells in one sentence why there is no stack."""

import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from local_stack import stack_commands
from local_stack.kafka_cluster.cluster import KafkaUnavailable
from local_stack.machine.unprivileged import CannotStepDown
from local_stack.postgres import CannotRunThere, DidNotStart
from local_stack.processes.foreign_variables import forget_foreign_variables
from local_stack.settings import read_stack_settings
from local_stack.supervisor import starting
from local_stack.supervisor.starting import CannotStart, _late, start_stack
from local_stack.supervisor.state_file import ProcessRecord, StackState, this_process


@pytest.mark.parametrize(
    "failure", [CannotStart, DidNotStart, KafkaUnavailable, CannotStepDown, CannotRunThere]
)
def test_what_keeps_the_stack_from_starting_is_told(
    failure: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> bool:
        raise failure("the package is not installed")

    monkeypatch.setattr(stack_commands, "start_stack", refuse)
    monkeypatch.setattr(stack_commands, "keep_to_ourselves", lambda: None)
    result = CliRunner().invoke(stack_commands.up, env={"GANGWAY_HOME": str(tmp_path)})
    assert (result.exit_code, result.stderr) == (1, "Error: the package is not installed\n")


def test_a_shell_set_up_for_other_servers_does_not_lead_away_from_this_stack(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    foreign = {"PGSSLMODE": "require", "AWS_PROFILE": "work", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}
    for name, value in {**foreign, "AWS_DEFAULT_REGION": "eu-west-1"}.items():
        monkeypatch.setenv(name, value)
    forget_foreign_variables(read_stack_settings({}))
    assert not foreign.keys() & os.environ.keys()
    assert os.environ["AWS_DEFAULT_REGION"] == "eu-west-1"


def test_a_start_forgets_what_is_meant_for_other_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGSSLMODE", "require")
    monkeypatch.setattr(starting, "_start", lambda *_: "PGSSLMODE" not in os.environ)
    assert start_stack(read_stack_settings({"GANGWAY_HOME": str(tmp_path)}), print)


def test_for_external_servers_the_shell_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGSSLMODE": "require", "AWS_PROFILE": "work"}.items():
        monkeypatch.setenv(name, value)
    forget_foreign_variables(
        read_stack_settings({"POSTGRES_URL": "postgresql://h/d", "AWS_ENDPOINT_URL": "aws"})
    )
    assert (os.environ["PGSSLMODE"], os.environ["AWS_PROFILE"]) == ("require", "work")


def test_what_is_late_is_named_without_those_that_wait_for_it(tmp_path: Path) -> None:
    records = [
        ProcessRecord(name, state, None, None, (), 0, None)
        for name, state in (("kafka", "healthy"), ("postgres", "starting"), ("onboarding-web", "waiting"))
    ]
    settings = read_stack_settings({"GANGWAY_HOME": str(tmp_path)})
    told = _late(settings, StackState(this_process("supervisor"), tuple(records)))
    assert told == f"not healthy after 300 s: postgres; logs: {tmp_path / 'logs'}"
