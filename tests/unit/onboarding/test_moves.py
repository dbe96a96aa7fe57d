"""Every pair of state and move, against the table as the product describes it."""

import pytest
from tests.unit.onboarding.companies import applied, policies
from tests.unit.onboarding.fake_work import FakeWork

from onboarding.domain.moves import MOVES, Move, moves_from
from onboarding.domain.refusals import MoveNotAllowed
from onboarding.domain.states import FINAL, HOLDS_REGISTRATION, State

# Written out by hand once more, from the picture in the product's description.
LIFE = """
applied            > email_verified withdrawn expired
email_verified     > in_review withdrawn
in_review          > action_required rejected approved withdrawn
action_required    > in_review withdrawn expired
approved           > agreement_accepted withdrawn expired
agreement_accepted > provisioning offboarding
provisioning       > active offboarding
active             > suspended offboarding
suspended          > active offboarding
offboarding        > offboarded
offboarded         >
rejected           >
withdrawn          >
expired            >
"""
NEXT = {
    State(source.strip()): {State(target) for target in targets.split()}
    for source, targets in (line.split(">") for line in LIFE.strip().splitlines())
}


@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("state", State)
def test_a_move_is_made_where_the_table_has_it_and_refused_elsewhere(state: State, move: Move) -> None:
    work = FakeWork(policies())
    partner = work.partners.lock(applied(work))
    partner.state = state
    target = MOVES[move].target
    if state in MOVES[move].sources:
        partner.go(move, work.now())
        assert partner.state is target
        assert target in NEXT[state]
        assert partner.move_count == 1
    else:
        with pytest.raises(MoveNotAllowed) as refused:
            partner.go(move, work.now())
        assert refused.value.facts == {"state": state, "target_state": target, "move": move}
        assert (partner.state, partner.move_count) == (state, 0)


def test_the_table_has_exactly_the_ways_of_the_picture() -> None:
    table = {state: {MOVES[move].target for move in moves_from(state)} for state in State}
    assert table == NEXT


def test_what_is_over_holds_no_registration() -> None:
    assert not FINAL & HOLDS_REGISTRATION
    assert {state for state in State if not moves_from(state)} == FINAL
