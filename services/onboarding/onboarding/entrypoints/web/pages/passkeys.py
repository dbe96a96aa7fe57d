"""Passkeys on the partner's pages: add, list, remove, sign in. A small script speaks to the browser's own
dialogue and sends what it says by a form; without scripts the mail link works as ever.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request
from marshmallow import ValidationError

from chassis.http.languages import translate
from chassis.http.principals import current_session
from chassis.http.security_headers import CONTENT_SECURITY_POLICY
from chassis.http.session_cookie import set_session_cookie
from chassis.http.too_often import TooOften
from onboarding.domain.passkeys import FRESH_SIGN_IN, MOST_PASSKEYS
from onboarding.domain.refusals import PasskeyRefused, PasskeyUnknown, TooManyPasskeys
from onboarding.entrypoints.web.pages.signed_in import read_partner, service, signed_in, to, to_status
from onboarding.entrypoints.web.pages.too_often import too_often_page
from onboarding.entrypoints.web.passkey_schemas import (
    NewPasskeySchema,
    UsedPasskeySchema,
    credential_in_form,
)
from onboarding.entrypoints.web.using_passkeys import add_checked, sign_in_checked
from onboarding.handlers.commands import RemovePasskey
from onboarding.handlers.passkeys import remove_passkey

pages = Blueprint(
    "passkeys_pages",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static/partner",
)
_POLICY = f"{CONTENT_SECURITY_POLICY}; script-src 'self'; connect-src 'self'"


def with_script(page: str | Response, status: int = 200) -> Response:
    """The page with leave to run our own script file, and to ask our own API."""
    answer = make_response(page, status)
    answer.headers["Content-Security-Policy"] = _POLICY
    return answer


@pages.get("/passkeys")
@signed_in
def show(partner_id: UUID) -> Response:
    """The newest first, and how to add one."""
    return _page(partner_id)


@pages.post("/passkeys")
@signed_in
def add(partner_id: UUID) -> Response:
    """What the browser made."""
    try:
        add_checked(partner_id, _body(NewPasskeySchema(), name=request.form.get("name", "")))
    except TooOften as refused:
        return too_often_page(refused, _page, partner_id)
    except ValidationError as wrong:
        key = "passkeys-name-wrong" if "name" in wrong.messages_dict else "passkeys-refused"
        return _page(partner_id, notice=translate(key), status=422)
    except PasskeyRefused:
        return _page(partner_id, notice=translate("passkeys-refused"), status=403)
    except TooManyPasskeys:
        return _page(partner_id, status=409)
    return to("passkeys_pages.show")


@pages.post("/passkeys/<uuid:passkey_id>/removal")
@signed_in
def remove(partner_id: UUID, passkey_id: UUID) -> Response:
    """One that was removed already is shown no more."""
    try:
        with service().open_work() as work:
            remove_passkey(work, RemovePasskey(partner_id=partner_id, passkey_id=passkey_id))
    except PasskeyUnknown:
        pass
    return to("passkeys_pages.show")


@pages.post("/passkey-sign-in")
def sign_in() -> Response:
    """What the browser signed; the same page for all that is refused."""
    try:
        _, session = sign_in_checked(_body(UsedPasskeySchema())["credential"])
    except TooOften as refused:
        return too_often_page(refused, _sign_in_page)
    except (ValidationError, PasskeyRefused):
        return _sign_in_page(translate("passkeys-refused"))
    answer = to_status()
    set_session_cookie(answer, session, service().settings.public_url)
    return answer


def _body(schema: Any, **fields: str) -> dict[str, Any]:
    body: dict[str, Any] = schema.load(
        {**fields, "credential": credential_in_form(request.form.get("credential", ""))}
    )
    return body


def _sign_in_page(notice: str) -> Response:
    return with_script(render_template("new_link.html", email="", error=None, notice=notice), 403)


def _page(partner_id: UUID, *, notice: str | None = None, status: int = 200) -> Response:
    with service().open_work() as work:
        partner = read_partner(work, partner_id)
        found, now = work.passkeys.of_member(partner.contact.id), work.now()
    session = current_session()
    page = render_template(
        "passkeys.html",
        partner=partner,
        passkeys=found,
        may_add=len(found) < MOST_PASSKEYS,
        is_fresh=session is not None and now - session.begun_at <= FRESH_SIGN_IN,
        notice=notice,
    )
    return with_script(page, status)
