"""What waits for a second person, in all services: who proposes what, and why."""

import heapq
from functools import partial
from uuid import UUID

from flask import Blueprint, render_template, url_for

from console.entrypoints.web.acts import Act, Target, add_acts
from console.entrypoints.web.asking import ask_together, known_service, operator, wanted_services
from console.entrypoints.web.words import moment, plainly
from operator_client.operator import Facts, Operator

pages = Blueprint("proposal_list", __name__, template_folder="templates")
# More than ever wait.
MOST = 500
_ONE = "/v1/proposals/{proposal_id}"


def waiting_in(asked: Operator, service: str) -> list[Facts]:
    """The proposals of one service, each with its name."""
    page = asked.page("GET /v1/proposals", service, limit=MOST)
    return [{"service": service, **found} for found in page["proposals"]]


@pages.get("/proposals")
def show() -> str:
    """Oldest first, from all services, because ids are ordered by time."""
    asked = operator()
    answers = ask_together({name: partial(waiting_in, asked, name) for name in wanted_services()})
    found = list(heapq.merge(*answers.found.values(), key=lambda one: one["proposal_id"]))
    return render_template("proposals.html", proposals=found, failures=answers.failures)


def _describe(service: str, proposal_id: UUID) -> Target:
    found = operator().ask(f"GET {_ONE}", known_service(service), proposal_id=proposal_id)
    return Target(
        title=f"{found['action']}: {found['target']}",
        back=url_for("proposal_list.show"),
        facts=[
            ("column-with", plainly(found["body"])),
            ("proposal-reason", found["reason"]),
            ("proposal-by", found["proposed_by"]),
            ("proposal-since", moment(found["proposed_at"])),
            ("proposal-until", moment(found["expires_at"])),
            ("proposal-role", found["role"]),
        ],
    )


add_acts(
    pages,
    "/proposals/<service>/<uuid:proposal_id>",
    _describe,
    Act("confirm-proposal", f"POST {_ONE}/confirmation", is_grave=True),
    Act("decline-proposal", f"POST {_ONE}/refusal"),
)
