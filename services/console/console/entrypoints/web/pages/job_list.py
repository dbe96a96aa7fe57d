"""Background jobs of all services whose work is not done: the cause, one more try, giving up."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for

from chassis.http.languages import translate
from console.entrypoints.web.acts import Act, Target, add_acts
from console.entrypoints.web.asking import (
    LONGEST_FILTER,
    ON_A_PAGE,
    known_service,
    named,
    pages_of_services,
    services,
    wanted_services,
)
from operator_client.operator import Facts

pages = Blueprint("job_list", __name__, template_folder="templates")
_ALL = "GET /v1/failed-jobs"


@pages.get("/events/jobs")
def show() -> str:
    """The oldest first, service by service; one service at a time can be paged."""
    task = request.args.get("task", "")[:LONGEST_FILTER] or None
    cursor = request.args.get("cursor") if len(wanted_services()) == 1 else None
    answers = pages_of_services(_ALL, ON_A_PAGE, cursor=cursor, task=task)
    return render_template(
        "jobs.html",
        jobs=list(chain(*named(answers, _ALL))),
        next_cursors={name: page["next_cursor"] for name, page in answers.found.items()},
        services=services(),
        task=task,
        failures=answers.failures,
    )


def _chosen(_: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The job, or all of one task, as the address has it."""
    job, task = request.args.get("job", type=int), request.args.get("task", "")[:LONGEST_FILTER]
    return ({"job": job} if job else {"task": task} if task else None) or abort(404)


def _describe(service: str) -> Target:
    chosen = _chosen()
    return Target(
        title=known_service(service),
        back=url_for("job_list.show"),
        facts=[
            ("letter-service", service),
            ("column-job", str(chosen.get("job", ""))),
            ("column-task", chosen.get("task") or request.args.get("task", "")[:LONGEST_FILTER]),
        ],
    )


def _tell(outcome: Facts) -> str:
    told = translate("jobs-settled", count=outcome["jobs"])
    return f"{told} {translate('letters-more')}" if outcome["has_more"] else told


add_acts(
    pages,
    "/events/jobs/<service>",
    _describe,
    Act("retry-jobs", "POST /v1/failed-jobs/retry", adds=_chosen, tell=_tell),
    Act("discard-jobs", "POST /v1/failed-jobs/discard", is_grave=True, adds=_chosen, tell=_tell),
)
