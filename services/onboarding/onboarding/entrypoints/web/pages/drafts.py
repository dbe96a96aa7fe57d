"""Save the form as a draft, and resume it on another device by the link in a mail."""

from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, make_response, render_template, request
from marshmallow import ValidationError

from chassis.http.idempotency import FORM_FIELD, idempotent
from chassis.http.languages import current_language, is_language_switch, translate
from chassis.http.problems import Problem
from chassis.http.too_often import TooOften
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.domain.limits import Act
from onboarding.domain.refusals import DraftGone, LinkRefused
from onboarding.domain.vocabulary import Language
from onboarding.entrypoints.web.draft_schemas import DraftAnswersSchema, DraftSchema
from onboarding.entrypoints.web.kept_drafts import kept_draft
from onboarding.entrypoints.web.limiting import limit_once, pass_limits
from onboarding.entrypoints.web.pages.applying import UNDER_WAY, draft_in, read_form, step_page
from onboarding.entrypoints.web.pages.form_reading import Form, application_body, errors_by_field, form_of
from onboarding.entrypoints.web.pages.form_steps import CHECK, carried, first_wrong, step_of, step_on
from onboarding.entrypoints.web.pages.form_words import explained
from onboarding.entrypoints.web.pages.refused_links import refused_draft
from onboarding.entrypoints.web.pages.signed_in import service
from onboarding.entrypoints.web.pages.too_often import too_often_page, wrong_page
from onboarding.handlers.commands import SaveDraft, SaveDraftAgain
from onboarding.handlers.drafts import save_draft, save_draft_again

pages = Blueprint("drafts_pages", __name__, template_folder="templates")


@pages.post("/drafts")
def save() -> Response:
    """Ask where the link should go, and save; a form that came from a draft goes back into it."""
    given, email = request.form, request.form.get("draft_email")
    try:
        answers = DraftAnswersSchema().load(application_body(given))
    except ValidationError as wrong:
        return _wrong_answers(given, errors_by_field(wrong.messages_dict, given))
    checked = None
    try:
        if not _is_saved_again(given, answers):
            if email is None or is_language_switch():
                return _ask(given, given.get("contact-email", "") if email is None else email)
            checked = DraftSchema(only=["email"]).load({"email": email})["email"]
            limit_once(Act.SAVE_DRAFT, email=checked)
            _save_once(checked, answers)
    except TooOften as refused:
        return too_often_page(refused, _ask, given, email or "")
    except ValidationError as wrong:
        message = explained("email", str(wrong.messages_dict["email"][0]), email or "")
        return wrong_page(_ask, given, email or "", error=message)
    except Problem as problem:
        return _not_saved(problem, given, email or "")
    return _saved(checked)


@pages.get("/drafts/<token>")
def take_up(token: str) -> Response:
    """The form with all answers, at the first step that needs something."""
    try:
        draft = kept_draft(token)
    except LinkRefused as refused:
        return refused_draft(refused)
    except TooOften as refused:
        return refused_draft(LinkRefused("link_expired"), refused)
    form = form_of(draft.answers)
    form["draft"], form[FORM_FIELD] = token, str(uuid4())
    form["register_of"] = form.get("country", "")
    form["language"] = form.get("language") or current_language()
    _, wrong = read_form(form)
    answer = step_page(form, first_wrong(wrong, CHECK) or CHECK)
    # Steps of a form may be stored by the browser; this one was opened by a link of a mail.
    answer.headers["Cache-Control"] = "no-store"
    return answer


@idempotent
def _save_once(work: OnboardingUnitOfWork, email: str, answers: dict[str, Any]) -> dict[str, Any]:
    """The form carries a key: a double click makes one draft, and one mail."""
    save_draft(work, SaveDraft(email=email, language=Language(current_language()), answers=answers))
    return {}


def _not_saved(problem: Problem, given: Form, email: str) -> Response:
    """What came of the form's key; only a request under way keeps it."""
    again = Form(given)
    if problem.problem_code != UNDER_WAY:
        again[FORM_FIELD] = str(uuid4())
    answer = _ask(again, email, notice=translate("apply-send-again"), status=problem.code or 500)
    answer.headers.extend(problem.headers)
    return answer


def _is_saved_again(given: Form, answers: dict[str, Any]) -> bool:
    draft_id = draft_in(given)
    if draft_id is None or is_language_switch():
        return False
    pass_limits(Act.SAVE_DRAFT)
    try:
        with service().open_work() as work:
            save_draft_again(work, SaveDraftAgain(draft_id=draft_id, answers=answers))
    except DraftGone:
        return False
    return True


def _wrong_answers(given: Form, wrong: dict[str, str]) -> Response:
    """What is too long, or holds what no text may hold, at its step."""
    step = first_wrong(wrong, CHECK) or step_on(given)
    shown = {field: message for field, message in wrong.items() if step_of(field) == step}
    return wrong_page(step_page, given, step, wrong=shown)


def _ask(
    given: Form, email: str, *, error: str | None = None, notice: str | None = None, status: int = 200
) -> Response:
    page = render_template(
        "draft.html",
        given=given,
        step=step_on(given),
        # No field stands on the last step, so this is all of them.
        carried=list(carried(given, CHECK)),
        email=email,
        error=error,
        notice=notice,
        days=service().policies.draft_lifetime.days,
    )
    return make_response(page, status)


def _saved(email: str | None) -> Response:
    """The same words for every address."""
    days = service().policies.draft_lifetime.days
    return make_response(render_template("draft_saved.html", email=email, days=days), 202)
