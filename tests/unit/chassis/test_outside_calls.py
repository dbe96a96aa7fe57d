"""Calls outside: noted before and after, one after another, and left to a job where that is safer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from chassis.database.outside_calls import HELD_BY_ANOTHER, Hold, OutsideCalls


@dataclass
class Lock:
    """One lock, which another may hold, or which is lost after so many calls."""

    is_taken: bool = False
    is_lost: bool = False
    is_held: bool = False

    @contextmanager
    def try_hold(self, name: str) -> Iterator["Lock | None"]:
        assert name == "the thing"
        self.is_held = not self.is_taken
        yield None if self.is_taken else self
        self.is_held = False

    def try_also(self, names: object) -> bool:
        return True


@dataclass
class Things:
    """Calls for three things; what was committed stands in ``notes``."""

    lock: Lock = field(default_factory=Lock)
    notes: list[str] = field(default_factory=list)
    called: list[int] = field(default_factory=list)
    is_open: bool = False
    breaks_at: int | None = None
    lost_after: int | None = None
    lock_name: str = "the thing"

    @contextmanager
    def open_work(self) -> Iterator[list[str]]:
        assert not self.is_open
        self.is_open = True
        written: list[str] = []
        try:
            yield written
            self.notes += written
        finally:
            self.is_open = False

    def begin(self, work: list[str], hold: Hold, known: str | None) -> int | None:
        number = len(self.called) + 1
        assert known == (None if number == 1 else f"known of {number - 1}")
        if number == self.breaks_at:
            work.append("lost")
            raise ZeroDivisionError
        if number > 3:
            return None
        work.append(f"begun {number}")
        return number

    def call(self, attempt: int) -> str:
        assert not self.is_open
        assert self.lock.is_held
        assert self.notes[-1] == f"begun {attempt}", "committed before the call"
        self.called.append(attempt)
        self.lock.is_lost = attempt == self.lost_after
        return "done"

    def note(self, work: list[str], attempt: int, outcome: str) -> str:
        work.append(f"{outcome} {attempt}")
        return f"known of {attempt}"

    def come_back(self, work: list[str], after: timedelta) -> None:
        work.append(f"again after {after.total_seconds():g}")


def make(things: Things, *, is_leaving: bool = False) -> None:
    calls = OutsideCalls(open_work=things.open_work, locks=things.lock, should_leave=lambda: is_leaving)
    calls.make(things)


ALL = ["begun 1", "done 1", "begun 2", "done 2", "begun 3", "done 3"]


def test_each_attempt_is_committed_before_its_call_and_its_outcome_with_the_next() -> None:
    things = Things()
    make(things)
    assert things.notes == ALL
    assert things.called == [1, 2, 3]


def test_who_does_not_get_the_lock_comes_back() -> None:
    things = Things(lock=Lock(is_taken=True))
    make(things)
    assert things.notes == [f"again after {HELD_BY_ANOTHER.total_seconds():g}"]


@pytest.mark.parametrize("number", [1, 2])
def test_who_lost_the_lock_notes_the_outcome_and_begins_nothing(number: int) -> None:
    things = Things(lost_after=number)
    make(things)
    assert things.notes == [*ALL[: 2 * number], "again after 0"]


def test_who_has_to_leave_notes_the_outcome_and_begins_nothing() -> None:
    things = Things()
    make(things, is_leaving=True)
    assert things.notes == [*ALL[:2], "again after 0"]


def test_an_outcome_is_noted_though_the_next_attempt_cannot_begin() -> None:
    things = Things(breaks_at=2)
    with pytest.raises(ZeroDivisionError):
        make(things)
    assert things.notes == [*ALL[:2], "again after 1"]


def test_what_cannot_begin_at_all_is_told() -> None:
    things = Things(breaks_at=1)
    with pytest.raises(ZeroDivisionError):
        make(things)
    assert things.notes == []
