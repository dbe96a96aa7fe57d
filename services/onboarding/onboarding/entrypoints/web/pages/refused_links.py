"""What a page says of a link that does not work (any more)."""

from flask import Response, make_response, render_template

from chassis.http.too_often import TooOften
from onboarding.domain.refusals import LinkRefused
from onboarding.entrypoints.web.limiting import count_refused_link
from onboarding.entrypoints.web.pages.too_often import refused_page, wait_in_words


def refused_link(refused: LinkRefused, *, is_membership: bool = False) -> Response:
    """What is wrong with the link, unless such links are tried too often from there."""
    facts = {"code": refused.code, "is_membership": is_membership}
    try:
        count_refused_link(refused)
    except TooOften as too_often:
        page = render_template("link_refused.html", notice=wait_in_words(too_often), **facts)
        return refused_page(page, too_often)
    return make_response(render_template("link_refused.html", **facts), 410)


def refused_draft(refused: LinkRefused, too_often: TooOften | None = None) -> Response:
    """The same for a draft, whose link opens it until it is sent in or over; it was counted before."""
    notice = wait_in_words(too_often) if too_often else None
    page = render_template("draft_refused.html", code=refused.code, notice=notice)
    if too_often:
        return refused_page(page, too_often)
    return make_response(page, 410)
