"""Whom the CRM's admin switched off is told from whom a freeze has to switch off."""

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.unit.provisioning.granting import order_for

from provisioning.adapters.crm_directory import CrmUser, switched_off
from provisioning.adapters.crm_users import CrmUsers
from provisioning.domain.grant_states import Intent
from provisioning.domain.orders import GrantOrder, OtherSeat
from provisioning.domain.standings import Standing
from provisioning.handlers.bringing import bring

GROUP = "group-1"


class Directory:
    """The users that we made; all are in the group, or nobody is."""

    def __init__(self, order: GrantOrder, *is_active: bool, is_in_group: bool = False) -> None:
        self.is_in_group = is_in_group
        self.users = {
            member.person_id: CrmUser(
                id=str(member.person_id),
                mark=str(member.person_id),
                user_name=member.email,
                addresses=(member.email,),
                is_active=is_on,
            )
            for member, is_on in zip(order.members, is_active, strict=True)
        }
        self.switched_off: list[UUID] = []

    def failures_sorted(self) -> AbstractContextManager[None]:
        return nullcontext()

    def group_of(self, _name: str, _noted: str | None) -> str:
        return GROUP

    def find_group(self, _name: str) -> str:
        return GROUP

    def is_member(self, _group_id: str, _user_id: str) -> bool:
        return self.is_in_group

    def leave(self, _group_id: str, _user_id: str) -> bool:
        return False

    def find_ours(self, ids: Iterable[Any]) -> list[CrmUser]:
        return [self.users[one] for one in dict.fromkeys(ids) if one in self.users]

    def switch_off(self, _user_id: str, person_id: UUID) -> None:
        self.switched_off.append(person_id)
        user = self.users[person_id]
        self.users[person_id] = CrmUser(**{**vars(user), "is_active": False, "mark": switched_off(person_id)})


@pytest.mark.parametrize("is_active", [(False, False), (False, True), (True, False), (True, True)])
def test_a_freeze_switches_off_whoever_may_still_sign_in(is_active: tuple[bool, bool]) -> None:
    """Somebody took all of them out of the group; that does not keep a user from signing in."""
    order = order_for("crm")
    directory = Directory(order, *is_active)
    freezing = GrantOrder(**{**vars(order), "intent": Intent.FROZEN})
    seen = bring(CrmUsers(directory, "delete"), Intent.FROZEN, Standing.ON, freezing, {"group_id": GROUP})  # type: ignore[arg-type]
    on = [member.person_id for member, is_on in zip(order.members, is_active, strict=True) if is_on]
    assert directory.switched_off == on
    assert seen.standing is (Standing.OFF if on else Standing.HELD)


def test_whom_another_partner_needs_is_not_taken_for_switched_off_by_others() -> None:
    """Nothing is left to switch off then; what is held would not come back with the resumption."""
    order = order_for("crm")
    directory = Directory(order, True, True, is_in_group=True)
    other = OtherSeat(member_id=uuid4(), is_on=True, parameters=order.parameters)
    elsewhere = {member.person_id: (other,) for member in order.members}
    freezing = GrantOrder(**{**vars(order), "intent": Intent.FROZEN, "elsewhere": elsewhere})
    seen = bring(CrmUsers(directory, "delete"), Intent.FROZEN, Standing.ON, freezing, {"group_id": GROUP})  # type: ignore[arg-type]
    assert (seen.standing, directory.switched_off) == (Standing.OFF, [])
