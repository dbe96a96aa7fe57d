"""What is done with an endpoint by a button: pause, enable, test, a new secret, delete."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, request, url_for

from chassis.http.visits import visit_of_form
from integrations.adapters.unit_of_work import IntegrationsUnitOfWork
from integrations.domain.endpoints import Endpoint
from integrations.domain.refusals import MoveNotAllowed, NotPermitted, QuotaReached
from integrations.entrypoints.web.api.own import expect_found
from integrations.entrypoints.web.pages.signed_in import Visitor, portal_page, service, signed_in
from integrations.handlers.commands import NameEndpoint, RotateSecret, SendTest
from integrations.handlers.endpoints import delete_endpoint, pause, resume, rotate_secret, send_test
from integrations.handlers.verifying import request_verification

pages = Blueprint("endpoint_acts", __name__, template_folder="templates")
# How long requests are signed with the old secret as well, as the form offers it.
HOURS_KEPT = (0, 1, 24, 168)

Act = Callable[[IntegrationsUnitOfWork, NameEndpoint], Endpoint | None]


@pages.post("/endpoints/<uuid:endpoint_id>/pause")
@signed_in
def stop(visitor: Visitor, endpoint_id: UUID) -> Response:
    """Send nothing for now."""
    return _move(visitor, endpoint_id, pause)


@pages.post("/endpoints/<uuid:endpoint_id>/resume")
@signed_in
def go_on(visitor: Visitor, endpoint_id: UUID) -> Response:
    """Send again, beginning with what waited."""
    return _move(visitor, endpoint_id, resume)


@pages.post("/endpoints/<uuid:endpoint_id>/verification")
@signed_in
def verify(visitor: Visitor, endpoint_id: UUID) -> Response:
    """Ask the address whether it wants events, and look until it is known."""
    with service().open_work() as work:
        expect_found(request_verification(work, _named(visitor, endpoint_id)))
    return make_response(redirect(url_for("endpoints_shown.show", endpoint_id=endpoint_id, watch=1), 303))


@pages.post("/endpoints/<uuid:endpoint_id>/tests")
@signed_in
def test(visitor: Visitor, endpoint_id: UUID) -> Response:
    """Send an example, and lead to what came back."""
    return send_example(visitor, endpoint_id, request.form.get("type", ""))


def send_example(visitor: Visitor, endpoint_id: UUID, event_type: str) -> Response:
    """Send it unless the integrator may not see it; a type that there is not leads back."""
    if event_type not in service().settings.catalogue:
        return _to(endpoint_id)
    command = SendTest(
        integrator_id=visitor.integrator_id,
        endpoint_id=endpoint_id,
        event_type=event_type,
        visit=visit_of_form(),
    )
    try:
        with service().open_work() as work:
            delivery_id = expect_found(send_test(work, command))
    except NotPermitted:
        return _to(endpoint_id)
    place = url_for("deliveries_shown.show", delivery_id=delivery_id, watch=1)
    return make_response(redirect(place, 303))


@pages.post("/endpoints/<uuid:endpoint_id>/secrets")
@signed_in
def new_secret(visitor: Visitor, endpoint_id: UUID) -> Response:
    """Show a new secret, this once; without hours the old ones end at once."""
    hours = request.form.get("keep_hours", "", type=str)
    if hours not in map(str, HOURS_KEPT):
        return _to(endpoint_id)
    command = RotateSecret(
        integrator_id=visitor.integrator_id,
        by=visitor.by,
        endpoint_id=endpoint_id,
        kind=None,
        keep=timedelta(hours=int(hours)),
        visit=visit_of_form(),
    )
    try:
        with service().open_work() as work:
            endpoint, secret = expect_found(rotate_secret(work, command))
    except QuotaReached:
        return portal_page("too_many.html", visitor, 409, back=url_of(endpoint_id))
    return portal_page("secret.html", visitor, 201, endpoint=endpoint, secret=secret, is_new=False)


@pages.get("/endpoints/<uuid:endpoint_id>/deletion")
@signed_in
def ask_deletion(visitor: Visitor, endpoint_id: UUID) -> Response:
    """Make sure that it is meant."""
    with service().open_work() as work:
        endpoint = expect_found(work.endpoints.get(visitor.integrator_id, endpoint_id))
    return portal_page("deletion.html", visitor, endpoint=endpoint)


@pages.post("/endpoints/<uuid:endpoint_id>/deletion")
@signed_in
def delete(visitor: Visitor, endpoint_id: UUID) -> Response:
    """Send nothing there any more; a second click finds nothing left to do."""
    with service().open_work() as work:
        delete_endpoint(work, _named(visitor, endpoint_id))
    return make_response(redirect(url_for("endpoints_shown.show_all"), 303))


def url_of(endpoint_id: UUID) -> str:
    return url_for("endpoints_shown.show", endpoint_id=endpoint_id)


def _move(visitor: Visitor, endpoint_id: UUID, act: Act) -> Response:
    """Do it; what is done already, or impossible by now, leads back to what is so."""
    try:
        with service().open_work() as work:
            expect_found(act(work, _named(visitor, endpoint_id)))
    except MoveNotAllowed:
        pass  # the page says how it stands
    return _to(endpoint_id)


def _named(visitor: Visitor, endpoint_id: UUID) -> NameEndpoint:
    return NameEndpoint(integrator_id=visitor.integrator_id, by=visitor.by, endpoint_id=endpoint_id)


def _to(endpoint_id: UUID) -> Response:
    return make_response(redirect(url_of(endpoint_id), 303))
