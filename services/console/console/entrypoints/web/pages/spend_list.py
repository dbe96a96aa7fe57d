"""What accounts cost according to AWS's bills, by month; also as a file."""

import re
from typing import Any

from flask import Blueprint, Response, render_template, request

from chassis import clock
from chassis.http.csv_answers import csv_answer
from console.entrypoints.web.asking import chosen, operator, page
from console.entrypoints.web.partner_acts import TIERS

pages = Blueprint("spend_list", __name__, template_folder="templates")
COLUMNS = (
    *("month", "account_id", "grant_id", "partner_id", "company", "tier"),
    *("charged_usd", "refunded_usd", "credited_usd", "net_usd", "billed_until"),
)
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


@pages.get("/spend")
def show() -> str:
    """A page of one month, by default the present one."""
    wanted = _wanted()
    return render_template("spend.html", **page("GET /v1/spend", **wanted), tiers=TIERS, **wanted)


@pages.get("/spend.csv")
def export() -> Response:
    """The whole month as a file."""
    return csv_answer("spend", COLUMNS, operator().all("GET /v1/spend", **_wanted()))


def _wanted() -> dict[str, Any]:
    month = request.args.get("month", "")
    is_month = _MONTH.fullmatch(month) is not None
    return {
        "month": month if is_month else f"{clock.now():%Y-%m}",
        "tier": chosen("GET /v1/spend", "tier"),
    }
