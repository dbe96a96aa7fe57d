"""What a page says of a link that does not work (any more)."""

from flask import Response, make_response, render_template

from chassis.http.too_often import TooOften
from onboarding.domain.refusals import LinkRefused
from onboarding.entrypoints.web.limiting import count_refused_link
from onboarding.entrypoints.web.pages.too_often import too_often_page


def refused_link(refused: LinkRefused, *, is_membership: bool = False) -> Response:
    """What is wrong with the link, unless such links are tried too often from there."""
    facts = {"code": refused.code, "is_membership": is_membership}
    try:
        count_refused_link(refused)
    except TooOften as too_often:
        return too_often_page(too_often, render_template, "link_refused.html", **facts)
    return make_response(render_template("link_refused.html", **facts), 410)


def refused_draft(refused: LinkRefused, too_often: TooOften | None = None) -> Response:
    """The same for a draft, whose link opens it until it is sent in or over; it was counted before."""
    if too_often:
        return too_often_page(too_often, render_template, "draft_refused.html", code=refused.code)
    return make_response(render_template("draft_refused.html", code=refused.code), 410)
