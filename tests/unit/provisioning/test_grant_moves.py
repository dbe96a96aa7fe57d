"""The table of a grant's moves, every pair of states."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from uuid import uuid4

import pytest
from tests.unit.provisioning.products import PRODUCTS

from provisioning.domain.grant_states import ALLOWED_MOVES, Intent, MoveNotAllowed, State
from provisioning.domain.grants import Grant
from provisioning.domain.interventions import repair, retry, waive
from provisioning.domain.standings import Standing
from provisioning.domain.steps import StepRecord
from provisioning.handlers.emit import EVENT_OF_MOVE

# access.failed and access.waived carry causes and reasons; a cancelled grant never was anything outside.
NOW = datetime(2026, 3, 3, tzinfo=UTC)
NO_EVENT_OF_ITS_OWN = (State.FAILED, State.WAIVED, State.CANCELLED, State.REVOKING)


def grant_in(state: State) -> Grant:
    return Grant(
        grant_id=uuid4(),
        partner_id=uuid4(),
        product=PRODUCTS["crm"],
        is_required=True,
        parameters={},
        steps=[StepRecord(name="crm_group"), StepRecord(name="crm_users", standing=Standing.UNKNOWN)],
        state=state,
        intent=Intent.ON,
    )


@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
def test_only_moves_of_the_table_are_made(before: State, after: State) -> None:
    grant = grant_in(before)
    if before is after or (before, after) in ALLOWED_MOVES:
        grant.move_to(after)
        assert grant.state is after
    else:
        with pytest.raises(MoveNotAllowed, match=f"{before} cannot become {after}"):
            grant.move_to(after)
        assert grant.state is before


@pytest.mark.parametrize(("before", "after"), sorted(ALLOWED_MOVES))
def test_every_move_is_told_by_exactly_one_kind_of_event(before: State, after: State) -> None:
    assert ((before, after) in EVENT_OF_MOVE) == (after not in NO_EVENT_OF_ITS_OWN)


@pytest.mark.parametrize("state", list(State))
def test_waiving_is_refused_where_there_is_nothing_to_wait_for(state: State) -> None:
    grant = grant_in(state)
    if state in (State.PLANNED, State.PROVISIONING, State.FAILED):
        waive(grant, "not needed")
        assert grant.state is State.WAIVED
    elif state is not State.WAIVED:
        with pytest.raises(MoveNotAllowed):
            waive(grant, "not needed")
        assert grant.intent is Intent.ON


@pytest.mark.parametrize("act", [retry, repair])
def test_no_verb_is_refused_while_something_stands_outside(act: Callable[[Grant, datetime], None]) -> None:
    """Where nothing failed it is looked at, whatever its state says."""
    for state in State:
        grant = grant_in(state)
        act(grant, NOW)
        assert grant.look_at == NOW
        grant.steps[1].standing = Standing.ABSENT
        with pytest.raises(MoveNotAllowed):
            act(grant, NOW)


def test_nothing_turns_a_revocation_back() -> None:
    grant = grant_in(State.PROVISIONING)
    assert grant.want(Intent.OFF)
    assert not grant.want(Intent.ON)
    assert not grant.want(Intent.FROZEN)
    assert grant.state is State.REVOKING
