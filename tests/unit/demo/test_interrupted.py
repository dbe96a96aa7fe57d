"""Ctrl-C in the demo: the stack stays, and the person is told so."""

import json
from pathlib import Path
from typing import Any, NoReturn

import pytest
from click.testing import CliRunner

from local_stack.demo.command import demo
from local_stack.demo.journey import Journey
from local_stack.demo.running_stack import NEEDED


def interrupted(_journey: Journey) -> NoReturn:
    raise KeyboardInterrupt


@pytest.fixture
def addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Journey, "run", interrupted)
    file = tmp_path / "addresses.json"
    file.write_text(json.dumps({**dict.fromkeys(NEEDED, "http://127.0.0.1:1"), "ops_token": "token"}))
    return file


def test_somebody_elses_stack_goes_on(addresses: Path) -> None:
    ended = CliRunner().invoke(demo, ["--addresses", str(addresses)])
    assert ended.exit_code == 130
    assert ended.stderr == "Interrupted. The stack goes on running.\n"


def test_how_to_stop_our_own_is_said(addresses: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = json.loads(addresses.read_text())
    monkeypatch.setattr("local_stack.demo.command.up.callback", lambda: None)
    monkeypatch.setattr("local_stack.demo.command._addresses", lambda: given)
    ended = CliRunner().invoke(demo)
    assert ended.exit_code == 130
    assert ended.stderr == "Interrupted. The stack goes on running, until `make down`.\n"
