"""One rendering of a page, identified in its form, so that a double click is not taken for a second visit."""

from uuid import NAMESPACE_OID, UUID, uuid5

from flask import request


def visit_of_form() -> UUID | None:
    """The visit in the form of the page; None without a page."""
    try:
        return UUID(request.form.get("visit", ""))
    except ValueError:
        return None


def visit_of_key() -> UUID | None:
    """Equal for equal ``Idempotency-Key``s, for answers with a secret, which cannot be stored."""
    key = request.headers.get("Idempotency-Key")
    return uuid5(NAMESPACE_OID, key) if key else None
