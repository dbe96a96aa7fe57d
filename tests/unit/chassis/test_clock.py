"""Dates as headers of HTTP tell them."""

import time
from datetime import UTC, datetime

import pytest

from chassis.clock import http_date

AT = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", AT),
        ("Sunday, 06-Nov-94 08:49:37 GMT", AT),
        ("Sun Nov  6 08:49:37 1994", AT),
        ("Sun, 06 Nov 1994 08:49:37 -0000", AT),
        ("Sun, 06 Nov 1994 09:49:37 +0100", AT),
        ("soon", None),
        ("", None),
        ("Fri, 31 Dec 9999 23:59:59 -2300", None),
        ("Sat, 31 Dec 2016 23:59:60 GMT", None),
    ],
)
def test_a_date_of_http_is_in_gmt_wherever_the_process_runs(
    text: str, at: datetime | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        with monkeypatch.context() as moved:
            moved.setenv("TZ", "America/St_Johns")
            time.tzset()
            assert http_date(text) == at
    finally:
        time.tzset()
