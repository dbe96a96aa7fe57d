"""Every error becomes an answer: problem details for programs, a translated page for people."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolEmpty
from werkzeug.exceptions import HTTPException

from chassis.database.outages import describe, is_unavailable
from chassis.failures import NeverPossible, NotNow
from chassis.http.problems import PROBLEM_MEDIA_TYPE, Problem, problem_from

ProblemMaker = Callable[[Any], Problem]


def answer_errors(app: Flask, problems: Mapping[type[Exception], ProblemMaker]) -> None:
    """Register the handlers; ``problems`` maps a service's own exceptions."""
    table: dict[type[Exception], ProblemMaker] = {
        HTTPException: problem_from,
        DBAPIError: _database_failed,
        PoolEmpty: _unavailable,
        NotNow: _not_now,
        NeverPossible: lambda failure: Problem(409, failure.code, failure.message),
        **problems,
    }
    for kind, make_problem in table.items():
        app.register_error_handler(kind, handler_by(make_problem))


def answer_with(problem: Problem) -> Response:
    """The problem as a page when the client prefers HTML, else as problem+json."""
    if prefers_html():
        body = render_template("error.html", problem=problem, request_id=g.get("request_id"))
        response = Response(body, status=problem.code, mimetype="text/html")
    else:
        body = current_app.json.dumps(problem.as_members(g.get("request_id")))
        response = Response(body, status=problem.code, content_type=PROBLEM_MEDIA_TYPE)
    response.headers.extend(problem.get_headers())
    return response


def prefers_html() -> bool:
    """Whether Accept puts HTML before JSON; ``*/*`` alone does not."""
    offers = [PROBLEM_MEDIA_TYPE, "application/json", "text/html"]
    return request.accept_mimetypes.best_match(offers, PROBLEM_MEDIA_TYPE) == "text/html"


def handler_by(make_problem: ProblemMaker) -> Callable[[Exception], Response]:
    """For `register_error_handler`: answers with the problem made from the exception."""

    def handle(error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.response is not None:
            return current_app.make_response(error.response)
        return answer_with(make_problem(error))

    return handle


def _database_failed(error: DBAPIError) -> Problem:
    """The database is unavailable, silent or busy; any other failure of a statement is a fault of ours."""
    if not is_unavailable(error):
        raise error
    return _unavailable(error)


def _unavailable(error: Exception) -> Problem:
    current_app.logger.warning("database unavailable: %s", describe(error))
    told = "The database does not answer, or is busy. Try again in a moment."
    return Problem(503, "unavailable", told, headers={"Retry-After": "5"})


def _not_now(failure: NotNow) -> Problem:
    seconds = int(failure.retry_after.total_seconds()) if failure.retry_after else 5
    return Problem(503, failure.code, failure.message, headers={"Retry-After": str(max(seconds, 1))})
