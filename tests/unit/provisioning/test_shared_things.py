"""What all partners share is found once for partners who come one after the other, and never for long."""

import pytest

from provisioning.adapters.aws import shared_things
from provisioning.adapters.aws.shared_things import KEPT_SECONDS, SharedThings


def test_a_thing_is_found_once_in_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now, found = [1_000.0], iter("abc")
    monkeypatch.setattr(shared_things, "monotonic", lambda: now[0])
    shared = SharedThings()

    def ask() -> str:
        return shared.kept("unit", lambda: next(found))

    assert (ask(), ask()) == ("a", "a")
    now[0] += KEPT_SECONDS
    assert (ask(), ask()) == ("b", "b")
    shared.forget()
    assert ask() == "c"


def test_what_was_looked_for_before_it_was_forgotten_is_not_kept() -> None:
    shared = SharedThings()

    def found_while_somebody_forgets() -> str:
        shared.forget()
        return "old"

    assert shared.kept("unit", found_while_somebody_forgets) == "old"
    assert shared.kept("unit", lambda: "new") == "new"


def test_what_failed_is_not_kept() -> None:
    shared = SharedThings()
    with pytest.raises(ZeroDivisionError):
        shared.kept("unit", lambda: 1 // 0)
    assert shared.kept("unit", lambda: 1) == 1
