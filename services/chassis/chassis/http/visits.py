"""One rendering of a page, named in its form, so that a double click is not taken for a second visit."""

from uuid import UUID

from flask import request


def visit_of_form() -> UUID | None:
    """The visit that the page put into its form; None where there was no page."""
    try:
        return UUID(request.form.get("visit", ""))
    except ValueError:
        return None
