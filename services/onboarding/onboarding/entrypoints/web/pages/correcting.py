"""The applicant corrects just what was asked for."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request
from marshmallow import ValidationError

from chassis.http.languages import is_language_switch
from chassis.text.mail_addresses import canonical_address
from onboarding.domain.moves import Move
from onboarding.domain.partners import Partner
from onboarding.domain.refusals import CorrectionRefused
from onboarding.entrypoints.web.application_schemas import CorrectionSchema, changes_from
from onboarding.entrypoints.web.pages.form_reading import (
    Form,
    correction_body,
    errors_by_field,
    filled_rows,
    members_changed,
    row_count,
)
from onboarding.entrypoints.web.pages.form_words import choices, explained_all
from onboarding.entrypoints.web.pages.signed_in import read_partner, service, signed_in, to_status
from onboarding.handlers.commands import SubmitCorrection
from onboarding.handlers.review import submit_correction

pages = Blueprint("correcting", __name__, template_folder="templates")


@pages.get("/correction")
@signed_in
def form(partner_id: UUID) -> str:
    """The fields in question, with what they hold now."""
    partner = _partner_to_correct(partner_id)
    return _form(partner, _present(partner), {})


@pages.post("/correction")
@signed_in
def send(partner_id: UUID) -> Response:
    """Take the correction, or show the form again with every wrong field."""
    given = request.form
    partner = _partner_to_correct(partner_id)
    if changed := members_changed(given):
        return make_response(_form(partner, changed, {}))
    if is_language_switch():
        return make_response(_form(partner, given, {}))
    try:
        body = CorrectionSchema(partial=True).load(correction_body(given, _fields(partner)))
    except ValidationError as wrong:
        return make_response(_form(partner, given, errors_by_field(wrong.messages_dict, given)), 422)
    changes = changes_from(body, partner.profile.language)
    if doubled := _contact_again(partner, body, given):
        return make_response(_form(partner, given, doubled), 422)
    try:
        with service().open_work() as work:
            submit_correction(work, SubmitCorrection(partner_id=partner_id, changes=changes))
    except CorrectionRefused as refused:
        if not set(refused.fields) <= set(_fields(partner)):
            raise
        return make_response(_form(partner, given, dict.fromkeys(refused.fields, str(refused))), 422)
    return to_status()


def _partner_to_correct(partner_id: UUID) -> Partner:
    with service().open_work() as work:
        partner = read_partner(work, partner_id)
    partner.check(Move.SUBMIT_CORRECTION)
    return partner


def _contact_again(partner: Partner, body: Mapping[str, Any], given: Form) -> dict[str, str]:
    """Rows that name the contact once more, who is on the team anyway."""
    contact = partner.contact.mailbox
    rows = zip(filled_rows(given), body.get("members", ()), strict=False)
    message = "Someone else has this address already."
    return {
        f"member-{row}-email": message
        for row, person in rows
        if canonical_address(person["email"]) == contact
    }


def _fields(partner: Partner) -> tuple[str, ...]:
    return partner.correction.fields if partner.correction else ()


def _present(partner: Partner) -> Form:
    """What the form holds before anyone writes into it."""
    present = Form()
    for name, value in vars(partner.profile).items():
        for item in value if isinstance(value, tuple) else [value]:
            present.add(name, str(item))
    others = [member for member in partner.members if not member.is_contact]
    for row, member in enumerate(others):
        for name in ("given_name", "family_name", "email", "language"):
            present[f"member-{row}-{name}"] = str(getattr(member, name))
    return present


def _form(partner: Partner, given: Form, wrong: dict[str, str]) -> str:
    return render_template(
        "correction.html",
        partner=partner,
        fields=_fields(partner),
        given=given,
        errors=explained_all(wrong, given),
        rows=row_count(given),
        **choices(given.get("country") or partner.profile.country),
    )
