"""One showing of a link's page, so that a double click is told from a second use."""

from uuid import UUID

from flask import request


def visit_of_form() -> UUID | None:
    """Which showing of its page the form was sent from."""
    try:
        return UUID(request.form.get("visit", ""))
    except ValueError:
        return None
