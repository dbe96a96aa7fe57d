"""Each service has one class for each event of its topics, and the class says what the contract says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

import pytest
from tests.contracts.conftest import READ
from tests.contracts.event_classes import disagreements, read
from tests.contracts.services import SERVICES, sent, subscriptions

from chassis.events import Event, as_json
from contract_tools import Contracts
from contract_tools.validation import validator
from integrations.handlers.partner_events import when_anything_happened

KINDS = {key: kind for name in SERVICES for key, kind in sent(name).items()}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_sends_all_events_of_its_topics_and_no_others(name: str, contracts: Contracts) -> None:
    due = {
        (topic.name, topic.key, key, topic.cleanup == "compact")
        for topic in contracts.topics.values()
        if topic.owner == name
        for key in topic.events
    }
    assert {(k.topic, k.subject_field, key, k.is_snapshot) for key, k in sent(name).items()} == due


def test_every_event_of_a_service_stands_in_its_file_of_events() -> None:
    def below(kind: type[Event]) -> set[type[Event]]:
        return {kind}.union(*map(below, kind.__subclasses__()))

    ours = {kind for kind in below(Event) if kind.__module__.partition(".")[0] in SERVICES}
    assert {kind.__module__ for kind in ours} == {f"{name}.domain.events" for name in SERVICES if sent(name)}
    assert {kind for kind in ours if hasattr(kind, "name")} == set(KINDS.values())


@pytest.mark.parametrize("key", KINDS)
def test_a_class_says_what_the_contract_says(key: str) -> None:
    assert disagreements(KINDS[key], READ.events[key].schema) == []


@pytest.mark.parametrize("key", KINDS)
def test_an_example_goes_into_the_class_and_comes_back_unchanged(key: str, contracts: Contracts) -> None:
    for example in contracts.events[key].examples.values():
        assert as_json(read(KINDS[key], example)) == example
    check = validator(contracts.events[key].schema)
    for example in contracts.releases[key].examples if key in contracts.releases else ():
        assert check.is_valid(as_json(read(KINDS[key], example)))


def test_nobody_acts_at_once_on_what_may_wait() -> None:
    """Vendors hear of it a second later, which is what their documents say."""
    acted_on = {
        key
        for name in SERVICES
        for events in subscriptions(name).topics.values()
        for key, handler in events.items()
        if handler.is_urgent and handler.handle is not when_anything_happened
    }
    patient = {key for key, kind in KINDS.items() if kind.may_wait is True and not kind.is_snapshot}
    assert patient
    assert not patient & acted_on


def spoilt(**types: Any) -> list[str]:
    """What is found in a class for `access.granted.v1` in which some fields have other types, or none."""
    agreeing = {
        "partner_id": UUID,
        "grant_id": UUID,
        "product": str,
        "identifiers": Mapping[str, str],
        "collectable": bool,
        "member_ids": tuple[UUID, ...] | None,
        "lease_ends_at": datetime | None,
        "first": bool | None,
    }
    wanted = {name: kind for name, kind in {**agreeing, **types}.items() if kind is not None}
    left_out = {name: None for name in ("member_ids", "lease_ends_at", "first") if name in wanted}
    namespace = {"__annotations__": wanted, **left_out}
    kind = type("Spoilt", (Event,), namespace, name="access.granted", subject_field="partner_id")
    return disagreements(kind, READ.events["access.granted.v1"].schema)


@pytest.mark.parametrize(
    ("types", "complaint"),
    [
        ({"collectable": None}, "/collectable is in the contract only"),
        ({"colour": str}, "/colour is in the class only"),
        ({"collectable": str}, "/collectable is <class 'str'>, the contract says boolean"),
        ({"collectable": bool | None}, "/collectable: the contract takes ['boolean']"),
        ({"grant_id": str}, "/grant_id is <class 'str'>, the contract says uuid"),
        ({"grant_id": datetime}, "/grant_id is <class 'datetime.datetime'>"),
        ({"identifiers": Mapping[str, int]}, "/identifiers/* is <class 'int'>"),
        ({"identifiers": tuple[str, ...]}, "/identifiers is tuple[str, ...], not a Mapping"),
        ({"member_ids": tuple[str, ...] | None}, "/member_ids/* is <class 'str'>"),
    ],
)
def test_a_class_that_disagrees_is_noticed(types: dict[str, Any], complaint: str) -> None:
    assert spoilt() == []
    (found,) = spoilt(**types)
    assert complaint in found


def test_a_class_that_can_be_changed_is_noticed() -> None:
    @dataclass(kw_only=True)
    class Cleared:
        name: ClassVar[str] = "access.cleared"
        version: ClassVar[int] = 1
        partner_id: UUID

    changeable: Any = Cleared
    found = disagreements(changeable, READ.events["access.cleared.v1"].schema)
    assert found == ["access.cleared.v1 is no frozen dataclass"]


def test_an_event_that_can_be_changed_is_refused() -> None:
    changeable: Any = dataclass(kw_only=True)
    with pytest.raises(TypeError, match="cannot inherit non-frozen dataclass"):

        @changeable
        class Cleared(Event, name="access.cleared", subject_field="partner_id"):
            partner_id: UUID


def test_an_attribute_that_no_event_has_is_refused() -> None:
    with pytest.raises(TypeError, match="an event has no topik"):
        type("Wrong", (Event,), {}, topik="access.lifecycle.v1")


def test_what_is_required_has_no_default_and_the_other_way_round() -> None:
    class Withdrawn(Event, name="partner.withdrawn", subject_field="partner_id"):
        partner_id: str = ""
        reason: str

    found = disagreements(Withdrawn, READ.events["partner.withdrawn.v1"].schema)
    assert "partner.withdrawn.v1/partner_id has a default, the contract says otherwise" in found
    assert "partner.withdrawn.v1/reason has no default, the contract says otherwise" in found


@pytest.mark.parametrize("values", [str, Literal["on", "off"]])
def test_an_enum_that_disagrees_is_noticed(values: Any) -> None:
    spoilt = type("Spoilt", (KINDS["access.stuck.v1"],), {"__annotations__": {"wanted": values}})
    found = disagreements(spoilt, READ.events["access.stuck.v1"].schema)
    assert found == [f"access.stuck.v1/wanted is {values}, the contract lists ['frozen', 'off', 'on']"]
