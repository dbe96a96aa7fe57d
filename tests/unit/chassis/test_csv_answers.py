"""CSV as a spreadsheet reads it: numbers stay numbers, and no cell is a formula."""

import csv
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from chassis.http.csv_answers import csv_answer
from chassis.http.languages import register_languages
from chassis.translations import Translations


@pytest.mark.parametrize("number", ["-5.00", "-15", Decimal("-100.00"), -3, "90.00", 0], ids=str)
def test_a_credit_is_a_number(number: Any) -> None:
    assert cell(number) == str(number)


@pytest.mark.parametrize(
    "text", ["-2+3", "-1.5.6", "-", "-5\n=1", "--5", "=1", "+49", "@a", "-1e5|x", "-\u0665"]
)
def test_what_may_be_a_formula_is_text(text: str) -> None:
    assert cell(text) == f"'{text}"


def test_a_file_that_is_not_all_says_so_in_its_last_line_and_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chassis.http.csv_answers.MOST_ROWS", 2)
    app = Flask(__name__)
    register_languages(app, Translations(), "http://127.0.0.1")
    for count, last in (
        (2, "1"),
        (3, "Only the first 2 rows are included. Narrow your search to export the rest."),
    ):
        with app.test_request_context():
            answer = csv_answer("spend", ["net"], ({"net": number} for number in range(count)))
        lines = list(csv.reader(answer.get_data(as_text=True).splitlines()))
        assert lines[-1] == [last]
        assert ("-first-2.csv" in answer.headers["Content-Disposition"]) is (count == 3)


def cell(value: Any) -> str:
    answer = csv_answer("spend", ["net"], [{"net": value}])
    rows = list(csv.reader(answer.get_data(as_text=True).splitlines(keepends=True)))
    return rows[1][0]
