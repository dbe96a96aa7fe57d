"""One person after the other: who is refused keeps nobody else waiting, an illness stops at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest
from tests.unit.provisioning.granting import order_for

from chassis.failures import NeverPossible, NotNow
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
