"""The integrator's endpoints with their health at a glance, and one of them."""

from uuid import UUID

from flask import Blueprint, Response

from integrations.entrypoints.web.api.own import expect_found
from integrations.entrypoints.web.pages.actors import actors_of
from integrations.entrypoints.web.pages.signed_in import Visitor, portal_page, service, signed_in, watched
from integrations.handlers.commands import LookAtQuotas
from integrations.handlers.quotas import look_at

pages = Blueprint("endpoints_shown", __name__, template_folder="templates")


@pages.get("/endpoints")
@signed_in
def show_all(visitor: Visitor) -> Response:
    """All of them, the oldest first, and how many more there may be."""
    with service().open_work() as work:
        endpoints = work.endpoints.of_integrator(visitor.integrator_id)
        health = work.endpoint_health.of([one.id for one in endpoints])
        tokens = work.api_tokens.of_integrator(visitor.integrator_id)
        people = work.people.of_integrator(visitor.integrator_id)
        quotas = look_at(work, LookAtQuotas(visitor.integrator_id))
    return portal_page(
        "endpoints.html",
        visitor,
        endpoints=endpoints,
        health=health,
        quotas=quotas,
        tokens=sum(token.revoked_at is None for token in tokens),
        people=len(people),
    )


@pages.get("/endpoints/<uuid:endpoint_id>")
@signed_in
def show(visitor: Visitor, endpoint_id: UUID) -> Response:
    """One, how it stands, and what can be done with it."""
    with service().open_work() as work:
        endpoint = expect_found(work.endpoints.get(visitor.integrator_id, endpoint_id))
        health = work.endpoint_health.of([endpoint.id])
        secrets = work.endpoints.secrets(endpoint.id, work.now())
        actors = actors_of(work, visitor.integrator_id)
    is_asked = endpoint.challenged_at is not None and endpoint.challenge_outcome is None
    page = portal_page(
        "endpoint.html",
        visitor,
        endpoint=endpoint,
        health=health[endpoint.id],
        secrets=secrets,
        actors=actors,
        kinds=[key for key in visitor.kinds if endpoint.wants(key)],
        is_asked=is_asked,
    )
    return watched(page, goes_on=is_asked)
