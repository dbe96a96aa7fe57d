"""A person whom a contact named says whether they belong to the company; no sign-in is needed, or given."""

from uuid import uuid4

from flask import Blueprint, Response, render_template, request

from chassis.http.languages import prefer_language
from chassis.http.visits import visit_of_form
from onboarding.domain.refusals import LinkRefused
from onboarding.domain.vocabulary import Product
from onboarding.entrypoints.web.link_tokens import MEMBERSHIPS, link_id_of
from onboarding.entrypoints.web.pages.refused_links import refused_link
from onboarding.entrypoints.web.pages.signed_in import service
from onboarding.handlers.commands import AnswerMembership, OpenLink
from onboarding.handlers.membership import answer_membership, look_at_membership

pages = Blueprint("membership_pages", __name__, template_folder="templates")

# What is made for each person, in the order of the page; the others are made for the company.
_WITH_SEATS = (Product.CLOUD_SANDBOX, Product.ANALYTICS, Product.CRM)
_ANSWERS = {"yes": True, "no": False}


@pages.get("/memberships/<token>")
def show(token: str) -> Response | str:
    """Say who named the person and what a yes means; mail scanners open links too, so nothing happens yet."""
    try:
        command = OpenLink(link_id=link_id_of(MEMBERSHIPS, token))
        with service().open_work() as work:
            partner, person = look_at_membership(work, command)
    except LinkRefused as refused:
        return refused_link(refused, is_membership=True)
    prefer_language(person.language)
    wanted = partner.profile.products_wanted
    return render_template(
        "membership.html",
        token=token,
        visit=uuid4(),
        company=partner.profile.legal_name,
        contact=partner.contact.full_name,
        person=person,
        seats=[product for product in _WITH_SEATS if product in wanted],
        takes_members=partner.takes_members,
    )


@pages.post("/memberships/<token>")
def answer(token: str) -> Response | str:
    """Take the answer, once; a double click is one."""
    is_right = _ANSWERS.get(request.form.get("answer", ""))
    if is_right is None:
        return show(token)
    try:
        link_id = link_id_of(MEMBERSHIPS, token)
        command = AnswerMembership(link_id=link_id, is_right=is_right, visit=visit_of_form())
        with service().open_work() as work:
            answered, partner = answer_membership(work, command)
    except LinkRefused as refused:
        return refused_link(refused, is_membership=True)
    # Who declined is not known here any more; the form knows the language that it was shown in.
    prefer_language(request.form.get("language", ""))
    return render_template("membership_answered.html", answered=answered, company=partner.profile.legal_name)
