"""Mails that failed for good, with a retry, and mails that keep failing."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for

from console.entrypoints.web.acts import Act, Target, add_acts
from console.entrypoints.web.asking import chosen, page
from console.entrypoints.web.words import whole_id

pages = Blueprint("mail_list", __name__, template_folder="templates")


@pages.get("/mails")
def show() -> str:
    """Of all partners, in the order they were planned."""
    row = "GET /v1/failed-messages"
    still_tried = chosen(row, "still_tried")
    return render_template("mails.html", still_tried=still_tried, **page(row, still_tried=still_tried))


def _describe(message_id: UUID) -> Target:
    """Leads back to the partner, if the operator came from there."""
    partner_id = whole_id(request.args.get("partner", ""))
    back = (
        url_for("one_partner.show", partner_id=partner_id, _anchor="mails")
        if partner_id
        else url_for("mail_list.show")
    )
    return Target(title=str(message_id), back=back)


add_acts(
    pages,
    "/mails/<uuid:message_id>",
    _describe,
    Act("retry-mail", "POST /v1/messages/{message_id}/retry", at="retry"),
)
