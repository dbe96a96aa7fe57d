"""What a partner asks for: time by the catalogue or an operator, products and competences by an operator."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.unit.provisioning.conftest import ProvisioningInMemory, entry_for
from tests.unit.provisioning.products import PRODUCTS

from provisioning.domain.catalogue import Catalogue
from provisioning.domain.grant_states import State
from provisioning.domain.grants import Grant
from provisioning.domain.leases import DAYS_MOST
from provisioning.handlers.commands import EndLease, FollowLease
from provisioning.handlers.leases import end_lease, follow_lease
from provisioning.handlers.ports import Policies

LEASED = {"lease_days": 90, "lease_extension_days": 30}


class Asking:
    """An active partner with a leased sandbox, under a catalogue of its own."""

    def __init__(self, provisioning: ProvisioningInMemory) -> None:
        entries = (
            replace(entry_for("cloud_sandbox"), parameters=LEASED),
            replace(entry_for("crm"), tiers=frozenset({"select"})),
            replace(entry_for("analytics"), tiers=frozenset({"premier"})),
            replace(entry_for("iot"), only_if_wanted=False, competences=frozenset({"data"})),
        )
        policies = Policies(catalogue=Catalogue("2026-01.test", entries, PRODUCTS))
        provisioning.database.policies = policies
        self.it = provisioning
        self.partner_id = provisioning.active("cloud_sandbox")

    @property
    def sandbox(self) -> Grant:
        return self.it.grant(self.partner_id, "cloud_sandbox")

    @property
    def ends_at(self) -> datetime:
        lease = self.sandbox.lease
        assert lease is not None
        return lease.ends_at

    def ask(self, kind: str, *, decided: str | None = None, **fields: Any) -> list[dict[str, Any]]:
        """Tell the request, or what was decided of it; returns what provisioning tells because of it."""
        data = {"partner_id": self.partner_id, "request_id": uuid4(), "kind": kind, **fields}
        if decided:
            data |= {"outcome": decided, "reason": "The pilot.", "decided_by": {"name": "Amara"}}
        before = len(self.it.database.events)
        self.it.hear("request_decided" if decided else "requested", data)
        told = [{"name": event.name, **(event.data or {})} for event in self.it.database.events[before:]]
        self.it.run()
        return told

    def ask_for_days(self, days: int, *, decided: str | None = None, **more: Any) -> list[dict[str, Any]]:
        fields = {"grant_id": self.sandbox.grant_id, "ends_at": self.ends_at + timedelta(days=days)}
        return self.ask("more_time", decided=decided, **{**fields, **more})


def answers(told: list[dict[str, Any]]) -> list[str]:
    return [one["answer"] for one in told if one["name"] == "access.request_answered"]


@pytest.fixture
def asking(provisioning: ProvisioningInMemory) -> Asking:
    return Asking(provisioning)


def test_the_catalogue_gives_so_much_time_and_no_more(asking: Asking) -> None:
    begun = asking.ends_at
    told = asking.ask_for_days(30)
    assert [one["name"] for one in told] == ["access.renewed", "access.request_answered"]
    assert (answers(told), told[0]["renewed_by"]) == (["carried_out"], "catalogue")
    assert asking.ends_at == begun + timedelta(days=30)
    told = asking.ask_for_days(1)
    assert [one["name"] for one in told] == ["access.request_answered"]
    assert answers(told) == ["left_to_operator"]
    told = asking.ask_for_days(60, decided="approved")
    assert (told[0]["renewed_by"], told[0]["reason"], answers(told)) == (
        "Amara",
        "The pilot.",
        ["carried_out"],
    )
    assert asking.ends_at == begun + timedelta(days=90)


def test_time_is_given_once_however_often_it_is_told(asking: Asking) -> None:
    ends_at = asking.ends_at + timedelta(days=10)
    for told in [asking.ask_for_days(0, ends_at=ends_at) for _ in range(2)]:
        assert answers(told) == ["carried_out"]
    assert asking.ends_at == ends_at
    assert [event.name for event in asking.it.database.events].count("access.renewed") == 1


def test_what_the_end_switched_off_comes_back(asking: Asking) -> None:
    asking.it.database.clock.at = asking.ends_at
    with asking.it.database.open() as work:
        follow_lease(work, FollowLease(asking.sandbox.grant_id))
    asking.it.run()
    assert asking.sandbox.state is State.FROZEN
    asking.ask_for_days(5)
    assert asking.sandbox.state is State.GRANTED


def test_what_an_operator_ended_the_partner_does_not_take_back(asking: Asking) -> None:
    """Neither what was left of it nor what the catalogue gave before; an operator's time counts anew."""
    asking.ask_for_days(20)
    with asking.it.database.open() as work:
        end_lease(work, EndLease(asking.sandbox.grant_id))
    asking.it.run()
    told = asking.ask_for_days(5)
    assert (answers(told), asking.sandbox.state) == (["left_to_operator"], State.FROZEN)
    assert "access.renewed" not in [one["name"] for one in told]
    asking.ask_for_days(5, decided="approved")
    assert asking.sandbox.state is State.GRANTED
    assert answers(asking.ask_for_days(5)) == ["carried_out"]


def test_time_that_has_passed_before_it_was_decided_is_not_told_as_given(asking: Asking) -> None:
    asked_for = asking.ends_at + timedelta(days=3)
    asking.it.database.clock.at = asking.ends_at
    asking.it.do(follow_lease, FollowLease(asking.sandbox.grant_id))
    asking.it.run()
    ended_at, asking.it.database.clock.at = asking.ends_at, asked_for
    told = asking.ask_for_days(0, ends_at=asked_for, decided="approved")
    assert [one["name"] for one in told] == ["access.request_answered"]
    assert (answers(told), asking.ends_at) == (["impossible"], ended_at)
    assert asking.sandbox.state is State.FROZEN


def test_whose_time_it_is_and_whether_there_is_any(asking: Asking) -> None:
    assert answers(asking.ask_for_days(1, grant_id=uuid4())) == ["impossible"]
    crm = asking.it.grant(asking.it.active("crm"), "crm")
    assert answers(asking.ask_for_days(1, grant_id=crm.grant_id, decided="approved")) == ["impossible"]
    assert answers(asking.ask_for_days(DAYS_MOST, decided="approved")) == ["impossible"]
    told = asking.ask("more_time", grant_id=crm.grant_id, ends_at=asking.ends_at, partner_id=crm.partner_id)
    assert answers(told) == ["left_to_operator"]
    asking.it.hear("suspended", {"partner_id": asking.partner_id})
    asking.it.run()
    assert answers(asking.ask_for_days(1)) == ["left_to_operator"]
    asking.it.hear("offboarding_started", {"partner_id": asking.partner_id})
    asking.it.run()
    assert answers(asking.ask_for_days(1, decided="approved")) == ["impossible"]


def test_an_approved_product_is_made_and_nothing_else_of_todays_catalogue(asking: Asking) -> None:
    assert asking.ask("product", product="crm") == []
    assert asking.ask("product", product="crm", decided="refused") == []
    catalogue = asking.it.database.policies.catalogue
    without_sandbox = replace(catalogue, entries=catalogue.entries[1:])
    asking.it.database.policies = Policies(catalogue=without_sandbox)
    for _ in range(2):
        assert answers(asking.ask("product", product="crm", decided="approved")) == ["carried_out"]
    assert asking.it.grant(asking.partner_id, "crm").state is State.GRANTED
    assert asking.sandbox.state is State.GRANTED
    assert [event.name for event in asking.it.database.events].count("access.planned") == 2


def test_a_competence_brings_what_the_catalogue_gives_for_it(asking: Asking) -> None:
    assert answers(asking.ask("competence", competence="data", decided="approved")) == ["carried_out"]
    assert asking.it.grant(asking.partner_id, "iot").state is State.GRANTED
    assert answers(asking.ask("competence", competence="edge", decided="approved")) == ["carried_out"]
    profile = asking.it.database.rows.partners[asking.partner_id].profile
    assert profile is not None
    assert profile.competences == {"iot", "data", "edge"}


def test_what_the_catalogue_does_not_give_is_told_with_its_cause(asking: Asking) -> None:
    told = asking.ask("product", product="analytics", decided="approved")
    assert answers(told) == ["impossible"]
    assert "gives no analytics" in told[-1]["message"]
    profile = asking.it.database.rows.partners[asking.partner_id].profile
    assert profile is not None
    assert "analytics" not in profile.products_wanted
    asking.it.hear("offboarding_started", {"partner_id": asking.partner_id})
    asking.it.run()
    assert answers(asking.ask("product", product="crm", decided="approved")) == ["impossible"]
    assert answers(asking.ask("product", product="crm", decided="approved", partner_id=UUID(int=7))) == [
        "impossible"
    ]
