"""What belongs to whom: the integrator of a request, and 404 for everything that is not its own."""

from typing import TypeVar
from uuid import UUID

from chassis.http.principals import Kind, current_principal
from chassis.http.problems import Problem
from integrations.domain.integrator_log import Actor, by_operator, by_token

Found = TypeVar("Found")


def current_integrator() -> UUID:
    """Whose token came with the request."""
    return UUID(current_principal().name)


def current_actor() -> Actor:
    """Who asks by the API: an operator, or one of the integrator's tokens."""
    who = current_principal()
    return by_token(who.token_id) if who.kind is Kind.CLIENT else by_operator(who.name)


def expect_found(found: Found | None) -> Found:
    """Another's id is answered as one that there is not."""
    if found is None:
        raise Problem(404, "not_found", "There is nothing under this id.")
    return found
