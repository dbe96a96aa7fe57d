"""The common look of all pages: stylesheet, icon and the frame `page.html`, served by each service."""

from collections.abc import Sequence

from flask import Blueprint, Flask

from chassis.http.form_subjects import subject_field
from chassis.http.queries import own_path, with_query
from chassis.settings.site_links import SiteLink


def register_look(app: Flask, site_links: Sequence[SiteLink] = ()) -> None:
    """Make `{% extends "page.html" %}`, `/static/look/gangway.css` and the templates' functions work here."""
    app.jinja_env.globals.update(
        own_path=own_path, with_query=with_query, site_links=site_links, subject_field=subject_field
    )
    app.register_blueprint(
        Blueprint(
            "look",
            __name__,
            static_folder="static",
            static_url_path="/static/look",
            template_folder="templates",
        )
    )
