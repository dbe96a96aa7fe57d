"""Messages: every pair of states against the table of moves, patience, and what still makes sense."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from notifications.domain import invitations
from notifications.domain.messages import (
    ALLOWED_MOVES,
    Kind,
    Message,
    MoveNotAllowed,
    RetryPlan,
    State,
    Verdict,
    verdict,
)
from notifications.domain.partners import ALLOWED_MOVES as STANDING_MOVES
from notifications.domain.partners import MoveNotAllowed as StandingNotAllowed
from notifications.domain.partners import Partner, Standing
from notifications.handlers.delivery import without_address
from notifications.handlers.invitations import LinkStanding, link_standing

NOW = datetime.now(UTC)
MOVES = {
    State.SENDING: lambda message: message.begun(),
    State.SENT: lambda message: message.delivered("smtp", None, NOW),
    State.FAILED: lambda message: message.failed("code", "cause"),
    State.CANCELLED: lambda message: message.cancelled("code", "cause"),
}


def a_message(state: State) -> Message:
    ids = {name: uuid.uuid4() for name in ("id", "partner_id", "member_id")}
    return Message(**ids, kind=Kind.WELCOME, occasion="event", planned_at=NOW, state=state, attempts=2)


@pytest.mark.parametrize("current", State)
@pytest.mark.parametrize("target", MOVES)
def test_moves_are_those_of_the_table(current, target):
    message = a_message(current)
    if target in ALLOWED_MOVES[current]:
        assert MOVES[target](message).state is target
    else:
        with pytest.raises(MoveNotAllowed):
            MOVES[target](message)


@pytest.mark.parametrize("current", State)
def test_back_to_planned_goes_a_failed_attempt_or_a_person_who_asks(current):
    message = a_message(current)
    if current is State.SENDING:
        assert message.postponed("code", "cause", NOW).state is State.PLANNED
    if current is State.FAILED:
        assert replace(message, attempts=3).asked_again().attempts == 0
    else:
        with pytest.raises(MoveNotAllowed):
            message.asked_again()


def test_only_an_attempt_found_unfinished_is_a_doubt():
    first = a_message(State.PLANNED).begun()
    assert (first.attempts, first.doubts) == (3, 0)
    assert (first.begun().attempts, first.begun().doubts) == (4, 1)


def test_pauses_double_up_to_the_bound_and_end_with_the_last_attempt():
    plan = RetryPlan(first=timedelta(seconds=1), most=timedelta(seconds=5), attempts_most=5)
    pauses = [plan.pause_after(attempt) for attempt in range(1, 6)]
    assert [pause and pause.total_seconds() for pause in pauses] == [1, 2, 4, 5, None]
    assert replace(plan, attempts_most=10_000).pause_after(9_999) == timedelta(seconds=5)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.startswith("lease_")])
def test_an_end_is_told_to_everybody_who_may_have_access_and_to_nobody_who_left(kind):
    """Also while other products are still being made; of an end that may come, not during a suspension."""
    told = {standing for standing in Standing if verdict(kind, standing) is not Verdict.CANCEL}
    suspended = set() if kind is Kind.LEASE_EXPIRING else {Standing.SUSPENDED}
    assert told == {Standing.APPROVED, Standing.ACTIVE} | suspended


@pytest.mark.parametrize("standing", Standing)
def test_after_the_end_only_farewells_and_sign_in_links_go_out(standing):
    if standing is Standing.ENDED:
        sent = {kind for kind in Kind if verdict(kind, standing) is not Verdict.CANCEL}
        signing_in = {Kind.SIGN_IN_LINK, Kind.PASSKEY_ADDED, Kind.PASSKEY_REMOVED}
        farewells = {Kind.REJECTED, Kind.APPLICATION_WITHDRAWN, Kind.APPLICATION_EXPIRED}
        farewells |= {Kind.OFFBOARDING_STARTED, Kind.GOODBYE, Kind.MEMBER_REMOVED}
        assert sent == farewells | signing_in
    else:
        assert verdict(Kind.GOODBYE, standing) is Verdict.CANCEL


@pytest.mark.parametrize("current", Standing)
@pytest.mark.parametrize("target", Standing)
def test_standings_move_by_the_table_and_old_news_moves_nothing(current, target):
    partner = Partner(id=uuid.uuid4(), standing=current, lifecycle_sequence=5)
    assert partner.moved_to(target, 5) is None
    if target in STANDING_MOVES[current]:
        moved = partner.moved_to(target, 6)
        assert moved is not None
        assert (moved.standing, moved.lifecycle_sequence) == (target, 6)
    else:
        with pytest.raises(StandingNotAllowed):
            partner.moved_to(target, 6)


@pytest.mark.parametrize("state", invitations.State)
def test_what_a_link_is_good_for(state):
    link_id = uuid.uuid4()
    ids = {name: uuid.uuid4() for name in ("id", "partner_id", "member_id")}
    invitation = invitations.Invitation(
        **ids,
        path="p",
        language="de",
        link_id=link_id,
        expires_at=NOW + timedelta(days=1),
        created_at=NOW,
        state=state,
    )
    expected = {
        invitations.State.PLANNED: LinkStanding.OPEN,
        invitations.State.SENT: LinkStanding.OPEN,
        invitations.State.ACCEPTED: LinkStanding.USED,
        invitations.State.EXPIRED: LinkStanding.EXPIRED,
        invitations.State.CANCELLED: LinkStanding.GONE,
    }[state]
    assert link_standing(invitation, link_id, NOW) is expected
    if expected is LinkStanding.OPEN:
        assert link_standing(invitation, uuid.uuid4(), NOW) is LinkStanding.EXPIRED
        assert link_standing(invitation, link_id, NOW + timedelta(days=1)) is LinkStanding.EXPIRED
    assert link_standing(None, link_id, NOW) is LinkStanding.GONE


def test_a_servers_words_lose_the_address_and_their_length():
    words = without_address("550 <A.B@x.example> a.b@X.EXAMPLE " + "no " * 1000, "a.b@x.example")
    assert words.startswith("550 <(the address)> (the address) no")
    assert len(words) == 500
