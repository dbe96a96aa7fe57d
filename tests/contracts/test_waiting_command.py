"""`gangway waiting` leads from each kind that a service counts to a command that there is."""

import pytest
from click.testing import CliRunner
from tests.contracts.services import SERVICES, service

from chassis.running.waiting import IN_EVERY_SERVICE
from operator_cli.command import main
from operator_cli.waiting import COMMANDS


def test_every_kind_has_its_command() -> None:
    counted = {kind for name in SERVICES for kind in service(name).waiting}
    assert COMMANDS.keys() == counted | IN_EVERY_SERVICE.keys()


@pytest.mark.parametrize("command", sorted(set(COMMANDS.values())))
def test_the_commands_are_there_with_their_options(command: str) -> None:
    told = CliRunner().invoke(main, [*command.split(), "--help"])
    assert (told.exit_code, told.stdout[:14]) == (0, "Usage: gangway"), told.output
