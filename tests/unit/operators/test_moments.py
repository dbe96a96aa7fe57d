"""Times are typed as lists print them, or as ISO 8601 has them."""

import click
import pytest

from operator_cli.moments import Moment
from operator_cli.screen import moment


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("2026-03-01", "2026-03-01T00:00:00+00:00"),
        ("2026-03-01T02:55", "2026-03-01T02:55:00+00:00"),
        ("2026-03-01 02:55:00Z", "2026-03-01T02:55:00+00:00"),
        ("2026-03-01T02:55:00+01:00", "2026-03-01T02:55:00+01:00"),
        (" 2026-03-01T02:55:00.250Z ", "2026-03-01T02:55:00.250000+00:00"),
    ],
)
def test_it_is_in_utc_without_an_offset(typed: str, told: str) -> None:
    assert Moment().convert(typed, None, None) == told


def test_what_a_list_prints_can_be_typed() -> None:
    printed = moment("2026-03-01T03:55:00+01:00")
    assert Moment().convert(printed, None, None) == "2026-03-01T02:55:00+00:00"


@pytest.mark.parametrize("typed", ["", "yesterday", "2026-13-01", "1.3.2026", "02:55"])
def test_anything_else_is_answered_with_an_example(typed: str) -> None:
    with pytest.raises(click.BadParameter, match=r"is no time such as 2026-03-01 or"):
        Moment().convert(typed, None, None)
