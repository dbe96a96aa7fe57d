"""How a page says that something was asked for too often: when it may be asked for again."""

from math import ceil

from flask import Response, make_response

from chassis.http.languages import translate
from chassis.http.too_often import TooOften


def wait_in_words(refused: TooOften) -> str:
    """A sentence with the time to wait, rounded up."""
    minutes = ceil(refused.seconds / 60)
    if minutes <= 90:
        return translate("too-often-minutes", minutes=minutes)
    return translate("too-often-hours", hours=ceil(minutes / 60))


def refused_page(page: str | Response, refused: TooOften) -> Response:
    """The page with the status and headers of the refusal."""
    answer = make_response(page, refused.code)
    answer.headers.extend(refused.get_headers())
    answer.headers["Cache-Control"] = "no-store"
    return answer
