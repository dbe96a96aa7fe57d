"""What stands outside and no grant answers for: the list, and what may be done to one."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, render_template, request, url_for

from console.entrypoints.web.acts import Act, Target, add_act, facts_of
from console.entrypoints.web.asking import operator
from console.entrypoints.web.words import word
from operator_client.operator import Facts, Operator
from operator_client.sweeps import Sweeps

pages = Blueprint("finding_list", __name__, template_folder="templates")
STATES = ("suspected", "open", "removing", "removed", "adopted", "ignored", "gone")
ON_A_PAGE = 50


@pages.get("/findings")
def show() -> str:
    """Those that wait unless another state is asked for, with the sweep that was last."""
    wanted = request.args.get("state")
    state = wanted if wanted in STATES else "open"
    asked = Sweeps(operator().http)
    page = asked.findings_page(state=state, limit=ON_A_PAGE, cursor=request.args.get("cursor"))
    return render_template(
        "findings.html",
        findings=page["findings"],
        next_cursor=page["next_cursor"],
        state=state,
        states=STATES,
        sweep=next(iter(asked.newest()), None),
    )


def describe(finding_id: UUID) -> Target:
    """The finding as it stands now."""
    wanted = str(finding_id)
    every = Sweeps(operator().http).findings("open")
    finding = next((found for found in every if found["finding_id"] == wanted), None)
    if finding is None:
        abort(404)
    return Target(
        title=f"{word('thing', finding['kind'])} {finding['label'] or finding['outside_id']}",
        back=url_for("finding_list.show"),
        facts=facts_of(
            ("grant-partner", finding["partner_id"]),
            ("grant-cause", finding["message"]),
        ),
    )


def _performing(act: Callable[[Sweeps, str, str], Facts]) -> Callable[..., Facts]:
    def perform(asked: Operator, given: Mapping[str, Any], finding_id: UUID) -> Facts:
        return act(Sweeps(asked.http), str(finding_id), given["reason"])

    return perform


for name, act, path, is_grave in (
    ("ignore-finding", Sweeps.ignore, "ignoring", False),
    ("remove-finding", Sweeps.remove, "removal", True),
):
    needed = f"POST /v1/findings/{{finding_id}}/{path}"
    add_act(
        pages,
        f"/findings/<uuid:finding_id>/{name}",
        Act(name, describe, _performing(act), needed, "provisioning", is_grave=is_grave),
    )
