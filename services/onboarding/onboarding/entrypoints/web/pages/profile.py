"""What we know of the company: changed at once, or once somebody has looked at it."""

from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request
from marshmallow import ValidationError

from chassis.http.languages import is_language_switch, translate
from chassis.http.too_often import TooOften
from onboarding.domain.application import FREE_FIELDS, REVIEWED_FIELDS
from onboarding.domain.limits import Act
from onboarding.domain.partners import Partner
from onboarding.domain.refusals import CorrectionRefused, RequestRefused
from onboarding.domain.requests import Kind, Request
from onboarding.entrypoints.web.limiting import pass_limits
from onboarding.entrypoints.web.pages.form_reading import Form, correction_body, errors_by_field
from onboarding.entrypoints.web.pages.form_words import choices, explained_all
from onboarding.entrypoints.web.pages.requesting import what_in_words
from onboarding.entrypoints.web.pages.signed_in import read_partner, service, signed_in, to, to_status
from onboarding.entrypoints.web.pages.too_often import too_often_page
from onboarding.entrypoints.web.request_schemas import ProfileSchema, profile_change
from onboarding.handlers.requests import change_profile

pages = Blueprint("profile", __name__, template_folder="templates")
_REGISTRATION = {"country", "registration_number"}
FIELDS = (*FREE_FIELDS, *REVIEWED_FIELDS)


@pages.get("/profile")
@signed_in
def form(partner_id: UUID) -> str:
    """What we know now."""
    partner, waiting = _read(partner_id)
    present = Form()
    for name in FIELDS:
        present[name] = present[_shown(name)] = str(getattr(partner.profile, name))
    return _page(partner, waiting, present, {})


@pages.post("/profile")
@signed_in
def change(partner_id: UUID) -> Response:
    """Take in what is different, or show the form again with every wrong field."""
    given = request.form
    partner, waiting = _read(partner_id)
    if is_language_switch():
        return make_response(_page(partner, waiting, given, {}))
    try:
        names = _typed(given)
        body = ProfileSchema().load({**correction_body(given, names), "reason": given.get("reason", "")})
        if names:
            pass_limits(Act.CHANGE_OWN, application_id=partner_id)
        with service().open_work() as work:
            _, asked = change_profile(work, profile_change(partner_id, body))
    except ValidationError as wrong:
        return make_response(_page(partner, waiting, given, errors_by_field(wrong.messages_dict, given)), 422)
    except CorrectionRefused as refused:
        return make_response(_page(partner, waiting, given, dict.fromkeys(refused.fields, str(refused))), 422)
    except TooOften as refused:
        return too_often_page(refused, _page, partner, waiting, given, {})
    except RequestRefused as refused:
        # Perhaps another browser was faster: what it asked for is shown in the place of the fields.
        notice = translate(f"request-refused-{refused.code.replace('_', '-')}")
        return make_response(_page(*_read(partner_id), given, {}, notice), 409)
    return to("requesting_pages.show") if asked else to_status()


def _read(partner_id: UUID) -> tuple[Partner, Request | None]:
    """The partner, and what it asked to be called that nobody has decided on yet."""
    with service().open_work() as work:
        partner = read_partner(work, partner_id)
        partner.check_active()
        asked = work.requests.of_partner(partner_id)
    return partner, next((one for one in asked if one.kind is Kind.COMPANY and one.is_open), None)


def _shown(name: str) -> str:
    return f"shown-{name}"


def _typed(given: Form) -> tuple[str, ...]:
    """Those that differ from what the page showed: the others may have changed since.

    A number is one of its country.
    """
    typed = {name for name in FIELDS if name in given and given[name] != given.get(_shown(name))}
    if typed & _REGISTRATION:
        typed |= _REGISTRATION
    return tuple(name for name in FIELDS if name in typed)


def _page(
    partner: Partner, waiting: Request | None, given: Form, wrong: dict[str, str], notice: str | None = None
) -> str:
    return render_template(
        "profile.html",
        given=given,
        notice=notice,
        shown=[_shown(name) for name in FIELDS],
        errors=explained_all(wrong, given),
        free=FREE_FIELDS,
        reviewed=() if waiting else ("country", *(name for name in REVIEWED_FIELDS if name != "country")),
        waiting=what_in_words(waiting) if waiting else None,
        **choices(given.get("country") or partner.profile.country),
    )
