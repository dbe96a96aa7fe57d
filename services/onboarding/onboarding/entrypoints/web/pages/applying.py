"""Start page and application form."""

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, make_response, render_template, request
from marshmallow import ValidationError

from chassis.http.idempotency import FORM_FIELD, idempotent
from chassis.http.languages import current_language, is_language_switch, translate
from chassis.http.principals import Kind, current_principal
from chassis.http.problems import Problem
from chassis.http.too_often import TooOften
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.domain.limits import Act
from onboarding.domain.refusals import DraftGone, LinkRefused
from onboarding.entrypoints.web.application_schemas import ApplicationSchema
from onboarding.entrypoints.web.kept_drafts import apply_with
from onboarding.entrypoints.web.limiting import limit_once
from onboarding.entrypoints.web.link_tokens import DRAFTS, link_id_of
from onboarding.entrypoints.web.pages.form_answers import answers
from onboarding.entrypoints.web.pages.form_reading import (
    Form,
    application_body,
    errors_by_field,
    members_changed,
    row_count,
)
from onboarding.entrypoints.web.pages.form_steps import (
    CHECK,
    PEOPLE,
    STEPS,
    carried,
    first_wrong,
    known_step,
    place_of_step,
    step_after,
    step_before,
    step_of,
    step_on,
)
from onboarding.entrypoints.web.pages.form_words import choices, explained_all
from onboarding.entrypoints.web.pages.signed_in import to
from onboarding.entrypoints.web.pages.too_often import too_often_page, wrong_page
from onboarding.entrypoints.web.pages.waiting import remember_applicant

pages = Blueprint("application_pages", __name__, template_folder="templates")

# What came of the form's key, and what the page then says; only a request under way keeps its key.
UNDER_WAY = "request_in_progress"
_NOTICES = {
    UNDER_WAY: "apply-under-way",
    DraftGone.code: "apply-draft-gone",
    "idempotency_key_reused": "apply-sent-before",
    "idempotency_key_missing": "apply-send-again",
    "idempotency_key_invalid": "apply-send-again",
}


@pages.get("/")
def start() -> str:
    """What this is, and the ways in."""
    return render_template("start.html", is_signed_in=current_principal().kind is Kind.SUBJECT)


@pages.get("/apply")
def form() -> Response:
    """The first step of an empty form."""
    return step_page(Form({"language": current_language(), FORM_FIELD: str(uuid4())}), step_on(Form()))


@pages.post("/apply")
def send() -> Response:
    """Lead from step to step, each with all that was typed, and take the application from the last one."""
    given, step = request.form, step_on(request.form)
    if page := _page_wanted(given, step):
        return page
    body, wrong = read_form(given)
    if at := first_wrong(wrong, step):
        shown = {field: message for field, message in wrong.items() if step_of(field) == at}
        return wrong_page(step_page, given, at, wrong=shown)
    if step != CHECK:
        return step_page(given, step_after(step, given, wrong))
    try:
        limit_once(Act.APPLY, email=body["contact"]["email"])
        taken, *_ = _apply_once(body, draft_in(given))
    except TooOften as refused:
        return too_often_page(refused, step_page, given, step)
    except Problem as problem:
        return _refused(problem, given)
    answer = to("waiting.check_your_mail")
    remember_applicant(answer, taken["partner_id"])
    return answer


def _page_wanted(given: Form, step: str) -> Response | None:
    """What another button than "Continue" leads to; nothing is checked for it."""
    if is_language_switch():
        return step_page(given, step)
    if changed := members_changed(given):
        return step_page(changed, PEOPLE)
    wanted = known_step(given.get("go"))
    return step_page(given, wanted) if wanted else None


def read_form(given: Form) -> tuple[dict[str, Any], dict[str, str]]:
    """The checked body, and what is wrong by field."""
    try:
        return ApplicationSchema().load(application_body(given)), {}
    except ValidationError as wrong:
        return {}, errors_by_field(wrong.messages_dict, given)


@idempotent
def _apply_once(work: OnboardingUnitOfWork, body: dict[str, Any], draft_id: UUID | None) -> dict[str, Any]:
    """The form carries a key: a double click makes one application."""
    try:
        return {"partner_id": str(apply_with(work, body, draft_id))}
    except DraftGone as gone:
        raise Problem(410, gone.code, gone.message) from None


def draft_in(given: Form) -> UUID | None:
    """The draft that the form came from, if it did."""
    try:
        return link_id_of(DRAFTS, given.get("draft", ""))
    except LinkRefused:
        return None


def _refused(problem: Problem, given: Form) -> Response:
    """Nothing is lost: all answers are shown again, with a word on what happened to them."""
    notice = _NOTICES.get(problem.problem_code)
    if notice is None:
        raise problem
    again = Form(given)
    if problem.problem_code == DraftGone.code:
        # Sent in from elsewhere, or expired: sent again, this form is another application.
        again.pop("draft", None)
    if problem.problem_code != UNDER_WAY:
        again[FORM_FIELD] = str(uuid4())
    answer = step_page(again, CHECK, notice=translate(notice), status=problem.code or 500)
    answer.headers.extend(problem.headers)
    return answer


def step_page(
    given: Form, step: str, wrong: dict[str, str] | None = None, notice: str | None = None, status: int = 200
) -> Response:
    """One step; the other steps' answers are hidden fields of the page: only a draft is stored.

    The browser may keep the page, or its "Back" would show an error instead of what was typed.
    """
    answer = make_response(
        render_template(
            "apply.html",
            given=given,
            step=step,
            names=STEPS[step],
            carried=list(carried(given, step)),
            answers=answers(given) if step == CHECK else [],
            is_checked=step == CHECK or bool(given.get("checked")),
            previous=step_before(step),
            place=place_of_step(step),
            count=len(STEPS),
            notice=notice,
            errors=explained_all(wrong or {}, given),
            rows=row_count(given),
            **choices(given.get("country", "")),
        ),
        status,
    )
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
