"""Outside resources without a grant: the list, and what can be done to one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, url_for

from chassis.http.languages import translate
from console.entrypoints.web.acts import Act, Target, add_acts
from console.entrypoints.web.asking import chosen, operator, page
from console.entrypoints.web.moving import part
from console.entrypoints.web.words import word
from operator_client.operations import values
from operator_client.operator import Facts

pages = Blueprint("finding_list", __name__, template_folder="templates")
_ALL = "GET /v1/findings"


@pages.get("/findings")
def show() -> str:
    """Open findings, unless another state is asked for, with the last sweep."""
    state = chosen(_ALL, "state", "open")
    return render_template(
        "findings.html",
        **page(_ALL, state=state),
        state=state,
        states=values(_ALL, "state"),
        acts_that_fit=acts_that_fit,
        **_newest_sweep(),
    )


@pages.get("/findings/sweep-part")
def show_sweep() -> str | Response:
    """The progress of the sweep, while one is running."""
    given = _newest_sweep()
    return part("sweep_part.html", given["sweep"], **given)


def _newest_sweep() -> dict[str, Any]:
    sweep = next(operator().all("GET /v1/sweeps"), None)
    return {"sweep": sweep, "moves_on": sweep is not None and sweep["ended_at"] is None}


def describe(finding_id: UUID) -> Target:
    """The finding in its present state."""
    finding = operator().ask("GET /v1/findings/{finding_id}", finding_id=finding_id)
    return Target(
        title=f"{word('thing', finding['kind'])} {finding['label'] or finding['outside_id']}",
        back=url_for("finding_list.show", state=finding["state"]),
        facts=[
            ("grant-partner", finding["partner_id"]),
            ("grant-state", word("finding", finding["state"])),
            ("grant-cause", finding["message"]),
        ],
    )


def acts_that_fit(finding: Facts) -> Sequence[str]:
    """What can be done to the finding now."""
    if finding["state"] in ("adopted", "ignored"):
        return ("reopen-finding",)
    if finding["state"] != "open":
        return ()
    if finding["kind"] == "detection_gap":
        return ("adopt-finding", "ignore-finding")
    return (
        "adopt-finding",
        "ignore-finding",
        "remove-finding" if finding["partner_id"] else "remove-unowned",
    )


_ONE = "POST /v1/findings/{finding_id}"
add_acts(
    pages,
    "/findings/<uuid:finding_id>",
    describe,
    Act("adopt-finding", f"{_ONE}/adoption", ("grant_id",)),
    Act("ignore-finding", f"{_ONE}/ignoring"),
    Act("reopen-finding", f"{_ONE}/reopening"),
    Act("remove-finding", f"{_ONE}/removal", is_grave=True),
    Act(
        "remove-unowned",
        f"{_ONE}/removal",
        is_grave=True,
        adds=lambda _: {"although_owner_unknown": True},
    ),
)
add_acts(
    pages,
    "/findings",
    lambda: Target(translate("findings-title"), url_for("finding_list.show")),
    Act("run-sweep", "POST /v1/sweeps", at="sweep"),
)
