"""`gangway` offers what is installed, and says what is needed where no local stack is."""

from collections.abc import Callable
from importlib.metadata import EntryPoint
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner, Result

from operator_cli import command, local_stack
from operator_cli.command import GROUP, OURS, InstalledCommands


@click.command()
def ours() -> None:
    """Ours."""


@click.command()
def theirs() -> None:
    """Theirs."""


def offered(package: str, name: str, attribute: str) -> EntryPoint:
    """An entry point as an installed package has it; such an object refuses to be changed."""
    point = EntryPoint(name, f"{__name__}:{attribute}", GROUP)
    vars(point)["dist"] = SimpleNamespace(name=package)
    return point


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def put(*points: EntryPoint) -> None:
        for module in (command, local_stack):
            monkeypatch.setattr(
                module, "entry_points", lambda group: [point for point in points if point.group == group]
            )

    return put


def run(*arguments: str) -> Result:
    return CliRunner().invoke(InstalledCommands("gangway"), arguments)


def test_the_help_lists_commands_by_package_and_ours_first(install: Callable[..., None]) -> None:
    install(offered("a-package", "tell", "theirs"), offered(OURS, "say", "ours"))
    sections = [line for line in run("--help").stdout.splitlines() if line.endswith(":")]
    assert sections == ["Options:", f"{OURS}:", "a-package:"]
    assert "tell  Theirs." in run("--help").stdout


def test_nobody_takes_a_name_of_ours(install: Callable[..., None]) -> None:
    install(
        offered("a-package", "say", "theirs"), offered(OURS, "say", "ours"), offered("z", "say", "theirs")
    )
    assert "Ours." in run("say", "--help").stdout
    assert "Theirs." not in run("--help").stdout


def test_what_is_not_installed_is_no_command(install: Callable[..., None]) -> None:
    install(offered(OURS, "say", "ours"))
    result = run("up")
    assert result.exit_code == 2
    assert "No such command 'up'" in result.stderr


def test_without_a_local_stack_it_asks_for_addresses(
    install: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    install(
        EntryPoint("reviews", "operator_cli.reviews:reviews", GROUP),
        EntryPoint("events", "contract_tools.events_command:events", GROUP),
    )
    services = run("reviews", "list").stderr
    assert services.startswith(
        "Error: Needed: --onboarding-url, --provisioning-url, --notifications-url, and a token"
    )
    assert "Needed: --kafka host:port." in run("events", "tail").stderr


def test_what_is_no_text_is_told_in_one_sentence(
    install: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell hands over any bytes; Python keeps those that are no UTF-8 as halves of pairs."""
    monkeypatch.setenv("GANGWAY_OPS_TOKEN", "token")
    install(EntryPoint("partners", "operator_cli.partners:partners", GROUP))
    for arguments in (("list", "--search", "\udcff"), ("suspend", "Caf\udce9", "--reason", "R.")):
        result = run("partners", *arguments, "--onboarding-url", "http://127.0.0.1:9")
        assert result.exit_code == 2, result.output
        assert "no text in UTF-8" in result.stderr
