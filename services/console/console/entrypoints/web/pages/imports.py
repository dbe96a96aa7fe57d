"""Applications from a CSV file: a preview by row and field, then an import row by row."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.entrypoints.web.acts import LONGEST_REASON, UNPROCESSABLE, may_call
from console.entrypoints.web.asking import operator
from console.entrypoints.web.csv_import import (
    COLUMNS,
    MOST_BYTES,
    MOST_ROWS,
    FileRefused,
    Row,
    decoded,
    rows_of,
)
from console.entrypoints.web.failure_pages import UNAUTHORIZED
from operator_client.http import OperatorsFailure, Refused, Unreachable

pages = Blueprint("imports", __name__, template_folder="templates")
NEEDS = "POST /v1/application-imports"
ROWS_PER_STEP = 20
LONGEST_FAILURE = 400
BOUNDS = {"columns": COLUMNS, "most_rows": MOST_ROWS, "most_kilobytes": MOST_BYTES // 1024}
Answer = str | tuple[str, int]


@pages.get("/imports")
def show() -> str:
    """The page to choose a file."""
    return render_template("import.html", **BOUNDS)


@pages.get("/imports/preview")
@pages.get("/imports/run")
def choose_again() -> AnyResponse:
    """To that page, after a sign-in: the file was not kept."""
    return redirect(url_for(".show"), 303)


@pages.post("/imports/preview")
def preview() -> Answer:
    """Every row as the services would read it; changes nothing."""
    _check_role()
    file = request.files.get("file")
    try:
        text = decoded(file.read() if file else b"")
        rows = rows_of(text)
    except FileRefused as refusal:
        return render_template("import.html", refusal=refusal, **BOUNDS), UNPROCESSABLE
    return _preview(text, rows)


@pages.post("/imports/run")
def run() -> Answer:
    """Import the next rows; an imported row is not created twice, so each step may be sent again."""
    _check_role()
    text, reason = request.form.get("text", ""), request.form.get("reason", "").strip()[:LONGEST_REASON]
    try:
        rows = rows_of(decoded(text.encode()))
    except FileRefused as refusal:
        return render_template("import.html", refusal=refusal, **BOUNDS), UNPROCESSABLE
    if not reason:
        return _preview(text, rows, is_reason_missing=True), UNPROCESSABLE
    done, new, known = (request.form.get(name, 0, int) for name in ("done", "new", "known"))
    failed = [line[:LONGEST_FAILURE] for line in request.form.getlist("failed")][:MOST_ROWS]
    stopped: OperatorsFailure | None = None
    for row in rows[max(done, 0) :][:ROWS_PER_STEP]:
        try:
            outcome = operator(act_key=str(uuid4())).ask(NEEDS, application=row.application, reason=reason)
        except OperatorsFailure as failure:
            if isinstance(failure, Unreachable):
                stopped = failure
                break
            failed.append(f"{row.number}: {'; '.join(_told(failure))}"[:LONGEST_FAILURE])
        else:
            new, known = new + outcome["is_new"], known + (not outcome["is_new"])
        done += 1
    return render_template(
        "import_part.html" if request.headers.get("HX-Request") else "import_run.html",
        text=text,
        reason=reason,
        rows=len(rows),
        done=done,
        new=new,
        known=known,
        failed=failed,
        stopped=stopped,
        moves_on=done < len(rows) and stopped is None,
    )


def _check_role() -> None:
    if not may_call(NEEDS, "onboarding"):
        abort(403)


def _preview(text: str, rows: Iterable[Row], *, is_reason_missing: bool = False) -> str:
    tried = [(row, _tried(row)) for row in rows]
    return render_template(
        "import_preview.html",
        text=text,
        tried=tried,
        wrong=sum(bool(errors) for _, errors in tried),
        is_reason_missing=is_reason_missing,
        longest=LONGEST_REASON,
    )


def _tried(row: Row) -> list[str]:
    """What is wrong with a row, field by field; an unavailable service is not the row's fault."""
    try:
        trial: dict[str, Any] = {"reason": "Preview of an import.", "is_trial": True}
        operator().ask(NEEDS, application=row.application, **trial)
    except Refused as refusal:
        return _told(refusal)
    return []


def _told(failure: OperatorsFailure) -> list[str]:
    if not isinstance(failure, Refused):
        return [str(failure)]
    if failure.status == UNAUTHORIZED:
        raise failure
    errors = failure.problem.get("errors")
    return [_field_error(error) for error in errors if isinstance(error, dict)] if errors else [str(failure)]


def _field_error(error: Mapping[str, Any]) -> str:
    parts = [part for part in str(error.get("pointer", "")).split("/") if part and not part.isdigit()]
    return f"{parts[-1] if parts else ''}: {error.get('detail', '')}"
