"""Going through what is due: every page, and one that fails holds up no other."""

from collections.abc import Callable

import pytest
from psycopg.errors import DeadlockDetected
from sqlalchemy.exc import OperationalError

from chassis.running.sweep import sweep


def pages(numbers: range, size: int) -> Callable[[int | None], list[int]]:
    return lambda after: [number for number in numbers if after is None or number > after][:size]


def test_every_page_is_gone_through() -> None:
    settled: list[int] = []
    assert sweep(pages(range(1, 8), 3), settled.append) == 7
    assert settled == list(range(1, 8))


def test_one_that_fails_is_left() -> None:
    settled: list[int] = []

    def settle(number: int) -> None:
        if number in {2, 3}:
            raise ZeroDivisionError
        settled.append(number)

    assert sweep(pages(range(1, 6), 2), settle) == 3
    assert settled == [1, 4, 5]


def test_a_database_that_is_away_ends_it() -> None:
    def settle(number: int) -> None:
        raise OperationalError("SELECT", {}, OSError("gone"))

    with pytest.raises(OperationalError):
        sweep(pages(range(3), 2), settle)


def test_a_deadlock_is_the_trouble_of_one() -> None:
    settled: list[int] = []

    def settle(number: int) -> None:
        if number == 1:
            raise OperationalError("UPDATE", {}, DeadlockDetected())
        settled.append(number)

    assert sweep(pages(range(1, 4), 2), settle) == 2
    assert settled == [2, 3]
