"""Start page and application form."""

from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from chassis.http.idempotency import FORM_FIELD, idempotent
from chassis.http.languages import current_language, is_language_switch
from chassis.http.principals import Kind, current_principal
from chassis.http.problems import Problem
from onboarding.adapters.unit_of_work import SqlOnboardingWork
from onboarding.entrypoints.application_schemas import ApplicationSchema, application_from
from onboarding.entrypoints.pages.form_reading import application_body, errors_by_field, row_count
from onboarding.entrypoints.pages.form_words import choices, explained_all
from onboarding.entrypoints.pages.waiting import remember_applicant
from onboarding.handlers.apply import apply

pages = Blueprint("application_pages", __name__, template_folder="templates")

# What came of the form's key, and what the page then says; only a request under way keeps its key.
_UNDER_WAY = "request_in_progress"
_NOTICES = {
    _UNDER_WAY: "apply-under-way",
    "idempotency_key_reused": "apply-sent-before",
    "idempotency_key_missing": "apply-send-again",
    "idempotency_key_invalid": "apply-send-again",
}


@pages.get("/")
def start() -> str:
    """What this is, and the ways in."""
    return render_template("start.html", is_signed_in=current_principal().kind is Kind.SUBJECT)


@pages.get("/apply")
def form() -> str:
    """The empty form."""
    return _form(MultiDict({"language": current_language(), FORM_FIELD: str(uuid4())}), {})


@pages.post("/apply")
def send() -> Response:
    """Take the application, or show the form again with every wrong field."""
    given = request.form
    if "more" in given or is_language_switch():
        return make_response(_form(given, {}))
    try:
        body = ApplicationSchema().load(application_body(given))
    except ValidationError as wrong:
        return make_response(_form(given, errors_by_field(wrong.messages_dict, given)), 422)
    try:
        taken, *_ = _apply_once(body)
    except Problem as problem:
        return _sent_wrongly(problem, MultiDict(given))
    answer = make_response(redirect(url_for("waiting.check_your_mail"), 303))
    remember_applicant(answer, taken["partner_id"])
    return answer


@idempotent
def _apply_once(work: SqlOnboardingWork, body: dict[str, Any]) -> dict[str, Any]:
    """The form carries a key: a double click makes one application."""
    return {"partner_id": str(apply(work, application_from(body)))}


def _sent_wrongly(problem: Problem, given: MultiDict[str, str]) -> Response:
    """Nothing is lost: the form comes back filled in, with a word on what became of it."""
    notice = _NOTICES.get(problem.problem_code)
    if notice is None:
        raise problem
    if problem.problem_code != _UNDER_WAY:
        given[FORM_FIELD] = str(uuid4())
    return make_response(_form(given, {}, notice), problem.code)


def _form(given: MultiDict[str, str], wrong: dict[str, str], notice: str | None = None) -> str:
    return render_template(
        "apply.html",
        given=given,
        notice=notice,
        errors=explained_all(wrong, given),
        rows=row_count(given),
        **choices(),
    )
