"""The look that all pages share: stylesheet, icon and the frame `page.html`, served by each service."""

from flask import Blueprint, Flask


def register_look(app: Flask) -> None:
    """Make `{% extends "page.html" %}` and `/static/look/gangway.css` work in this app."""
    app.register_blueprint(
        Blueprint(
            "look",
            __name__,
            static_folder="static",
            static_url_path="/static/look",
            template_folder="templates",
        )
    )
