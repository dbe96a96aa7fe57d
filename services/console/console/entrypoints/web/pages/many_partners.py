"""One act for several partners: the list to confirm, and the outcome of each."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeGuard
from uuid import UUID, uuid5

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from chassis.http.languages import translate
from console.bootstrap import MOST_ASKED
from console.entrypoints.web.acts import Act, Target, act_url, add_acts
from console.entrypoints.web.asking import ask_together, operator
from console.entrypoints.web.failure_pages import UNAUTHORIZED
from console.entrypoints.web.words import whole_id, word
from operator_client.http import OperatorsFailure, Refused, Unreachable
from operator_client.operator import NOT_FOUND, Facts

pages = Blueprint("many_partners", __name__, template_folder="templates")
# From which list each is chosen.
LISTS = {"approve-many": "review_queue.show", "offboard-many": "find_partners.show"}


@pages.get("/partners/chosen")
def choose() -> Any:
    """From the boxes of a list to the act; back to the list where none was ticked."""
    name = request.args.get("act", "")
    if name not in LISTS:
        abort(404)
    chosen = _chosen()
    if not chosen:
        flash(translate("many-nobody"), "warn")
        return redirect(url_for(LISTS[name]), 303)
    return redirect(act_url(name, partner=chosen), 303)


def _chosen() -> list[str]:
    """Each once, in the order of the list."""
    ids = dict.fromkeys(map(whole_id, request.args.getlist("partner")))
    return [known for known in ids if known][:MOST_ASKED]


def _describe(name: str) -> Target:
    asked, chosen = operator(), _chosen()
    if not chosen:
        abort(404)
    answers = ask_together({one: partial(asked.partner, one) for one in chosen})
    for failure in answers.failures.values():
        if not (isinstance(failure, Refused) and failure.status == NOT_FOUND and answers.found):
            raise failure
    return Target(
        title=translate("many-title", count=len(chosen)),
        back=url_for(LISTS[name]),
        listed=[_line(one, answers.found.get(one), answers.failures.get(one)) for one in chosen],
    )


def _line(partner_id: str, partner: Facts | None, failure: OperatorsFailure | None) -> str:
    """One may have been erased since the list was shown: that keeps nobody from the others."""
    if partner is None:
        return f"{partner_id}: {failure}"
    return f"{partner['company']['legal_name']} ({word('state', partner['state'])})"


def _perform(move: str, given: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """One request for each, with a key of its own: what was cut can be sent again; refusals are listed.

    So is what was done before the session ended, or the service went away.
    """
    facts = {name: given[name] for name in ("tier", "reason") if name in given}
    outcomes: list[tuple[str, str | None]] = []
    is_away: OperatorsFailure | None = None
    for partner_id in _chosen():
        if is_away is None:
            asked = operator(act_key=str(uuid5(UUID(given["key"]), partner_id)))
            failure = _failure_of(partial(asked.move, partner_id, move, **facts))
            if _ends_session(failure) and not outcomes:
                raise failure
            is_away = failure if isinstance(failure, Unreachable) or _ends_session(failure) else None
            outcomes.append((partner_id, str(failure) if failure else None))
        else:
            outcomes.append((partner_id, translate("many-not-tried")))
    return outcomes


def _failure_of(act: Callable[[], Facts]) -> OperatorsFailure | None:
    try:
        act()
    except OperatorsFailure as failure:
        return failure
    return None


def _ends_session(failure: OperatorsFailure | None) -> TypeGuard[Refused]:
    return isinstance(failure, Refused) and failure.status == UNAUTHORIZED


def _tell(name: str, outcomes: list[tuple[str, str | None]]) -> str:
    return render_template("many.html", name=name, outcomes=outcomes, back=url_for(LISTS[name]))


for name, move, asks in (("approve-many", "approval", ("tier",)), ("offboard-many", "offboarding", ())):
    act = Act(
        name,
        f"POST /v1/partners/{{partner_id}}/{move}",
        asks,
        is_grave=not asks,
        perform=partial(_perform, move),
        answer=partial(_tell, name),
    )
    add_acts(pages, "/partners", partial(_describe, name), act)
