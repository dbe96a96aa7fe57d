"""Where an account may go from where it is, and what an operator may ask for."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from provisioning.domain.account_states import ALLOWED_ACCOUNT_MOVES, OVER, AccountState
from provisioning.domain.accounts import Act, LeftThing, SandboxAccount
from provisioning.domain.pool import ClosingBudget, PoolFigures, PoolTerms
from provisioning.domain.refusals import AccountNotToBeMoved

NOW = datetime(2026, 3, 28, 23, tzinfo=UTC)
DAY = timedelta(days=1)
WHO = ("amara", "Seen in the audit.", NOW)
VERBS: dict[str, Callable[[SandboxAccount], None]] = {
    "quarantine": lambda one: one.quarantine(*WHO),
    "release": lambda one: one.release(*WHO),
    "eject": lambda one: one.eject(*WHO),
    "close": lambda one: one.close(*WHO),
}
# For an account at rest: what is wanted after each verb; what is missing is refused.
WANTED: dict[str, dict[AccountState, AccountState]] = {
    "quarantine": dict.fromkeys(("available", "cleaning", "cooling"), AccountState.QUARANTINED),
    "release": {AccountState.QUARANTINED: AccountState.CLEANING},
    "eject": dict.fromkeys(("available", "cleaning", "cooling", "quarantined"), AccountState.EJECTED),
    "close": dict.fromkeys(
        ("making", "available", "cleaning", "cooling", "quarantined"), AccountState.CLOSED
    ),
}


def account(state: str, **more: object) -> SandboxAccount:
    state = AccountState(state)
    coming = (AccountState.MAKING, AccountState.CLEANING, AccountState.COOLING)
    facts = {
        "account_key": uuid4(),
        "account_id": None if state is AccountState.MAKING else "111122223333",
        "state": state,
        "wanted": AccountState.AVAILABLE if state in coming else state,
        "made_at": NOW,
        "due_at": NOW,
        "grant_id": uuid4() if state in (AccountState.LEASED, AccountState.FROZEN) else None,
        **more,
    }
    return SandboxAccount(**facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("state", [str(state) for state in AccountState])
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_for_some_states_and_refused_in_all_others(verb: str, state: str) -> None:
    one = account(state)
    wanted = WANTED[verb].get(AccountState(state))
    if wanted is None:
        with pytest.raises(AccountNotToBeMoved):
            VERBS[verb](one)
        assert one.wanted == account(state).wanted
    else:
        VERBS[verb](one)
        assert (one.state, one.wanted, one.due_at) == (AccountState(state), wanted, NOW)


@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_takes_an_account_from_a_grant(verb: str) -> None:
    with pytest.raises(AccountNotToBeMoved) as caught:
        VERBS[verb](account("leased"))
    assert caught.value.code == "account_leased"


def test_nothing_comes_back_from_the_end_and_nothing_into_a_lease_but_from_the_pool() -> None:
    assert not [move for move in ALLOWED_ACCOUNT_MOVES if move[0] in OVER]
    into_lease = {before for before, after in ALLOWED_ACCOUNT_MOVES if after is AccountState.LEASED}
    assert into_lease == {AccountState.MAKING, AccountState.AVAILABLE, AccountState.FROZEN}
    into_pool = {before for before, after in ALLOWED_ACCOUNT_MOVES if after is AccountState.AVAILABLE}
    assert into_pool == {AccountState.MAKING, AccountState.COOLING}


def test_what_is_found_in_it_after_all_rounds_is_named() -> None:
    terms, left = PoolTerms(has_cleaner=True, rounds_most=2), (LeftThing("bucket", "eternal"),)
    one = account("cleaning")
    for _ in range(2):
        assert one.note_found(left, terms, NOW)
        one.note_cleaned(terms, NOW)
    assert not one.note_found(left, terms, NOW)
    assert (one.next_act, one.left) == (Act.ISOLATE, left)


def test_one_that_is_released_is_emptied_in_as_many_rounds_as_before() -> None:
    terms, left = PoolTerms(has_cleaner=True, rounds_most=2), (LeftThing("bucket", "eternal"),)
    one = account("quarantined", rounds=2, left=left)
    one.release(*WHO)
    one.note_taken_in(terms, NOW)
    assert one.left == ()
    assert one.note_found(left, terms, NOW)


def test_nobody_gets_it_while_keys_to_it_are_good() -> None:
    """Whoever emptied it may have been killed in the midst, and the end of the round never noted."""
    one, terms, hour = (
        account("cleaning"),
        PoolTerms(has_cleaner=True, cooldown=timedelta()),
        timedelta(hours=1),
    )
    one.note_round_begun(NOW)
    one.note_found((), terms, NOW + hour / 2)
    assert (one.state, one.due_at) == (AccountState.COOLING, NOW + hour)
    longer = account("cleaning", cooldown_until=NOW + DAY)
    longer.note_round_begun(NOW)
    assert longer.cooldown_until == NOW + DAY


def test_it_cools_down_for_whole_days_whatever_the_clocks_do() -> None:
    one = account("cleaning", wanted=AccountState.CLEANING, cooldown_until=NOW)
    one.note_taken_in(PoolTerms(), NOW)
    one.note_found((), PoolTerms(), NOW)
    assert (one.state, one.due_at) == (AccountState.COOLING, NOW + DAY)
    assert one.due_at is not None
    assert one.due_at.timestamp() - NOW.timestamp() == 24 * 3600


@pytest.mark.parametrize(
    ("standing", "allowed"), [(0, 10), (99, 10), (150, 15), (9_999, 999), (20_000, 1_000)]
)
def test_closings_are_a_share_of_all_within_bounds(standing: int, allowed: int) -> None:
    assert ClosingBudget(standing=standing, asked_at=[]).allowed == allowed


def test_a_closing_waits_for_the_one_that_leaves_the_window() -> None:
    asked = [NOW - DAY * days for days in (40, 29, 28, *[1] * 9)]
    budget = ClosingBudget(standing=0, asked_at=asked)
    assert budget.left(NOW) == 0
    assert budget.free_at(NOW) == NOW + 2 * DAY, "eleven count, so two have to leave the window"
    assert ClosingBudget(standing=0, asked_at=asked[:10]).free_at(NOW) == NOW


@pytest.mark.parametrize(
    ("available", "making", "to_make"), [(0, 0, 2), (0, 1, 1), (0, 2, 0), (4, 0, 1), (5, 0, 0), (9, 0, 0)]
)
def test_the_pool_is_filled_a_few_at_a_time(available: int, making: int, to_make: int) -> None:
    counts = {AccountState.AVAILABLE: available}
    assert PoolTerms(size=5, creations_at_once=2).to_make(counts, making) == to_make


def test_the_forecast_is_by_the_pace_of_a_week() -> None:
    figures = PoolFigures(
        terms=PoolTerms(size=5),
        counts={AccountState.AVAILABLE: 4},
        stuck=0,
        leased_lately=14,
        back_within_day=0,
        closing=ClosingBudget(standing=0, asked_at=[]),
    )
    assert figures.lasts_days == 2.0
