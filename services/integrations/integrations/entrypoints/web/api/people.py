"""API for operators: who signs in to the portal for an integrator. Its own people do it there."""

from typing import Any
from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.idempotency import idempotent
from chassis.http.openapi import ApiBlueprint
from chassis.operating.audited import note_own_act, operators_act
from chassis.operating.http_schemas import StatedReason
from integrations.adapters.unit_of_work import IntegrationsUnitOfWork
from integrations.bootstrap import IntegrationsService
from integrations.domain.people import Person
from integrations.entrypoints.web.api.own import current_actor, expect_found
from integrations.entrypoints.web.api.schemas import PeopleSeen, PersonNoted, PersonRequest
from integrations.handlers.commands import AddPerson, RemovePerson
from integrations.handlers.people import add_person, remove_person

api = ApiBlueprint("people", __name__, description="Who signs in to the portal for an integrator")


@api.get("/v1/integrators/<uuid:integrator_id>/people")
@api.response(200, PeopleSeen)
@api.alt_response(404)
def list_people(integrator_id: UUID) -> dict[str, Any]:
    """List all, the first one first."""
    with current_service(IntegrationsService).open_work() as work:
        expect_found(work.integrators.get(integrator_id))
        return {"people": work.people.of_integrator(integrator_id)}


@api.post("/v1/integrators/<uuid:integrator_id>/people")
@api.arguments(PersonRequest)
@idempotent
@api.response(201, PersonNoted)
@api.alt_response(404)
def create_person(
    work: IntegrationsUnitOfWork, body: dict[str, Any], integrator_id: UUID
) -> tuple[Person, int]:
    """Let a person sign in; 409 where the integrator has somebody with this address."""
    reason = body.pop("reason")
    command = AddPerson(integrator_id=integrator_id, added_by=current_actor(), **body)
    person = expect_found(add_person(work, command))
    note_own_act(work, "add person", integrator_id, reason)
    return person, 201


@operators_act(
    api,
    "/v1/integrators/<uuid:integrator_id>/people/<uuid:person_id>/removal",
    "remove person",
    StatedReason,
    PersonNoted,
)
def remove_integrators_person(
    work: IntegrationsUnitOfWork, _body: dict[str, Any], integrator_id: UUID, person_id: UUID
) -> Person:
    """Nobody signs in by this person any more; sessions end with their next request."""
    command = RemovePerson(integrator_id=integrator_id, by=current_actor(), person_id=person_id)
    return expect_found(remove_person(work, command))
