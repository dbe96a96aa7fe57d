"""One person after the other: who is refused keeps nobody else waiting, an illness stops at once."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.unit.provisioning.granting import order_for

from chassis.failures import Kind, NeverPossible, NotNow
from provisioning.adapters.step_shapes import serve_each
from provisioning.domain.former_people import former_person_id_of, was_mistaken_for
from provisioning.domain.orders import Member, person_id_of
from provisioning.handlers.ports import RefusedFor

ONE, OTHER = order_for("crm").members
THIRD = replace(OTHER, member_id=uuid4())


@contextmanager
def failures_sorted() -> Iterator[None]:
    try:
        yield
    except KeyError as error:
        raise NeverPossible("refused", "Refused.") from error


def test_all_others_are_served_and_the_refused_are_named() -> None:
    served: list[Member] = []

    def serve(member: Member) -> None:
        if member is not OTHER:
            raise KeyError
        served.append(member)

    with pytest.raises(RefusedFor, match="refused") as refused:
        serve_each([ONE, OTHER, THIRD], serve, failures_sorted)
    assert served == [OTHER]
    assert refused.value.member_ids == {ONE.member_id, THIRD.member_id}


def test_who_is_ill_is_not_asked_for_everybody() -> None:
    served: list[Member] = []

    def serve(member: Member) -> None:
        served.append(member)
        raise NotNow("throttled", "Slow down.")

    with pytest.raises(NotNow):
        serve_each([ONE, OTHER], serve, failures_sorted)
    assert served == [ONE]


def test_who_has_to_wait_keeps_nobody_else_waiting() -> None:
    served: list[Member] = []

    def serve(member: Member) -> bool:
        if member is ONE:
            raise NotNow("not_seen_yet", "Wait.", kind=Kind.EVENTUAL_CONSISTENCY)
        served.append(member)
        return True

    with pytest.raises(NotNow, match="not_seen_yet") as caught:
        serve_each([ONE, OTHER], serve, failures_sorted)
    assert served == [OTHER]
    assert caught.value.made_progress


def test_of_fifty_people_all_are_served_though_every_eighth_call_is_throttled() -> None:
    everybody = [replace(ONE, member_id=uuid4()) for _ in range(50)]
    served: list[Member] = []
    calls = itertools.count(1)

    def serve(member: Member) -> bool:
        for _ in range(2):
            if next(calls) % 8 == 0:
                raise NotNow("throttled", "Slow down.", kind=Kind.THROTTLED)
        served.append(member)
        return True

    pauses: list[float] = []
    serve_each(everybody, serve, failures_sorted, pauses.append)
    assert served == everybody
    assert sum(pauses) < 30


@pytest.mark.parametrize(("wait", "calls_most"), [(None, 4), (timedelta(seconds=30), 1)])
def test_who_is_throttled_for_long_says_how_far_it_came(wait: timedelta | None, calls_most: int) -> None:
    calls: list[Member] = []

    def serve(member: Member) -> bool:
        if member is ONE:
            return True
        calls.append(member)
        raise NotNow("throttled", "Slow down.", wait, kind=Kind.THROTTLED)

    with pytest.raises(NotNow) as caught:
        serve_each([ONE, OTHER, THIRD], serve, failures_sorted, lambda _: None)
    assert len(calls) == calls_most
    assert (caught.value.made_progress, caught.value.retry_after) == (True, wait)


def test_a_refusal_says_whether_it_is_drift() -> None:
    def serve(member: Member) -> None:
        raise NeverPossible("switched_off", "Somebody did.", kind=Kind.DRIFT)

    with pytest.raises(RefusedFor) as caught:
        serve_each([ONE], serve, failures_sorted)
    assert caught.value.kind is Kind.DRIFT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("zoe@example.com", "Zoe@EXAMPLE.com"),
        ("jane.doe+work@gmail.com", "janedoe@googlemail.com"),
        ("zoe@müller.example", "zoe@xn--mller-kva.example"),
        ("z.oe@pm.me", "zoe@protonmail.com"),
    ],
)
def test_one_mailbox_is_one_person(one: str, other: str) -> None:
    assert person_id_of(one) == person_id_of(other)


@pytest.mark.parametrize("other", ["zoe@example.org", "zoé@example.com", "zoe+work@example.com"])
def test_another_mailbox_is_another_person(other: str) -> None:
    assert person_id_of("zoe@example.com") != person_id_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("zoe@outlook.de", "zoe@outlook.com"),
        ("zoe@hotmail.de", "zoe+x@hotmail.com"),
        ("zoe@fastmail.fm", "zoe@fastmail.com"),
        ("straße@example.com", "strasse@example.com"),
    ],
)
def test_who_was_taken_for_another_is_known_as_such(one: str, other: str) -> None:
    assert person_id_of(one) != person_id_of(other)
    assert former_person_id_of(one) == former_person_id_of(other)
    assert was_mistaken_for(one, other)
    assert not was_mistaken_for(one, one.title())
