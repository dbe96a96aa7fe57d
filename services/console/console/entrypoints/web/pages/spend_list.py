"""What accounts cost by AWS's bills, month by month; the same as a file."""

import re
from typing import Any

from flask import Blueprint, Response, render_template, request

from chassis import clock
from chassis.http.csv_answers import csv_answer
from console.entrypoints.web.asking import operator
from console.entrypoints.web.partner_acts import TIERS

pages = Blueprint("spend_list", __name__, template_folder="templates")
COLUMNS = (
    *("month", "account_id", "grant_id", "partner_id", "company", "tier"),
    *("charged_usd", "refunded_usd", "credited_usd", "net_usd", "billed_until"),
)
ON_A_PAGE = 50
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


@pages.get("/spend")
def show() -> str:
    """A page of one month, this one unless told otherwise."""
    wanted = _wanted()
    page = operator().spend_page(**wanted, limit=ON_A_PAGE, cursor=request.args.get("cursor"))
    return render_template(
        "spend.html", lines=page["lines"], next_cursor=page["next_cursor"], tiers=TIERS, **wanted
    )


@pages.get("/spend.csv")
def export() -> Response:
    """All of the month as a file."""
    return csv_answer("spend", COLUMNS, operator().spend(**_wanted()))


def _wanted() -> dict[str, Any]:
    month, tier = request.args.get("month", ""), request.args.get("tier")
    is_month = _MONTH.fullmatch(month) is not None
    return {
        "month": month if is_month else f"{clock.now():%Y-%m}",
        "tier": tier if tier in TIERS else None,
    }
