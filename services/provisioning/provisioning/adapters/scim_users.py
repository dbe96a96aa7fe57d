"""The partner's people in the CRM."""

from collections.abc import Callable
from typing import Any, Literal

from chassis.failures import NotNow
from provisioning.adapters.scim_directory import CrmUser, ScimDirectory
from provisioning.adapters.scim_failures import scim_failures_sorted
from provisioning.adapters.scim_group import group_name
from provisioning.adapters.step_shapes import serve_each
from provisioning.domain.former_people import former_person_id_of, was_mistaken_for
from provisioning.domain.orders import GrantOrder, Member, OtherSeat, person_id_of
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

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        def seat(member: Member) -> None:
            user = self._ensure_user(member, order)
            self._relabel(user, member, order)
            self._switch_on(user, member, order)
            self._directory.join(outputs["group_id"], user.id)
            self._part(outputs["group_id"], member, order)

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
            needed = _groups(order.other_seats(member))
            if group_id is not None:
                self._part(group_id, member, order)
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
        self._relabel(user, member, order)
        self._switch_off(user, member, order)

    def _part(self, group_id: str, member: Member, order: GrantOrder) -> None:
        """Take out whoever was in the group only because the member was mistaken for them."""
        for user in self._directory.find_ours(_labels(member, order)):
            if not was_mistaken_for(user.user_name, member.email):
                continue
            owner = person_id_of(user.user_name)
            is_needed = group_name(order) in _groups(order.elsewhere.get(owner, ()))
            if not is_needed and owner not in {one.person_id for one in order.members}:
                self._directory.leave(group_id, user.id)

    def _relabel(self, user: CrmUser, member: Member, order: GrantOrder) -> None:
        if _is_ours(user, member, order) and user.external_id != str(member.person_id):
            self._directory.relabel(user.id, member.person_id)

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
        ours = self._find_ours(member, order)
        if ours:
            return ours
        by_mail = self._directory.find_by_mail(member)
        return [by_mail] if by_mail else []

    def _find_ours(self, member: Member, order: GrantOrder) -> list[CrmUser]:
        found = self._directory.find_ours(_labels(member, order))
        return [user for user in found if not was_mistaken_for(user.user_name, member.email)]

    def _ensure_user(self, member: Member, order: GrantOrder) -> CrmUser:
        """Raises NotNow when the address is taken by a user that the CRM does not show."""
        ours = self._find_ours(member, order)
        user = (
            ours[0]
            if ours
            else self._directory.create_user(member, order) or self._directory.find_by_mail(member)
        )
        if user is None:
            raise NotNow("crm_user_hidden", "The CRM has a user of this address but does not show it")
        return user


def _labels(member: Member, order: GrantOrder) -> list[Any]:
    """What a user that we made for this person may be labelled with: older versions took other ids."""
    others = [other.member_id for other in order.other_seats(member)]
    return [member.member_id, former_person_id_of(member.email), member.person_id, *others]


def _is_ours(user: CrmUser, member: Member, order: GrantOrder) -> bool:
    return user.external_id in map(str, _labels(member, order))


def _on(others: tuple[OtherSeat, ...]) -> list[OtherSeat]:
    return [other for other in others if other.is_on]


def _groups(others: tuple[OtherSeat, ...]) -> set[str]:
    """The groups that a person needs for other partners."""
    return {str(other.parameters["scim_group"]) for other in _on(others)}
