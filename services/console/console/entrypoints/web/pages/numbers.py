"""Statistics on partners: the funnel by week, durations of stages, failures; and CSV."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, render_template

from chassis.http.csv_answers import csv_answer
from console.entrypoints.web.asking import operator
from console.entrypoints.web.charts import bar_chart
from console.entrypoints.web.words import word
from operator_client.operator import Facts

pages = Blueprint("numbers", __name__, template_folder="templates")
REACHED = ("applied", "email_verified", "approved", "agreement_accepted", "active")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "weeks": ("week", *REACHED),
    "stages": ("begin", "end", "partners", "median_seconds", "p90_seconds"),
    "failures": ("what", "code", "count", "partners", "newest_at"),
}
HOUR = 3_600


@pages.get("/numbers")
def show() -> str:
    """The last twelve weeks."""
    figures = operator().ask("GET /v1/figures")
    weeks, stages = figures["weeks"], figures["stages"]
    funnel = {word("reached", name): [week[name] for week in weeks] for name in REACHED}
    lasts = {word("lasts", name): [_hours(stage[name]) for stage in stages] for name in COLUMNS["stages"][3:]}
    return render_template(
        "numbers.html",
        figures=figures,
        reached=REACHED,
        funnel=bar_chart([week["week"] for week in weeks], funnel) if weeks else None,
        lasts=bar_chart(list(map(_name, stages)), lasts) if weeks else None,
        name_of_stage=_name,
    )


@pages.get("/numbers/<table>.csv")
def export(table: str) -> Response:
    """One whole table."""
    if table not in COLUMNS:
        abort(404)
    return csv_answer(table, COLUMNS[table], operator().ask("GET /v1/figures")[table])


def _name(stage: Facts) -> str:
    return f"{word('reached', stage['begin'])} → {word('reached', stage['end'])}"


def _hours(seconds: Any) -> float | None:
    return None if seconds is None else round(seconds / HOUR, 1)
