"""The tokens of the integrator's programs."""

from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, request, url_for
from marshmallow import ValidationError

from chassis.http.strict_fields import Name, StrictSchema
from chassis.http.visits import visit_of_form
from integrations.entrypoints.web.api.own import expect_found
from integrations.entrypoints.web.pages.actors import actors_of
from integrations.entrypoints.web.pages.form_errors import errors_of
from integrations.entrypoints.web.pages.signed_in import Visitor, portal_page, service, signed_in
from integrations.handlers.commands import IssueToken, RevokeToken
from integrations.handlers.integrators import issue_token, revoke_token

pages = Blueprint("tokens", __name__, template_folder="templates")
MOST_TOKENS = 50


class TokenForm(StrictSchema):
    """What a token is for."""

    label = Name(required=True, most=100)


@pages.get("/tokens")
@signed_in
def show(visitor: Visitor) -> Response:
    """All, by their last characters."""
    return _page(visitor)


@pages.post("/tokens")
@signed_in
def create(visitor: Visitor) -> Response:
    """Show a new one, this once."""
    try:
        body = TokenForm().load({"label": request.form.get("label", "").strip()})
    except ValidationError as wrong:
        return _page(visitor, 422, errors=errors_of(wrong))
    with service().open_work() as work:
        tokens = work.api_tokens.of_integrator(visitor.integrator_id)
        if sum(token.revoked_at is None for token in tokens) >= MOST_TOKENS:
            return portal_page("too_many.html", visitor, 409, back=url_for(".show"))
        command = IssueToken(
            integrator_id=visitor.integrator_id,
            by=visitor.by,
            label=body["label"],
            visit=visit_of_form(),
        )
        token, secret = expect_found(issue_token(work, command))
    return portal_page("token.html", visitor, 201, token=token, secret=secret)


@pages.post("/tokens/<uuid:token_id>/revocation")
@signed_in
def revoke(visitor: Visitor, token_id: UUID) -> Response:
    """End it; counts from the next request on."""
    with service().open_work() as work:
        command = RevokeToken(integrator_id=visitor.integrator_id, by=visitor.by, token_id=token_id)
        expect_found(revoke_token(work, command))
    return make_response(redirect(url_for(".show"), 303))


def _page(visitor: Visitor, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    with service().open_work() as work:
        tokens = work.api_tokens.of_integrator(visitor.integrator_id)
        actors = actors_of(work, visitor.integrator_id)
    shown = {"tokens": tokens, "actors": actors, "given": request.form, "errors": errors or {}}
    return portal_page("tokens.html", visitor, status, **shown)
