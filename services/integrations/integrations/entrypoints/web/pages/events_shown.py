"""The first page that an engineer sees: which events there are, and how to get them."""

from flask import Blueprint, Response, make_response, render_template

from chassis.http.current_service import current_service
from integrations.bootstrap import IntegrationsService

pages = Blueprint("catalogue", __name__, template_folder="templates")


@pages.app_context_processor
def home() -> dict[str, str]:
    """The name in the head of every page leads here."""
    return {"home_url": "/"}


@pages.get("/")
def show() -> Response:
    """What there is, by topic; the contracts are no secret."""
    settings = current_service(IntegrationsService).settings
    topics: dict[str, list[object]] = {}
    for kind in settings.catalogue.values():
        topics.setdefault(kind.topic, []).append(kind)
    return make_response(
        render_template("catalogue.html", topics=topics, prefix=settings.event_type_prefix), 200
    )
