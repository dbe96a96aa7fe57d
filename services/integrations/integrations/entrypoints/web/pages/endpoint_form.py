"""A new endpoint, or another one's settings: the checks are those of the API, told beside each field."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, request, url_for
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from chassis.http.visits import visit_of_form
from integrations.domain.endpoints import Endpoint
from integrations.domain.refusals import FiltersTooDear, NotPermitted, QuotaReached
from integrations.entrypoints.web.api.endpoints import EndpointChange, EndpointRequest
from integrations.entrypoints.web.api.own import expect_found
from integrations.entrypoints.web.pages.endpoint_acts import url_of
from integrations.entrypoints.web.pages.form_errors import errors_of
from integrations.entrypoints.web.pages.signed_in import Visitor, portal_page, service, signed_in
from integrations.handlers.commands import AddEndpoint, ChangeEndpoint
from integrations.handlers.endpoints import add_endpoint, change_endpoint

pages = Blueprint("endpoint_form", __name__, template_folder="templates")

_NUMBERS = ("concurrency", "rate_per_second")
_CHOICES = ("order", "body", "secret_kind")
_AS_EMPTY: dict[str, Any] = {"concurrency": "10", "rule": "all"}


@pages.get("/endpoints/new")
@signed_in
def ask(visitor: Visitor) -> Response:
    """Where to, and which events."""
    return _form(visitor, MultiDict(_AS_EMPTY))


@pages.post("/endpoints/new")
@signed_in
def create(visitor: Visitor) -> Response:
    """Create it and show the secret, this once."""
    try:
        body = EndpointRequest().load(_read(request.form))
        command = AddEndpoint(
            integrator_id=visitor.integrator_id, by=visitor.by, visit=visit_of_form(), **body
        )
        with service().open_work() as work:
            endpoint, secret = expect_found(add_endpoint(work, command))
    except (ValidationError, NotPermitted, FiltersTooDear) as wrong:
        return _form(visitor, request.form, errors_of(wrong))
    except QuotaReached:
        return portal_page("too_many.html", visitor, 409, back=url_for("endpoints_shown.show_all"))
    return portal_page("secret.html", visitor, 201, endpoint=endpoint, secret=secret, is_new=True)


@pages.get("/endpoints/<uuid:endpoint_id>/settings")
@signed_in
def show(visitor: Visitor, endpoint_id: UUID) -> Response:
    """What it is set to now."""
    with service().open_work() as work:
        endpoint = expect_found(work.endpoints.get(visitor.integrator_id, endpoint_id))
    return _form(visitor, _given(endpoint), endpoint_id=endpoint_id)


@pages.post("/endpoints/<uuid:endpoint_id>/settings")
@signed_in
def change(visitor: Visitor, endpoint_id: UUID) -> Response:
    """Change it; what waits is sent as it is then."""
    read = _read(request.form)
    read.pop("secret_kind", None)
    try:
        body = EndpointChange().load(read)
        command = ChangeEndpoint(
            integrator_id=visitor.integrator_id, by=visitor.by, endpoint_id=endpoint_id, changes=body
        )
        with service().open_work() as work:
            expect_found(change_endpoint(work, command))
    except (ValidationError, NotPermitted, FiltersTooDear) as wrong:
        return _form(visitor, request.form, errors_of(wrong), endpoint_id=endpoint_id)
    return make_response(redirect(url_of(endpoint_id), 303))


def _form(
    visitor: Visitor,
    given: MultiDict[str, Any],
    errors: Mapping[str, str] | None = None,
    endpoint_id: UUID | None = None,
) -> Response:
    return portal_page(
        "endpoint_form.html",
        visitor,
        422 if errors else 200,
        given=given,
        errors=errors or {},
        endpoint_id=endpoint_id,
        kinds=visitor.kinds,
    )


def _read(form: MultiDict[str, str]) -> dict[str, Any]:
    """The form as the API would be sent it."""
    read: dict[str, Any] = {
        "url": form.get("url", "").strip(),
        "description": form.get("description", "").strip(),
        "types": form.getlist("types") or None,
        "partners": {
            "rule": form.get("rule", ""),
            "values": form.get("values", "").replace(",", " ").split(),
        },
        "filter": form.get("filter", "").strip() or None,
        **{name: form[name] for name in _CHOICES if name in form},
    }
    for name in _NUMBERS:
        text = form.get(name, "").strip()
        if text or name == "rate_per_second":
            # What is no number is told to be none, by the check that tells programs so.
            read[name] = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text or None
    return read


def _given(endpoint: Endpoint) -> MultiDict[str, Any]:
    """The form as it would have been filled in."""
    given = MultiDict(
        {
            "url": endpoint.url,
            "description": endpoint.description,
            "rule": str(endpoint.partners.rule),
            "values": " ".join(endpoint.partners.values),
            "filter": endpoint.filter or "",
            **{name: str(getattr(endpoint, name)) for name in _CHOICES},
            **{name: getattr(endpoint, name) or "" for name in _NUMBERS},
        }
    )
    given.setlist("types", list(endpoint.event_types or ()))
    return given
