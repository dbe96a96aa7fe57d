"""The arithmetic of the benchmarks: medians, ratios, goals, and what is kept in the file."""

import json
from pathlib import Path

import pytest
from tests.benchmarks.figures import Better, Comparison, Figure, Omitted, Side
from tests.benchmarks.report import number, write_json


def turns(middle: float) -> tuple[float, ...]:
    """Three turns, one of them wild."""
    return middle * 0.9, middle, middle * 3


def comparison(ours: float, beside: float, goal: float | None = None, better: Better = "more") -> Comparison:
    """One of each side, measured three times with the median given."""
    sides = [
        Side(
            name=name,
            figure=Figure("events/s", (value * 0.9, value, value * 3)),
            memory_mib={"it": 40},
        )
        for name, value in (("Gangway", ours), ("bare", beside))
    ]
    return Comparison(what="relay", ours=sides[0], beside=sides[1], goal=goal, better=better)


def test_one_wild_repetition_moves_the_spread_but_not_the_median() -> None:
    figure = Figure("events/s", (100.0, 90.0, 300.0))
    assert figure.median == 100
    assert figure.spread == pytest.approx(2.1)


@pytest.mark.parametrize(
    ("ours", "goal", "better", "is_met"),
    [
        (80, 0.8, "more", True),
        (79, 0.8, "more", False),
        (80, 1.0, "less", True),
        (101, 1.0, "less", False),
        (1, None, "more", None),
    ],
)
def test_goals_bound_the_ratio_from_the_side_that_matters(
    ours: float, goal: float | None, better: Better, is_met: bool | None
) -> None:
    assert comparison(ours, 100, goal, better).is_met is is_met


def test_the_file_keeps_every_repetition_and_what_was_left_out(tmp_path: Path) -> None:
    path = tmp_path / "new" / "bench.json"
    write_json([comparison(80, 100, 0.8), Omitted("Debezium", "no Maven here")], path)
    measured, omitted = json.loads(path.read_text())["results"]
    assert measured["ratio"] == 0.8
    assert measured["is_met"] is True
    assert measured["ours"]["figures"][0]["values"] == [72, 80, 240]
    assert measured["ours"]["memory_mib"] == {"it": 40}
    assert omitted == {"what": "Debezium", "omitted_because": "no Maven here"}


@pytest.mark.parametrize(("value", "text"), [(1234.5, "1,234"), (0.8512, "0.851"), (12.34, "12.3")])
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text
