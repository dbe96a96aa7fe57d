"""One showing of a page, named by its form: so that a second click is told from a second visit."""

from uuid import UUID

from flask import request


def visit_of_form() -> UUID | None:
    """The visit that the page put into its form; None where there was no page."""
    try:
        return UUID(request.form.get("visit", ""))
    except ValueError:
        return None
