"""Start page, application form, and the request to look into the mailbox."""

from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from chassis.idempotency import idempotent
from chassis.languages import current_language
from chassis.principals import Kind, current_principal
from onboarding.adapters.unit_of_work import SqlOnboardingWork
from onboarding.entrypoints.application_schemas import ApplicationSchema, application_from
from onboarding.entrypoints.pages.form_reading import application_body, errors_by_field, row_count
from onboarding.entrypoints.pages.form_words import choices, explained
from onboarding.handlers.apply import apply

pages = Blueprint("application_pages", __name__, template_folder="templates")


@pages.get("/")
def start() -> str:
    """What this is, and the ways in."""
    return render_template("start.html", is_signed_in=current_principal().kind is Kind.SUBJECT)


@pages.get("/apply")
def form() -> str:
    """The empty form."""
    return _form(MultiDict({"language": current_language(), "idempotency_key": str(uuid4())}), {})


@pages.post("/apply")
def send() -> Response:
    """Take the application, or show the form again with every wrong field."""
    given = request.form
    if "more" in given:
        return make_response(_form(given, {}))
    try:
        body = ApplicationSchema().load(application_body(given))
    except ValidationError as wrong:
        return make_response(_form(given, errors_by_field(wrong.messages_dict, given)), 422)
    _apply_once(body)
    return make_response(redirect(url_for("application_pages.check_your_mail"), 303))


@pages.get("/check-your-mail")
def check_your_mail() -> str:
    """The same for everybody."""
    return render_template("check_your_mail.html")


@idempotent
def _apply_once(work: SqlOnboardingWork, body: dict[str, Any]) -> dict[str, Any]:
    """The form carries a key: a double click makes one application."""
    return {"partner_id": str(apply(work, application_from(body)))}


def _form(given: MultiDict[str, str], wrong: dict[str, str]) -> str:
    return render_template(
        "apply.html",
        given=given,
        errors={name: explained(name, message, given.get(name, "")) for name, message in wrong.items()},
        rows=row_count(given),
        **choices(),
    )
