"""Mails that failed for good, and one more try."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for

from console.entrypoints.web.acts import Act, Target, add_act
from console.entrypoints.web.asking import operator
from console.entrypoints.web.identifiers import whole_id
from operator_client.operator import Facts, Operator

pages = Blueprint("mail_list", __name__, template_folder="templates")
ON_A_PAGE = 50


@pages.get("/mails")
def show() -> str:
    """Of all partners, in the order they were planned."""
    page = operator().failed_messages_page(limit=ON_A_PAGE, cursor=request.args.get("cursor"))
    return render_template("mails.html", messages=page["messages"], next_cursor=page["next_cursor"])


def _describe(message_id: UUID) -> Target:
    """Back to the partner, where one came from there."""
    partner_id = whole_id(request.args.get("partner", ""))
    back = (
        url_for("one_partner.show", partner_id=partner_id, _anchor="mails")
        if partner_id
        else url_for("mail_list.show")
    )
    return Target(title=str(message_id), back=back)


def _retry(asked: Operator, given: Mapping[str, Any], message_id: UUID) -> Facts:
    return asked.retry_message(str(message_id), given["reason"])


add_act(
    pages,
    "/mails/<uuid:message_id>/retry",
    Act("retry-mail", _describe, _retry, "POST /v1/messages/{message_id}/retry", "notifications"),
)
