"""A partner sees who receives its data and what for, agrees, and withdraws; onboarding signs it in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from chassis.http.form_subjects import is_form_of_another
from chassis.http.languages import current_language, is_sent_form
from chassis.http.principals import Kind, current_principal, has_renewable_cookie
from integrations.domain.consents import Purpose, Sharing
from integrations.domain.event_types import EventType
from integrations.domain.refusals import ConsentNotOpen, ConsentOutdated
from integrations.entrypoints.web.api.own import expect_found
from integrations.entrypoints.web.own_consents import agree, current_partner, withdraw
from integrations.entrypoints.web.pages.signed_in import service
from integrations.handlers.commands import OfPartner
from integrations.handlers.consents import sharing_with_all

pages = Blueprint("sharing", __name__, template_folder="templates")


@dataclass(frozen=True)
class SharingLine:
    """One integrator as the page tells it; ``groups`` are the event types by what they are about."""

    sharing: Sharing
    groups: dict[str, list[str]]
    tells_personal: bool

    @property
    def purpose(self) -> str:
        request, consents = self.sharing.request, self.sharing.consents
        purpose: Purpose = request.purpose if request else consents[0].purpose
        return purpose.de if current_language() == "de" else purpose.en


def partner_signed_in(view: Callable[..., AnyResponse]) -> Callable[..., AnyResponse]:
    """Send visitors whom onboarding does not know to it; it sends those back whose token alone has ended."""

    @wraps(view)
    def guard(**ids: UUID) -> AnyResponse:
        if current_principal().kind is not Kind.GUEST:
            no_longer = "/new-link?why=unsent" if is_sent_form() else "/new-link"
            place = f"/session?next={url_for('sharing.show')}" if has_renewable_cookie() else no_longer
            return redirect(f"{service().settings.onboarding_public_url}{place}", 303)
        if is_form_of_another():
            return redirect(f"{service().settings.onboarding_public_url}/new-link?why=another", 303)
        return view(**ids)

    return guard


@pages.context_processor
def ways_back() -> dict[str, str]:
    home = service().settings.onboarding_public_url
    return {"home_url": f"{home}/", "status_url": f"{home}/status"}


@pages.get("/sharing")
@partner_signed_in
def show() -> Response:
    """Integrators that ask, and former ones that were agreed to."""
    return _page()


@pages.post("/sharing/<uuid:integrator_id>")
@partner_signed_in
def give(integrator_id: UUID) -> AnyResponse:
    """Agree to what the form showed; where something else is asked for by now, that is shown."""
    try:
        with service().open_work() as work:
            expect_found(agree(work, integrator_id, request.form.get("shown", "")))
    except ConsentOutdated:
        return _page("outdated", 409)
    except ConsentNotOpen:
        return _page("not-open", 409)
    return redirect(url_for(".show"), 303)


@pages.post("/sharing/<uuid:integrator_id>/withdrawal")
@partner_signed_in
def end(integrator_id: UUID) -> AnyResponse:
    """Agree no more; it counts at once."""
    with service().open_work() as work:
        expect_found(withdraw(work, integrator_id))
    return redirect(url_for(".show"), 303)


def _page(notice: str | None = None, status: int = 200) -> Response:
    partner_id = current_partner()
    with service().open_work() as work:
        partner = work.partners.get(partner_id)
        lines = [_line(one) for one in sharing_with_all(work, OfPartner(partner_id))]
    may_agree = partner is None or partner.may_agree
    page = render_template("sharing.html", lines=lines, notice=notice, may_agree=may_agree)
    return make_response(page, status)


def _line(sharing: Sharing) -> SharingLine:
    """What is asked for now; else what was agreed to."""
    asked = sharing.request or sharing.consents[0]
    catalogue = service().settings.catalogue
    known: Sequence[EventType] = [catalogue[key] for key in asked.event_types if key in catalogue]
    groups: dict[str, list[str]] = {}
    for kind in known:
        groups.setdefault(kind.key.partition(".")[0], []).append(kind.title)
    return SharingLine(sharing, groups, asked.sees_personal and any(kind.is_personal for kind in known))
