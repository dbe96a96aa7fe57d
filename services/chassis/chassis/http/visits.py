"""One rendering of a page, named in its form, so that a double click is not taken for a second visit."""

from uuid import NAMESPACE_OID, UUID, uuid5

from flask import request


def visit_of_form() -> UUID | None:
    """The visit that the page put into its form; None where there was no page."""
    try:
        return UUID(request.form.get("visit", ""))
    except ValueError:
        return None


def visit_of_key() -> UUID | None:
    """The same for the same ``Idempotency-Key``, where an answer cannot be kept since it tells a secret."""
    key = request.headers.get("Idempotency-Key")
    return uuid5(NAMESPACE_OID, key) if key else None
