"""Read the agreement in force and accept it; afterwards, read what was accepted."""

from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request
from markdown_it import MarkdownIt
from markupsafe import Markup

from chassis.http.languages import current_language, is_language_switch, translate
from onboarding.domain.agreements import Acceptance, AgreementText
from onboarding.domain.moves import Move
from onboarding.domain.partners import Partner
from onboarding.domain.refusals import AgreementOutdated
from onboarding.domain.vocabulary import Language
from onboarding.entrypoints.web.pages.signed_in import read_partner, service, signed_in, to, to_status
from onboarding.handlers.accept_agreement import accept_agreement
from onboarding.handlers.commands import AcceptAgreement

pages = Blueprint("agreement", __name__, template_folder="templates")

# HTML inside the Markdown is shown as text.
_markdown = MarkdownIt("commonmark", {"html": False})


@pages.get("/agreement")
@signed_in
def show(partner_id: UUID) -> str:
    """The text in the visitor's language, or once it is accepted the words that were."""
    return _shown(partner_id)


@pages.post("/agreement")
@signed_in
def accept(partner_id: UUID) -> Response:
    """Record who accepted which words; if the version is no longer in force, show the one that is."""
    if is_language_switch():
        return make_response(_shown(partner_id))
    if request.form.get("accept") != "yes":
        return make_response(_page(_company(partner_id), error=translate("wrong-accept")), 422)
    read = request.form.get("language", "")
    command = AcceptAgreement(
        partner_id=partner_id,
        version=request.form.get("version", ""),
        language=Language(read if read in tuple(Language) else current_language()),
    )
    try:
        with service().open_work() as work:
            accept_agreement(work, command)
    except AgreementOutdated:
        return make_response(_page(_company(partner_id), error=translate("agreement-changed")), 409)
    return to_status()


@pages.get("/agreement/text")
@signed_in
def download(partner_id: UUID) -> Response:
    """The very bytes whose SHA-256 was kept at the acceptance, as a file."""
    with service().open_work() as work:
        acceptance = read_partner(work, partner_id).acceptance
    text = service().policies.agreements.accepted(acceptance)
    if text is None:
        return to("agreement.show")
    answer = Response(text.markdown.encode(), mimetype="text/markdown")
    name = f"agreement-{text.version}-{text.language}.md"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _shown(partner_id: UUID) -> str:
    with service().open_work() as work:
        partner = read_partner(work, partner_id)
    if partner.acceptance is not None:
        return _accepted_page(partner, partner.acceptance)
    partner.check(Move.ACCEPT_AGREEMENT)
    return _page(partner.profile.legal_name)


def _company(partner_id: UUID) -> str:
    with service().open_work() as work:
        return read_partner(work, partner_id).profile.legal_name


def _page(company: str, error: str | None = None) -> str:
    text = service().policies.agreements.current(Language(current_language()))
    return render_template("agreement.html", company=company, text=text, body=_rendered(text), error=error)


def _accepted_page(partner: Partner, acceptance: Acceptance) -> str:
    text = service().policies.agreements.accepted(acceptance)
    return render_template(
        "agreement_accepted.html",
        acceptance=acceptance,
        partner=partner,
        text=text,
        body=_rendered(text) if text else None,
    )


def _rendered(text: AgreementText) -> Markup:
    # From a file of ours, with HTML switched off.
    return Markup(_markdown.render(text.markdown))  # noqa: S704
