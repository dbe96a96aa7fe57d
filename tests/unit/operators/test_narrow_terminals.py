"""What a list looks like on terminals of all widths: nothing of it is lost."""

import sys
from typing import Any

import pytest
from rich.console import Console

from operator_cli.proposals import _COLUMNS
from operator_cli.screen import Screen

ID = "01a20482-6f60-7b5c-8a5e-1f2d3c4b5a69"
LINE = {
    "proposal_id": ID,
    "service": "onboarding",
    "action": "offboard partner",
    "target": ID,
    "body": {"reason": "Left us."},
    "reason": "Left us for good, and sold everything.",
    "proposed_by": "amara",
    "role": "operator",
    "state": "waiting",
    "expires_at": "2026-11-30T10:00:00+00:00",
}


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    def show(width: int) -> list[str]:
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
        screen = Screen(is_json=False)
        screen._console = Console(width=width, color_system=None, highlight=False)
        screen.rows([LINE, LINE], _COLUMNS)
        return capsys.readouterr().out.splitlines()

    return show


@pytest.mark.parametrize("width", [20, 40, 80, 100])
def test_a_narrow_terminal_has_a_block_for_each_line(shown: Any, width: int) -> None:
    lines = shown(width)
    assert max(map(len, lines)) <= width
    told = "".join(line[9:].strip() for line in lines)
    assert told.count(ID) == 4
    assert told.count("2026-11-30") == 2


def test_a_wide_one_has_a_table(shown: Any) -> None:
    lines = shown(200)
    assert [line.split()[0] for line in lines if ID in line] == [ID, ID]
