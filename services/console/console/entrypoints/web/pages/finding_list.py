"""What stands outside and no grant answers for: the list, and what may be done to one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for

from chassis.http.languages import translate
from console.entrypoints.web.acts import Act, Field, Target, add_act, facts_of
from console.entrypoints.web.asking import operator
from console.entrypoints.web.moving import part
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
        acts_that_fit=acts_that_fit,
        **_newest_sweep(asked),
    )


@pages.get("/findings/sweep-part")
def show_sweep() -> str | Response:
    """How far the sweep is, as long as one is under way."""
    given = _newest_sweep(Sweeps(operator().http))
    return part("sweep_part.html", given["sweep"], **given)


def _newest_sweep(asked: Sweeps) -> dict[str, Any]:
    sweep = next(iter(asked.newest()), None)
    return {"sweep": sweep, "moves_on": sweep is not None and sweep["ended_at"] is None}


def describe(finding_id: UUID) -> Target:
    """The finding as it stands now."""
    finding = Sweeps(operator().http).finding(str(finding_id))
    return Target(
        title=f"{word('thing', finding['kind'])} {finding['label'] or finding['outside_id']}",
        back=url_for("finding_list.show", state=finding["state"]),
        facts=facts_of(
            ("grant-partner", finding["partner_id"]),
            ("grant-state", word("finding", finding["state"])),
            ("grant-cause", finding["message"]),
        ),
    )


def acts_that_fit(finding: Facts) -> Sequence[str]:
    """What may be done to the finding where it stands."""
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


def _performing(act: Callable[..., Facts], **more: Any) -> Callable[..., Facts]:
    def perform(asked: Operator, given: Mapping[str, Any], finding_id: UUID) -> Facts:
        return act(Sweeps(asked.http), str(finding_id), given["reason"], **more)

    return perform


def _adopt(asked: Operator, given: Mapping[str, Any], finding_id: UUID) -> Facts:
    return Sweeps(asked.http).adopt(str(finding_id), given["grant_id"], given["reason"])


def _run_sweep(asked: Operator, given: Mapping[str, Any]) -> Facts:
    return Sweeps(asked.http).run(given["reason"])


def _act(name: str, perform: Callable[..., Facts], path: str, **more: Any) -> None:
    needs = f"POST /v1/findings/{{finding_id}}/{path}"
    add_act(
        pages,
        f"/findings/<uuid:finding_id>/{name}",
        Act(name, describe, perform, needs, "provisioning", **more),
    )


_act("adopt-finding", _adopt, "adoption", fields=(Field("grant_id"),))
_act("ignore-finding", _performing(Sweeps.ignore), "ignoring")
_act("reopen-finding", _performing(Sweeps.reopen), "reopening")
_act("remove-finding", _performing(Sweeps.remove), "removal", is_grave=True)
_act(
    "remove-unowned",
    _performing(Sweeps.remove, although_owner_unknown=True),
    "removal",
    is_grave=True,
)
add_act(
    pages,
    "/findings/sweep",
    Act(
        "run-sweep",
        lambda: Target(translate("findings-title"), url_for("finding_list.show")),
        _run_sweep,
        "POST /v1/sweeps",
        "provisioning",
    ),
)
