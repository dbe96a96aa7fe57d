"""A list as a CSV file that is safe to open in spreadsheets: no cell is a formula."""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO
from itertools import islice
from typing import Any

from flask import Response

from chassis import clock
from chassis.http.languages import translate

MOST_ROWS = 10_000
_NEGATIVE = re.compile(r"-[0-9]+(\.[0-9]+)?")
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")


def csv_answer(name: str, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> Response:
    """The first `MOST_ROWS` as an attachment; raises what reading them raises.

    If there are more, the last line and the file name say so: nobody takes a part for the whole.
    """
    text, left = StringIO(), iter(rows)
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in islice(left, MOST_ROWS))
    is_cut = next(left, None) is not None
    if is_cut:
        writer.writerow([translate("csv-cut", rows=MOST_ROWS)])
    file = f"{name}-{clock.now():%Y-%m-%d}{f'-first-{MOST_ROWS}' if is_cut else ''}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    # The byte order mark tells spreadsheets that this is UTF-8.
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv", headers=headers)


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    is_formula = text.startswith(_BEGINS_A_FORMULA) and not _NEGATIVE.fullmatch(text)
    return f"'{text}" if is_formula else text
