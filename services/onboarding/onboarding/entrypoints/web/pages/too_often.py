"""What a page says of what was asked for too often, or sent wrongly: as long as that is not too often."""

from collections.abc import Callable
from math import ceil
from typing import Any

from flask import Response, make_response

from chassis.http.languages import translate
from chassis.http.too_often import TooOften
from onboarding.domain.limits import Act
from onboarding.entrypoints.web.limiting import count_refused


def _wait_in_words(refused: TooOften) -> str:
    """A sentence with the time to wait, rounded up."""
    minutes = ceil(refused.seconds / 60)
    if minutes <= 90:
        return translate("too-often-minutes", minutes=minutes)
    return translate("too-often-hours", hours=ceil(minutes / 60))


def too_often_page(
    refused: TooOften, show: Callable[..., Response | str], *given: Any, **more: Any
) -> Response:
    """The page that ``show`` makes of what was given, with the time after which to ask again."""
    answer = make_response(show(*given, notice=_wait_in_words(refused), **more), refused.code)
    answer.headers.extend(refused.get_headers())
    # Also where the page may be stored otherwise: going back must not show the wait that is over.
    answer.headers["Cache-Control"] = "no-store"
    return answer


def wrong_page(show: Callable[..., Response | str], *given: Any, **wrong: Any) -> Response:
    """The page with what is wrong about what was sent, unless such is sent too often from there."""
    try:
        count_refused(Act.SEND_WRONGLY)
    except TooOften as refused:
        return too_often_page(refused, show, *given)
    return make_response(show(*given, **wrong), 422)
