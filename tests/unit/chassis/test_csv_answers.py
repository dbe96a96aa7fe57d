"""CSV as a spreadsheet reads it: numbers stay numbers, and no cell is a formula."""

import csv
from decimal import Decimal
from typing import Any

import pytest

from chassis.http.csv_answers import csv_answer


@pytest.mark.parametrize("number", ["-5.00", "-15", Decimal("-100.00"), -3, "90.00", 0], ids=str)
def test_a_credit_is_a_number(number: Any) -> None:
    assert cell(number) == str(number)


@pytest.mark.parametrize(
    "text", ["-2+3", "-1.5.6", "-", "-5\n=1", "--5", "=1", "+49", "@a", "-1e5|x", "-\u0665"]
)
def test_what_may_be_a_formula_is_text(text: str) -> None:
    assert cell(text) == f"'{text}"


def cell(value: Any) -> str:
    answer = csv_answer("spend", ["net"], [{"net": value}])
    rows = list(csv.reader(answer.get_data(as_text=True).splitlines(keepends=True)))
    return rows[1][0]
