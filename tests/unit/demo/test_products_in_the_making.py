"""A partner is active before its optional products are made: the demo waits, or says so."""

from collections.abc import Iterator
from typing import Any

import pytest

from local_stack.demo.command import _outcome
from local_stack.demo.journey import Journey
from local_stack.demo.outside import Outside
from local_stack.demo.partners import Candidate
from operator_client.http import Refused

CANDIDATE = Candidate(
    {
        "company": {"legal_name": "Hafen Handel GmbH", "registration_number": "HRB 1"},
        "contact": {"email": "a@example.com"},
    },
    "active",
    None,
)
NO_OUTSIDE = Outside({})


def grant(state: str, **facts: Any) -> dict[str, Any]:
    told = {"product": "analytics", "grant_id": "g", "collectable": False, "required": False, "cause": None}
    return {**told, "identifiers": {}, "state": state, **facts}


class ActivePartner:
    """An operator who sees an active partner whose one optional grant goes through `states`."""

    def __init__(self, *states: str) -> None:
        self._states: Iterator[str] = iter(states)
        self._state = ""

    def find(self, _number: str, _name: str) -> dict[str, Any]:
        return {"partner_id": "p", "state": "active"}

    def partner(self, _id: str) -> dict[str, Any]:
        return {"partner_id": "p", "state": "active", "products": [], "members": []}

    def move(self, _id: str, _move: str, *, reason: str) -> dict[str, Any]:
        return {"contact": {"email": "a@example.com"}, "members": []}

    def grants(self, _id: str) -> list[dict[str, Any]]:
        self._state = next(self._states, self._state)
        return [grant(self._state)]

    def invitations(self, _id: str) -> list[dict[str, Any]]:
        return [{"state": "accepted"}]

    def timeline(self, _id: str) -> list[dict[str, Any]]:
        return []


def run(operator: ActivePartner, timeout_seconds: float) -> list[str]:
    journey = Journey(CANDIDATE, {}, operator, None, timeout_seconds, lambda _state: None)  # type: ignore[arg-type]
    journey.run()
    return _outcome(journey, None, operator, NO_OUTSIDE).faults  # type: ignore[arg-type]


def test_the_demo_waits_for_an_optional_product() -> None:
    assert run(ActivePartner("planned", "provisioning", "granted"), 30) == []


def test_one_that_failed_meanwhile_is_no_fault() -> None:
    assert run(ActivePartner("provisioning", "failed"), 30) == []


@pytest.mark.parametrize("state", ["planned", "provisioning"])
def test_one_that_takes_too_long_is_told_as_being_made(state: str) -> None:
    assert run(ActivePartner(state), 0.5) == [f"analytics is still being made ({state})"]


class NotKnownEverywhere(ActivePartner):
    """One whose partner a service has not heard of."""

    def invitations(self, _id: str) -> list[dict[str, Any]]:
        raise Refused("notifications: There is no such partner here.", 404, {})


def test_a_service_that_refuses_is_told_beside_the_partner() -> None:
    operator = NotKnownEverywhere("granted")
    journey = Journey(CANDIDATE, {}, operator, None, 30, lambda _state: None, partner_id="p")  # type: ignore[arg-type]
    outcome = _outcome(journey, None, operator, NO_OUTSIDE)  # type: ignore[arg-type]
    assert (outcome.state, outcome.faults) == (
        "active",
        ["Refused: notifications: There is no such partner here."],
    )
