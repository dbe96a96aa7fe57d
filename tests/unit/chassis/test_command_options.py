"""Reasons given on a service's host are held to what the services ask of those that come over HTTP."""

import click
import pytest
from click.testing import CliRunner

from chassis.operating.command_options import reason_option


@click.command()
@reason_option
def act(reason: str) -> None:
    click.echo(reason)


@pytest.mark.parametrize("reason", ["", " ", "\u200b\u00ad", "two\nlines", "\u202egnorw"])
def test_one_that_nobody_can_read_is_refused(reason: str) -> None:
    assert CliRunner().invoke(act, ["--reason", reason]).exit_code == 2


def test_what_copying_brought_along_is_dropped() -> None:
    assert CliRunner().invoke(act, ["--reason", " Fault\u200b 311. "]).output == "Fault 311.\n"
