"""Who acts, where a command is not told."""

import getpass
import os

import pytest

from chassis.operating.command_options import system_user


@pytest.mark.parametrize("raised", [KeyError("uid not found"), OSError("No username set")])
def test_a_user_without_a_name_is_known_by_number(raised: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs as any number; Python 3.13 raises OSError."""

    def refuse() -> str:
        raise raised

    monkeypatch.setattr(getpass, "getuser", refuse)
    assert system_user() == f"uid {os.getuid()}"
