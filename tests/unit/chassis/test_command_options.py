"""Who acts on a service's host, and why: held to what the services ask of acts over HTTP."""

import getpass
import os

import click
import pytest
from click.testing import CliRunner

from chassis.operating.command_options import reason_option, system_user


@click.command()
@reason_option
def act(reason: str) -> None:
    click.echo(reason)


@pytest.mark.parametrize("reason", ["", " ", "\u200b\u00ad", "two\nlines", "\u202egnorw"])
def test_a_reason_that_nobody_can_read_is_refused(reason: str) -> None:
    assert CliRunner().invoke(act, ["--reason", reason]).exit_code == 2


def test_what_copying_brought_along_is_dropped() -> None:
    assert CliRunner().invoke(act, ["--reason", " Fault\u200b 311. "]).output == "Fault 311.\n"


@pytest.mark.parametrize("raised", [KeyError("uid not found"), OSError("No username set")])
def test_a_user_without_a_name_is_known_by_number(raised: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs as any number; Python 3.13 raises OSError."""

    def refuse() -> str:
        raise raised

    monkeypatch.setattr(getpass, "getuser", refuse)
    assert system_user() == f"uid {os.getuid()}"
