"""What was learned by whom, the person's language, and all data to take along."""

from uuid import UUID

from flask import Blueprint, Response, render_template, request

from onboarding.domain.limits import Act
from onboarding.domain.vocabulary import Language
from onboarding.entrypoints.web.limiting import pass_limits
from onboarding.entrypoints.web.own_export import export
from onboarding.entrypoints.web.pages.signed_in import read_partner, service, signed_in, to, to_status
from onboarding.handlers.commands import ChooseLanguage
from onboarding.handlers.own_data import choose_language

pages = Blueprint("own_data_pages", __name__, template_folder="templates")


@pages.get("/learning")
@signed_in
def learning(partner_id: UUID) -> str:
    """By person, those who learned last first."""
    with service().open_work() as work:
        partner = read_partner(work, partner_id)
        found = work.lists.learning(partner_id)
    names = {person.id: person.full_name for person in partner.members}
    return render_template("learning.html", lines=found, names=names)


@pages.post("/language")
@signed_in
def choose(partner_id: UUID) -> Response:
    """Pages and mails speak it from now on."""
    try:
        language = Language(request.form.get("language", ""))
    except ValueError:
        return to_status()
    pass_limits(Act.CHANGE_OWN, application_id=partner_id)
    with service().open_work() as work:
        contact = read_partner(work, partner_id).contact
        choose_language(work, ChooseLanguage(partner_id=partner_id, member_id=contact.id, language=language))
    return to("status.show", lang=language)


@pages.post("/export")
@signed_in
def take_along(partner_id: UUID) -> Response:
    """A file with all that is kept here about the partner, in its language."""
    return export(partner_id)
