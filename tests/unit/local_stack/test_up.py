"""`gangway up` tells in one sentence why there is no stack."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from local_stack import stack_commands
from local_stack.kafka_cluster.cluster import KafkaUnavailable
from local_stack.machine.unprivileged import CannotStepDown
from local_stack.postgres import CannotRunThere, DidNotStart
from local_stack.supervisor.starting import CannotStart


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
