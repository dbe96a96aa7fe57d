"""The partner's people in the CRM."""

from collections.abc import Callable
from typing import Any, Literal

from chassis.failures import NotNow
from provisioning.adapters.scim_directory import CrmUser, ScimDirectory
from provisioning.adapters.scim_failures import scim_failures_sorted
from provisioning.adapters.scim_group import group_name
from provisioning.adapters.step_shapes import serve_each
from provisioning.domain.grant_states import Intent
from provisioning.domain.orders import GrantOrder, Member, OtherSeat
from provisioning.domain.standings import ABSENT, OFF, Difference, Observation, Standing, differs
from provisioning.handlers.ports import Outputs


class ScimUsers:
    """Step: a user for each member, in the tier's group. This is the switch of the CRM.

    A person has one user, however many partners they work for, with the name and the language that the
    partner gave who named them first. Each partner puts it into the group of its tier and takes it out
    again. It is switched off and removed by the last one that needs it, and only if we made it.
    """

    name = "crm_users"

    def __init__(self, directory: ScimDirectory, removal: Literal["delete", "deactivate"]) -> None:
        self._directory = directory
        self._removal = removal

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        """Off when nobody may sign in; whom somebody else switched off among others is told as such."""
        group_id = self._directory.find_group(group_name(order))
        seats = [self._seat_of(member, order, group_id) for member in order.members]
        off, missing = seats.count(Standing.OFF), seats.count(Standing.ABSENT)
        if Standing.ON not in seats and seats:
            return OFF if off else ABSENT
        if missing:
            return differs("people_missing", count=str(missing))
        differences = (Difference("people_switched_off", {"count": str(off)}),) if off else ()
        return Observation(standing=Standing.ON, differences=differences)

    def _seat_of(self, member: Member, order: GrantOrder, group_id: str | None) -> Standing:
        """What another partner needs of the person is not this grant's, once this one is not wanted on."""
        users, others = self._find(member, order), order.other_seats(member)
        is_wanted = order.intent is Intent.ON
        if not is_wanted and group_name(order) in _groups(_on(others)):
            return Standing.ABSENT
        for user in users:
            is_in = group_id is not None and self._directory.is_member(group_id, user.id)
            lets_in = is_in or (not is_wanted and _is_ours(user, member, order) and not _on(others))
            if user.is_active and lets_in:
                return Standing.ON
        is_kept = order.intent is Intent.OFF and (bool(others) or self._removal == "deactivate")
        is_off = any(_is_ours(user, member, order) and not user.is_active for user in users)
        return Standing.OFF if is_off and not is_kept else Standing.ABSENT

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        def seat(member: Member) -> None:
            user = self._ensure_user(member, order)
            self._switch_on(user, member, order)
            self._directory.join(outputs["group_id"], user.id)

        serve_each(order.members, seat, scim_failures_sorted)
        return {"user_count": len(order.members)}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        self._take_out(order, self._give_up)

    def freeze(self, order: GrantOrder, outputs: Outputs) -> None:
        self._take_out(order, self._switch_off)

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> None:
        group_id = self._directory.find_group(group_name(order))

        def give_back(member: Member) -> None:
            for user in self._find(member, order):
                self._switch_on(user, member, order)
                if group_id is not None:
                    self._directory.join(group_id, user.id)

        serve_each(order.members, give_back, scim_failures_sorted)

    def _take_out(self, order: GrantOrder, let_go: Callable[[CrmUser, Member, GrantOrder], None]) -> None:
        """Take everybody out of the group, unless another partner of the tier has them in it, and let go."""
        group_id = self._directory.find_group(group_name(order))

        def take_out(member: Member) -> None:
            needed = _groups(_on(order.other_seats(member)))
            for user in self._find(member, order):
                if group_id is not None and group_name(order) not in needed:
                    self._directory.leave(group_id, user.id)
                if _is_ours(user, member, order):
                    let_go(user, member, order)

        serve_each(order.members, take_out, scim_failures_sorted)

    def _give_up(self, user: CrmUser, member: Member, order: GrantOrder) -> None:
        if not order.other_seats(member):
            self._remove(user)
            return
        if user.external_id != str(member.person_id):
            self._directory.relabel(user.id, member.person_id)
        self._switch_off(user, member, order)

    def _switch_off(self, user: CrmUser, member: Member, order: GrantOrder) -> None:
        if not _on(order.other_seats(member)):
            self._directory.set_active(user.id, False)

    def _switch_on(self, user: CrmUser, member: Member, order: GrantOrder) -> None:
        if not user.is_active and _is_ours(user, member, order):
            self._directory.set_active(user.id, True)

    def _remove(self, user: CrmUser) -> None:
        if self._removal == "delete":
            self._directory.delete_user(user.id)
        else:
            self._directory.set_active(user.id, False)

    def _find(self, member: Member, order: GrantOrder) -> list[CrmUser]:
        """Return the person's user; more than one only if older versions made one for each spelling."""
        ours = self._directory.find_ours(_labels(member, order))
        if ours:
            return ours
        by_mail = self._directory.find_by_mail(member)
        return [by_mail] if by_mail else []

    def _ensure_user(self, member: Member, order: GrantOrder) -> CrmUser:
        """Raises NotNow when the address is taken by a user that the CRM does not show."""
        ours = self._directory.find_ours(_labels(member, order))
        user = (
            ours[0]
            if ours
            else self._directory.create_user(member, order) or self._directory.find_by_mail(member)
        )
        if user is None:
            raise NotNow("crm_user_hidden", "The CRM has a user of this address but does not show it")
        return user


def _labels(member: Member, order: GrantOrder) -> list[Any]:
    """What a user that we made for this person may be labelled with: older versions took members' ids."""
    others = [other.member_id for other in order.other_seats(member)]
    return [member.member_id, member.person_id, *others]


def _is_ours(user: CrmUser, member: Member, order: GrantOrder) -> bool:
    return user.external_id in map(str, _labels(member, order))


def _on(others: tuple[OtherSeat, ...]) -> list[OtherSeat]:
    return [other for other in others if other.is_on]


def _groups(others: list[OtherSeat]) -> set[str]:
    return {str(other.parameters["scim_group"]) for other in others}
