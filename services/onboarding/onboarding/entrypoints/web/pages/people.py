"""The people of a partner: who belongs to it, who is asked; adding, removing, making one the contact."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from chassis.http.languages import is_language_switch, translate
from chassis.http.too_often import TooOften
from onboarding.domain.application import Member
from onboarding.domain.bounds import PEOPLE
from onboarding.domain.limits import Act
from onboarding.domain.partners import Actor, Partner
from onboarding.domain.refusals import AskedTooOften, NotAMember, PersonRefused
from onboarding.entrypoints.web.application_schemas import PersonSchema, member_from
from onboarding.entrypoints.web.limiting import pass_limits
from onboarding.entrypoints.web.pages.form_reading import Form, person_body
from onboarding.entrypoints.web.pages.form_words import explained_all, label_of
from onboarding.entrypoints.web.pages.signed_in import read_partner, service, signed_in, to, to_status
from onboarding.entrypoints.web.pages.too_often import too_often_page
from onboarding.handlers.commands import AskAgain, HandOver, NamePerson, RemovePerson
from onboarding.handlers.membership import ask_again
from onboarding.handlers.people import hand_over, name_person, remove_person

pages = Blueprint("people", __name__, template_folder="templates")

_PERSON = "person"


@pages.post("/people/asked-again")
@signed_in
def ask(partner_id: UUID) -> Response:
    """Have a person asked again who has not answered; what cannot be done leads back to what is so."""
    try:
        member_id = UUID(request.form.get("member_id", ""))
    except ValueError:
        return to_status()
    try:
        with service().open_work() as work:
            ask_again(work, AskAgain(partner_id=partner_id, member_id=member_id))
    except (AskedTooOften, NotAMember):
        pass  # the page says whom one may ask
    return to_status()


@pages.get("/people")
@signed_in
def show(partner_id: UUID) -> str:
    """Everybody, and a form for one more."""
    with service().open_work() as work:
        return _page(read_partner(work, partner_id), Form(), {})


@pages.post("/people")
@signed_in
def add(partner_id: UUID) -> Response:
    """Name one more person, or show the form again with every wrong field."""
    given = request.form
    with service().open_work() as work:
        partner = read_partner(work, partner_id)
    if is_language_switch():
        return make_response(_page(partner, given, {}))
    try:
        body = PersonSchema().load(person_body(given, _PERSON))
    except ValidationError as wrong:
        return make_response(_page(partner, given, _by_field(wrong)), 422)
    person = member_from(body, partner.profile.language)
    if any(_is_same(person, known) for known in partner.members):
        return to("people.show")  # a second click
    return _name(partner, person, given)


def _name(partner: Partner, person: Member, given: Form) -> Response:
    try:
        pass_limits(Act.NAME_PERSON, email=person.email, application_id=partner.id)
    except TooOften as refused:
        return too_often_page(refused, _page, partner, given, {})
    try:
        with service().open_work() as work:
            name_person(work, NamePerson(partner_id=partner.id, person=person))
    except PersonRefused as refused:
        if not refused.fields:
            return make_response(_page(partner, given, {}, notice=_in_words(refused)), 409)
        wrong = {f"{_PERSON}-{field}": refused.message for field in refused.fields}
        return make_response(_page(partner, given, wrong), 422)
    return to("people.show")


@pages.get("/people/<uuid:member_id>")
@signed_in
def show_person(partner_id: UUID, member_id: UUID) -> AnyResponse | str:
    """What may be done about one person, and what that means, before it happens."""
    with service().open_work() as work:
        partner = read_partner(work, partner_id)
    try:
        person = partner.person(member_id)
    except NotAMember:
        return to("people.show")
    return render_template("person.html", person=person, partner=partner, may_change=partner.takes_members)


@pages.post("/people/<uuid:member_id>/removal")
@signed_in
def remove(partner_id: UUID, member_id: UUID) -> Response:
    """Let the person go; who is gone already is gone."""
    command = RemovePerson(partner_id=partner_id, member_id=member_id, by=Actor("partner"))
    try:
        with service().open_work() as work:
            remove_person(work, command)
    except NotAMember:
        pass
    except PersonRefused as refused:
        return _refused(partner_id, _in_words(refused))
    return to("people.show")


@pages.post("/people/<uuid:member_id>/contact")
@signed_in
def make_contact(partner_id: UUID, member_id: UUID) -> Response:
    """Hand the role over, which ends this very session, as the page after it says."""
    command = HandOver(partner_id=partner_id, member_id=member_id, by=Actor("partner"))
    try:
        with service().open_work() as work:
            hand_over(work, command)
    except NotAMember:
        return _refused(partner_id, translate("people-not-a-member"))
    except PersonRefused as refused:
        return _refused(partner_id, _in_words(refused))
    return to("arriving.new_link", why="handed-over")


def _refused(partner_id: UUID, notice: str) -> Response:
    with service().open_work() as work:
        partner = read_partner(work, partner_id)
    return make_response(_page(partner, Form(), {}, notice=notice), 409)


def _page(partner: Partner, given: Form, wrong: Mapping[str, str], notice: str | None = None) -> str:
    return render_template(
        "people.html",
        partner=partner,
        given=given,
        errors=explained_all(wrong, given),
        notice=notice,
        may_change=partner.takes_members,
        may_add=partner.takes_members and len(partner.members) < PEOPLE,
        label_of=label_of,
    )


def _by_field(wrong: ValidationError) -> dict[str, str]:
    return {f"{_PERSON}-{field}": str(messages[0]) for field, messages in wrong.messages_dict.items()}


def _is_same(person: Member, known: Member) -> bool:
    is_alike = (person.full_name, person.language) == (known.full_name, known.language)
    return is_alike and person.mailbox == known.mailbox


def _in_words(refused: PersonRefused) -> str:
    return translate(f"people-{refused.code}".replace("_", "-"))
