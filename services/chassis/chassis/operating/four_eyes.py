"""Four eyes: an act that the setting names is proposed by one operator, and done once a second confirms it.

The one place is `chassis.operating.audited`, through which operators' acts come in. A proposal is tried
first, in a transaction that is rolled back: what would be refused now is refused now. It is done in the
transaction of the confirmation, if what it rests on is as the proposer saw it.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NoReturn
from uuid import UUID

from flask import Flask, current_app, g, request
from marshmallow import ValidationError
from sqlalchemy import Connection

from chassis.database.operators_log import note_action
from chassis.database.proposals import (
    CONFIRMED,
    DECLINED,
    EXPIRED,
    OUTDATED,
    WAITING,
    WITHDRAWN,
    NewProposal,
    Proposal,
    find_proposal,
    settle_proposal,
    unsettled_proposal,
    write_proposal,
)
from chassis.database.unit_of_work import UnitOfWork
from chassis.http.access import access_table, endpoint_name
from chassis.http.current_service import current_service
from chassis.http.principals import Principal, current_principal
from chassis.http.problems import Problem
from chassis.identity.operators import LONGEST_NAME
from chassis.settings.four_eyes import VARIABLE, act_name
from chassis.settings.reader import SettingsRefused

# Where an endpoint's view keeps what is behind the door.
_PERFORM = "_gangway_perform"


@dataclass(frozen=True)
class Act:
    """What the log calls an act, what it is done to, and why."""

    action: str
    target: str
    reason: str


def can_wait(view: Callable[..., Any]) -> None:
    """Have the endpoint whose view this is, below its arguments, able to wait for a second person."""
    setattr(view, _PERFORM, view)


def refuse_acts_that_cannot_wait(app: Flask) -> None:
    """Raises SettingsRefused for acts of this app that do not come in by that door."""
    with app.app_context():
        acts = current_service().settings.four_eyes.acts
    others = {act_name(endpoint) for endpoint, view in _views(app) if not hasattr(view, _PERFORM)}
    if wrong := sorted(acts & others):
        raise SettingsRefused({VARIABLE: [f"cannot wait for a second person: {', '.join(wrong)}"]})


def confirmation() -> Mapping[str, str]:
    """Whom the log names for what is being confirmed in this request; nothing for other acts."""
    found: Mapping[str, str] = g.get("confirmation", {})
    return found


def must_wait() -> bool:
    """Whether the act of this request is one that a second person confirms."""
    acts = current_service().settings.four_eyes.acts
    return bool(acts) and not confirmation() and act_name(_endpoint()) in acts


def propose(work: UnitOfWork, act: Act, path: Mapping[str, Any], try_it: Callable[[UnitOfWork], Any]) -> UUID:
    """Keep the act as a proposal. Raises what the act itself would, and Problem 409 where one waits."""
    _try(try_it)
    who, endpoint, connection = current_principal(), _endpoint(), work.connection
    told = {name: str(value) for name, value in path.items()}
    rests_on = _what_it_rests_on(connection, told)
    _make_room(connection, endpoint, act.target, rests_on)
    new = NewProposal(
        **vars(act),
        endpoint=endpoint,
        path=told,
        body=request.get_json(),
        rests_on=rests_on,
        proposed_by=who.name,
        proposer=_digest(who.identity),
        token_id=who.operator.token_id if who.operator else None,
    )
    proposal_id = write_proposal(connection, new, current_service().settings.four_eyes.lasting)
    if proposal_id is None:
        _refuse_second(unsettled_proposal(connection, endpoint, act.target))
    note_action(connection, actor=who.name, **vars(act), outcome="proposed")
    return proposal_id


def confirm(work: UnitOfWork, proposal_id: UUID, reason: str) -> None:
    """Do what was proposed, in this transaction. Raises Problem, and what the act itself raises."""
    who, connection = current_principal(), work.connection
    proposal = _waiting(connection, proposal_id, who)
    if is_proposer(proposal, who):
        raise Problem(403, "second_person_required", "Somebody else than the proposer has to confirm this.")
    if who.operator is None or who.operator.issuer is None:
        raise Problem(403, "person_required", "A person has to confirm this, not a machine's token.")
    if proposal.token_id in current_service().settings.revoked_tokens:
        raise Problem(409, "proposer_revoked", "The token that proposed this was revoked: decline it.")
    if proposal.rests_on != _what_it_rests_on(connection, proposal.path):
        raise _outdated()
    with _in_both_names(proposal, who):
        _perform(work, proposal)
    settle_proposal(connection, proposal.id, CONFIRMED, who.name, reason)


def decline(work: UnitOfWork, proposal_id: UUID, reason: str) -> None:
    """Have it not done; the proposer thereby takes it back. Raises Problem."""
    who = current_principal()
    proposal = _waiting(work.connection, proposal_id, who)
    state = WITHDRAWN if is_proposer(proposal, who) else DECLINED
    settle_proposal(work.connection, proposal.id, state, who.name, reason)
    told = {"actor": who.name, "action": proposal.action, "target": proposal.target}
    note_action(
        work.connection, **told, reason=reason, outcome=f"{state}: proposed by {proposal.proposed_by}"
    )


def is_proposer(proposal: Proposal, who: Principal) -> bool:
    """Whether it is the same subject, whatever it is called now."""
    return proposal.proposer == _digest(who.identity)


class _NotDone(Exception):
    """Rolls a trial back."""


def _try(try_it: Callable[[UnitOfWork], Any]) -> None:
    try:
        with current_service().open_work() as trial:
            try_it(trial)
            trial.write_now()
            raise _NotDone
    except _NotDone:
        return


def _make_room(connection: Connection, endpoint: str, target: str, rests_on: bytes) -> None:
    """Settle one that can no longer be confirmed, so that another may be proposed."""
    former = unsettled_proposal(connection, endpoint, target)
    if former is None:
        return
    if former.state == EXPIRED:
        settle_proposal(connection, former.id, EXPIRED)
    elif former.rests_on != rests_on:
        settle_proposal(connection, former.id, OUTDATED)
    else:
        _refuse_second(former)


def _refuse_second(former: Proposal | None) -> NoReturn:
    told = f" {former.proposed_by} proposed it." if former else ""
    raise Problem(409, "proposal_waits", f"This waits for a second person already.{told}")


def _waiting(connection: Connection, proposal_id: UUID, who: Principal) -> Proposal:
    proposal = find_proposal(connection, proposal_id, lock=True)
    if proposal is None:
        raise Problem(404, "not_found")
    access = access_table().get(proposal.endpoint)
    if access is not None and not access.lets(who, None):
        raise Problem(403, "forbidden", f"This needs the role {access.role}.")
    if proposal.state != WAITING:
        by = f" by {proposal.settled_by}" if proposal.settled_by else ""
        raise Problem(409, "proposal_settled", f"This waits no more: {proposal.state}{by}.")
    return proposal


@contextmanager
def _in_both_names(proposal: Proposal, who: Principal) -> Iterator[None]:
    """Decisions, events and the timeline name both; rights and company are those of who confirms."""
    g.principal = replace(who, name=_both(proposal.proposed_by, who.name))
    g.confirmation = {"actor": proposal.proposed_by, "confirmed_by": who.name}
    try:
        yield
    finally:
        g.principal = who
        del g.confirmation


def _both(one: str, other: str) -> str:
    """Both names, shortened to what events allow for one."""
    if len(one) + len(other) > LONGEST_NAME - 3:
        one, other = one[: LONGEST_NAME // 2 - 2], other[: LONGEST_NAME // 2 - 2]
    return f"{one} + {other}"


def _perform(work: UnitOfWork, proposal: Proposal) -> None:
    view = dict(_views(current_app)).get(proposal.endpoint)
    if view is None:
        raise _outdated()
    [asked] = [
        one["schema"] for one in vars(view)["_apidoc"]["arguments"]["parameters"] if one["in"] == "json"
    ]
    try:
        body = asked.load(proposal.body)
    except ValidationError:  # proposed to a version that took something else
        raise _outdated() from None
    getattr(view, _PERFORM)(work, body, **{name: UUID(value) for name, value in proposal.path.items()})


def _outdated() -> Problem:
    return Problem(409, "proposal_outdated", "What this is about has changed since: decline it.")


def _views(app: Flask) -> Iterator[tuple[str, Callable[..., Any]]]:
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()):
            yield endpoint_name("POST", rule.rule), app.view_functions[rule.endpoint]


def _endpoint() -> str:
    return endpoint_name("POST", request.url_rule.rule) if request.url_rule else ""


def _what_it_rests_on(connection: Connection, path: Mapping[str, str]) -> bytes:
    """What the service calls the standing of the first thing in the path."""
    name, value = next(iter(path.items()))
    query = current_service().standings.get(name)
    row = connection.exec_driver_sql(query, (value,)).one_or_none() if query else None
    return _digest(repr(tuple(row)) if row else "")


def _digest(words: str) -> bytes:
    return hashlib.sha256(words.encode()).digest()
