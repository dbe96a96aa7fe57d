"""API for operators: who signs in to the portal for an integrator. Its own people do it there."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from chassis.http.current_service import current_service
from chassis.http.idempotency import idempotent
from chassis.http.openapi import ApiBlueprint
from chassis.http.paging import list_of
from chassis.http.strict_fields import Choice, EmailAddress, ProperName
from chassis.operating.audited import acts_on, note_own_act
from chassis.operating.http_schemas import StatedReason
from chassis.translations import DEFAULT_LANGUAGE, LANGUAGES
from integrations.adapters.unit_of_work import IntegrationsUnitOfWork
from integrations.bootstrap import IntegrationsService
from integrations.domain.people import Person
from integrations.entrypoints.web.api.own import current_actor, expect_found
from integrations.handlers.commands import AddPerson, RemovePerson
from integrations.handlers.people import add_person, remove_person

api = ApiBlueprint("people", __name__, description="Who signs in to the portal for an integrator")

_ONE = "/v1/integrators/<uuid:integrator_id>"


class PersonRequest(StatedReason):
    """Somebody who may sign in to the portal for an integrator."""

    name = ProperName(required=True)
    email = EmailAddress(required=True)
    language = Choice(LANGUAGES, load_default=DEFAULT_LANGUAGE)


class PersonSeen(Schema):
    person_id = fields.UUID(required=True, attribute="id")
    name = fields.String(required=True)
    email = fields.String(required=True)
    language = fields.String(required=True)
    added_by = fields.String(required=True)
    added_at = fields.AwareDateTime(required=True)


class PersonNoted(Schema):
    """A person by the id alone, as answers to acts are kept for repetitions."""

    person_id = fields.UUID(required=True, attribute="id")
    added_at = fields.AwareDateTime(required=True)


PeopleSeen = list_of("PeopleSeen", people=PersonSeen)


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
    """Add a person, who may sign in; 409 if the integrator has somebody with this address."""
    reason = body.pop("reason")
    command = AddPerson(integrator_id=integrator_id, added_by=current_actor(), **body)
    person = expect_found(add_person(work, command))
    note_own_act(work, "add person", integrator_id, reason)
    return person, 201


@acts_on(api, f"{_ONE}/people/<uuid:person_id>", PersonNoted)("removal", "remove person")
def remove_integrators_person(
    work: IntegrationsUnitOfWork, _body: dict[str, Any], integrator_id: UUID, person_id: UUID
) -> Person:
    """Remove a person; their sessions end with the next request."""
    command = RemovePerson(integrator_id=integrator_id, by=current_actor(), person_id=person_id)
    return expect_found(remove_person(work, command))
