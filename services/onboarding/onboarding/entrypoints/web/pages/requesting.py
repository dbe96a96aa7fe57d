"""What an active partner asks for: one form for all of it, and how far each request is."""

from collections.abc import Iterator
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request
from marshmallow import ValidationError

from chassis.http.languages import is_language_switch, translate
from onboarding.domain.access import AccessPlan
from onboarding.domain.partners import Partner
from onboarding.domain.refusals import RequestRefused, RequestUnknown
from onboarding.domain.requests import Kind, Request
from onboarding.entrypoints.web.pages import product_words
from onboarding.entrypoints.web.pages.form_reading import Form
from onboarding.entrypoints.web.pages.form_words import explained, label_of, worded_choices
from onboarding.entrypoints.web.pages.signed_in import read_partner, service, signed_in, to
from onboarding.entrypoints.web.request_schemas import ABOUT, PartnerRequestSchema, asked_for
from onboarding.handlers.commands import WithdrawRequest
from onboarding.handlers.requests import ask_for, may_be_asked_for, withdraw_request

pages = Blueprint("requesting_pages", __name__, template_folder="templates")

_LABELS = {"wish": "request-wish", "days": "request-days-label", "reason": "request-reason"}
DAYS = ("7", "30", "60", "90", "180", "365")


@pages.get("/requests")
@signed_in
def show(partner_id: UUID) -> str:
    """The form, on what a link names already, and what was asked for before."""
    return _page(partner_id, Form({"wish": request.args.get("wish", ""), "days": "30"}))


@pages.post("/requests")
@signed_in
def ask(partner_id: UUID) -> Response:
    """Keep the request, or show the form again with what is wrong."""
    given = request.form
    if is_language_switch():
        return make_response(_page(partner_id, given))
    try:
        body = PartnerRequestSchema().load(_body(given))
        with service().open_work() as work:
            ask_for(work, asked_for(partner_id, body))
    except ValidationError as wrong:
        return make_response(_page(partner_id, given, _by_field(wrong, given)), 422)
    except RequestRefused as refused:
        words = f"request-refused-{refused.code.replace('_', '-')}"
        return make_response(_page(partner_id, given, {"wish": translate(words)}), 409)
    return to("requesting_pages.show")


@pages.post("/requests/withdrawal")
@signed_in
def withdraw(partner_id: UUID) -> Response:
    """Take one back; what cannot be taken back any more is shown as it is."""
    try:
        request_id = UUID(request.form.get("request_id", ""))
        with service().open_work() as work:
            withdraw_request(work, WithdrawRequest(partner_id=partner_id, request_id=request_id))
    except (ValueError, RequestUnknown, RequestRefused):
        pass  # the page shows how far it is
    return to("requesting_pages.show")


def what_in_words(found: Request) -> str:
    """What exactly was asked for."""
    if found.kind is Kind.COMPETENCE:
        return dict(worded_choices("competences")).get(found.about, found.about)
    if found.kind is Kind.COMPANY:
        return ", ".join(f"{label_of(name)}: {value}" for name, value in found.details["after"].items())
    product = product_words.product_name(found.details["product"])
    if found.kind is Kind.PRODUCT:
        return product
    return translate("request-days", product=product, days=found.details["days"])


def _body(given: Form) -> dict[str, object]:
    """The fields of the kind that was chosen; what stands in the others does not count."""
    kind, _, about = given.get("wish", "").partition(":")
    body: dict[str, object] = {"kind": kind, "reason": given.get("reason", "")}
    if kind in ABOUT:
        body[ABOUT[kind]] = about
    if kind == Kind.MORE_TIME:
        body["days"] = int(given["days"]) if given.get("days") in DAYS else 0
    return body


def _by_field(wrong: ValidationError, given: Form) -> dict[str, str]:
    """By the form's fields, of which one says kind and what together."""
    found = {}
    for field, messages in wrong.messages_dict.items():
        if field in {"days", "reason"}:
            found[field] = explained(field, str(messages[0]), given.get(field, ""))
        else:
            found["wish"] = translate("wrong-choice")
    return found


def _page(partner_id: UUID, given: Form, errors: dict[str, str] | None = None) -> str:
    with service().open_work() as work:
        partner = read_partner(work, partner_id)
        partner.check_active()
        plan = work.access_plans.of(partner_id)
        found = work.requests.of_partner(partner_id)
    return render_template(
        "requests.html",
        given=given,
        errors=errors or {},
        wishes=list(_wishes(partner, plan)),
        days=[(days, translate("request-so-many-days", days=int(days))) for days in DAYS],
        requests=found,
        what=what_in_words,
        label_of=lambda field: translate(_LABELS[field]),
    )


def _wishes(partner: Partner, plan: AccessPlan) -> Iterator[tuple[str, str]]:
    """Value and words of all that may be asked for."""
    for kind, about in may_be_asked_for(partner, plan):
        if kind is Kind.MORE_TIME:
            name = product_words.grant_name(plan.grants[UUID(about)])
        elif kind is Kind.PRODUCT:
            name = product_words.product_name(about)
        else:
            name = dict(worded_choices("competences"))[about]
        yield f"{kind}:{about}", translate(f"wish-{kind}".replace("_", "-"), name=name)
