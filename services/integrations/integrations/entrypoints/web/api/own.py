"""What belongs to whom: the integrator of a request, and 404 for everything that is not its own."""

from typing import TypeVar
from uuid import UUID

from chassis.http.principals import current_principal
from chassis.http.problems import Problem

Found = TypeVar("Found")


def current_integrator() -> UUID:
    """Whose token came with the request."""
    return UUID(current_principal().name)


def expect_found(found: Found | None) -> Found:
    """Another's id is answered as one that there is not."""
    if found is None:
        raise Problem(404, "not_found", "There is nothing under this id.")
    return found
