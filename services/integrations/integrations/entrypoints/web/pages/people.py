"""Who signs in for the integrator; everybody of it may let others in."""

from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, request, url_for
from marshmallow import ValidationError

from chassis.http.strict_fields import Choice, EmailAddress, ProperName, StrictSchema
from chassis.http.visits import visit_of_form
from chassis.translations import LANGUAGES
from integrations.domain.refusals import QuotaReached
from integrations.entrypoints.web.api.own import expect_found
from integrations.entrypoints.web.pages.actors import actors_of
from integrations.entrypoints.web.pages.form_errors import errors_of
from integrations.entrypoints.web.pages.signed_in import Visitor, portal_page, service, signed_in
from integrations.handlers.commands import AddPerson, RemovePerson
from integrations.handlers.people import AddressTaken, add_person, remove_person

pages = Blueprint("people_pages", __name__, template_folder="templates")


class PersonForm(StrictSchema):
    """Whom to let in."""

    name = ProperName(required=True)
    email = EmailAddress(required=True)
    language = Choice(LANGUAGES, required=True)


@pages.get("/people")
@signed_in
def show(visitor: Visitor) -> Response:
    """All of them, and a form for another one."""
    return _page(visitor)


@pages.post("/people")
@signed_in
def add(visitor: Visitor) -> Response:
    """Let somebody in; a second click finds them there."""
    try:
        body = PersonForm().load(
            {name: request.form.get(name, "").strip() for name in ("name", "email", "language")}
        )
        command = AddPerson(
            integrator_id=visitor.integrator_id, added_by=visitor.by, visit=visit_of_form(), **body
        )
        with service().open_work() as work:
            expect_found(add_person(work, command))
    except ValidationError as wrong:
        return _page(visitor, 422, errors=errors_of(wrong))
    except AddressTaken:
        return _page(visitor, 409, errors={"email": "There is somebody with this address already."})
    except QuotaReached:
        return portal_page("too_many.html", visitor, 409, back=url_for(".show"))
    return make_response(redirect(url_for(".show"), 303))


@pages.post("/people/<uuid:person_id>/removal")
@signed_in
def remove(visitor: Visitor, person_id: UUID) -> Response:
    """End somebody's sessions and links; who removes oneself is signed out by it."""
    with service().open_work() as work:
        command = RemovePerson(integrator_id=visitor.integrator_id, by=visitor.by, person_id=person_id)
        expect_found(remove_person(work, command))
    return make_response(redirect(url_for(".show"), 303))


def _page(visitor: Visitor, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    with service().open_work() as work:
        people = work.people.of_integrator(visitor.integrator_id)
        actors = actors_of(work, visitor.integrator_id)
    shown = {"people": people, "actors": actors, "given": request.form, "errors": errors or {}}
    return portal_page("people.html", visitor, status, **shown)
