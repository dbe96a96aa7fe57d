"""The partner's people in the CRM."""

from collections.abc import Callable, Iterable
from typing import Any, Literal
from uuid import UUID

from chassis.failures import Kind, NeverPossible, NotNow
from provisioning.adapters.crm_directory import CrmDirectory, CrmUser, GroupGone
from provisioning.adapters.crm_group import LEFT_GROUPS, group_name
from provisioning.adapters.step_shapes import serve_each
from provisioning.domain.former_people import former_person_id_of
from provisioning.domain.grant_states import Intent
from provisioning.domain.orders import GrantOrder, Member, OtherSeat, person_id_of
from provisioning.domain.standings import ABSENT, OFF, Difference, Observation, Standing, differs
from provisioning.handlers.ports import Outputs, WayIn

# Older versions switched users off without a mark; recorded for the grants they left behind.
_UNMARKED = "crm_unmarked"


class CrmUsers:
    """Step: a user for each member, in the tier's group. This is the switch of the CRM.

    A person has one user, even with several partners, with the name and the language given by the first
    partner to name them. Each partner adds it to the group of its tier and removes it again. The last partner
    that needs it switches it off and deletes it, but only if we created it. We switch it on only if we
    switched it off: a user that somebody in the CRM switched off stays off, and the step is refused.
    """

    name = "crm_users"

    def __init__(
        self, directory: CrmDirectory, removal: Literal["delete", "deactivate"], sign_in_url: str = ""
    ) -> None:
        self._directory = directory
        self._sign_in_url = sign_in_url
        self._removal = removal

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        """Off if nobody may sign in; a user that somebody else switched off is reported as a difference."""
        group_id = self._directory.group_of(group_name(order), outputs.get("group_id"))
        seats = [self._seat_of(member, order, group_id) for member in order.members]
        off, outside = seats.count(Standing.OFF), seats.count(Standing.DIFFERS)
        missing = seats.count(Standing.ABSENT) + outside
        if Standing.ON not in seats and seats:
            return OFF if off and not outside else ABSENT
        if missing:
            return differs("people_missing", count=str(missing))
        differences = (Difference("people_switched_off", {"count": str(off)}),) if off else ()
        return Observation(standing=Standing.ON, differences=differences)

    def _seat_of(self, member: Member, order: GrantOrder, group_id: str | None) -> Standing:
        """What another partner needs of the person does not count for this grant once it should be off.

        A user who may sign in, but is outside the group, is a difference: nobody switched this person off.
        """
        users, others = self._find(member, order), order.other_seats(member)
        is_wanted = order.intent is Intent.ON
        if not is_wanted and group_name(order) in _groups(others):
            return _without(order, users)
        for user in users:
            is_in = group_id is not None and self._directory.is_member(group_id, user.id)
            lets_in = is_in or (not is_wanted and _is_ours(user, member, order) and not _on(others))
            if user.is_active and lets_in:
                return Standing.ON
        if order.intent is Intent.FROZEN:
            return _without(order, users)
        if is_wanted and any(user.is_active and _is_ours(user, member, order) for user in users):
            return Standing.DIFFERS
        is_kept = order.intent is Intent.OFF and (bool(others) or self._removal == "deactivate")
        is_off = any(_is_ours(user, member, order) and user.is_off_for_now for user in users)
        return Standing.OFF if is_off and not is_kept else Standing.ABSENT

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        group_id = outputs["group_id"]

        def seat(member: Member) -> bool:
            nonlocal group_id
            user, is_new = self._ensure_user(member, order)
            self._relabel(user, member, order)
            is_changed = self._switch_on(user, member, order, outputs, is_new=is_new)
            try:
                is_joined = self._directory.join(group_id, user.id)
            except GroupGone:
                group_id = self._directory.ensure_group(group_name(order))
                is_joined = self._directory.join(group_id, user.id)
            self._part(group_id, member, order)
            self._leave_former_groups(user, member, order, outputs)
            return is_new or is_changed or is_joined

        serve_each(order.members, seat, self._directory.failures_sorted)
        made = {"user_count": len(order.members), "group_id": group_id, _UNMARKED: False}
        made |= {LEFT_GROUPS: None} if outputs.get(LEFT_GROUPS) else {}
        return made | ({"sign_in_url": self._sign_in_url} if self._sign_in_url else {})

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        self._take_out(order, outputs, self._give_up)

    def freeze(self, order: GrantOrder, outputs: Outputs) -> None:
        self._take_out(order, outputs, self._switch_off)

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> None:
        """Restore access if the step was done; otherwise the step is applied later."""
        if "user_count" in outputs:
            self.apply(order, outputs)

    def _take_out(
        self, order: GrantOrder, outputs: Outputs, let_go: Callable[[CrmUser, Member, GrantOrder], bool]
    ) -> None:
        """Take everybody out of the group, unless another partner of the tier needs them in it.

        The group is found by its recorded id, which nobody can change, or by name in grants older than that.
        """
        groups = {outputs.get("group_id"), self._directory.find_group(group_name(order))} - {None}

        def take_out(member: Member) -> bool:
            needed = _groups(order.other_seats(member))
            is_changed = False
            for group_id in groups:
                self._part(str(group_id), member, order)
            for user in self._find(member, order):
                self._leave_former_groups(user, member, order, outputs)
                if group_name(order) not in needed:
                    for group_id in groups:
                        is_changed |= self._directory.leave(str(group_id), user.id)
                if _is_ours(user, member, order):
                    is_changed |= let_go(user, member, order)
            return is_changed

        serve_each(order.members, take_out, self._directory.failures_sorted)

    def _leave_former_groups(
        self, user: CrmUser, member: Member, order: GrantOrder, outputs: Outputs
    ) -> None:
        """Groups that former parameters named, unless another partner's grant still needs one."""
        needed = _groups(order.other_seats(member))
        for name, group_id in (outputs.get(LEFT_GROUPS) or {}).items():
            if name not in needed:
                self._directory.leave(str(group_id), user.id)

    def _part(self, group_id: str, member: Member, order: GrantOrder) -> None:
        """Take out people who are in the group only because the member was confused with them.

        Their own partner's grant may have labelled them correctly meanwhile.
        """
        people = {one.person_id for one in order.members}
        others = [person for person in order.elsewhere if person not in people]
        for user in self._directory.find_ours([*_labels(member, order), *others]):
            if not user.is_of_another(member):
                continue
            owners = [UUID(user.label), *map(person_id_of, user.addresses)]
            seats = [seat for owner in owners for seat in order.elsewhere.get(owner, ())]
            is_needed = group_name(order) in _groups(seats)
            if not is_needed and not any(map(user.is_of, people)):
                self._directory.leave(group_id, user.id)

    def _relabel(self, user: CrmUser, member: Member, order: GrantOrder) -> None:
        """Give it the person's own label; switching it does that anyway."""
        is_settled = user.label == str(member.person_id) or user.is_off_by_us
        if _is_ours(user, member, order) and not is_settled:
            self._directory.relabel(user.id, member.person_id)

    def _give_up(self, user: CrmUser, member: Member, order: GrantOrder) -> bool:
        if order.other_seats(member):
            self._relabel(user, member, order)
            return self._switch_off(user, member, order)
        if self._removal == "delete":
            self._directory.delete_user(user.id, member.person_id)
            return True
        return self._switch_off(user, member, order)

    def _switch_off(self, user: CrmUser, member: Member, order: GrantOrder) -> bool:
        if not user.is_active or _on(order.other_seats(member)):
            return False
        self._directory.switch_off(user.id, member.person_id)
        return True

    def _switch_on(
        self, user: CrmUser, member: Member, order: GrantOrder, outputs: Outputs, *, is_new: bool
    ) -> bool:
        """Return False if there is nothing to do. Raises NeverPossible if somebody else switched it off.

        Some CRMs create users switched off.
        """
        if user.is_active and not user.is_off_by_us:
            return False
        is_off_by_us = is_new or user.is_off_by_us or bool(outputs.get(_UNMARKED))
        if not (_is_ours(user, member, order) and is_off_by_us):
            message = "Somebody switched this person's user off in the CRM, where it has to be switched on"
            raise NeverPossible("crm_user_inactive", message, kind=Kind.DRIFT)
        self._directory.switch_on(user.id, member.person_id)
        return True

    def _find(self, member: Member, order: GrantOrder) -> list[CrmUser]:
        """Return the person's user; more than one only if older versions created one for each spelling."""
        ours = self._find_ours(member, order)
        if ours:
            return ours
        by_mail = self._directory.find_by_mail(member)
        return [by_mail] if by_mail else []

    def _find_ours(self, member: Member, order: GrantOrder) -> list[CrmUser]:
        found = self._directory.find_ours(_labels(member, order))
        return [user for user in found if not user.is_of_another(member)]

    def _ensure_user(self, member: Member, order: GrantOrder) -> tuple[CrmUser, bool]:
        """Return the person's user, and whether it is new.

        Raises NotNow if the address is taken by a user that the CRM does not show.
        """
        ours = self._find_ours(member, order)
        if ours:
            return ours[0], False
        made = self._directory.create_user(member, order)
        if made:
            return made, True
        theirs = self._directory.find_by_mail(member) or self._directory.find_by_any_spelling(member)
        if theirs is None:
            message = "The CRM has a user of this address but does not show it"
            raise NotNow("crm_user_hidden", message, kind=Kind.CONFLICT)
        return theirs, False


class CrmDoor:
    """People sign in with their user name."""

    def __init__(self, directory: CrmDirectory) -> None:
        self._directory = directory

    def ways_in(self, order: GrantOrder, outputs: Outputs) -> list[WayIn]:
        return list(map(self._way_in, order.members))

    def _way_in(self, member: Member) -> WayIn:
        found = self._directory.find_ours([member.person_id, member.member_id])
        user = found[0] if found else self._directory.find_by_mail(member)
        if user is None or not user.is_active:
            return WayIn(user_name=None)
        return WayIn(user_name=user.user_name, has_come_in=user.has_come_in)

    def registration_address(self, order: GrantOrder, outputs: Outputs, member: Member) -> str:
        raise NeverPossible("no_registration", "The CRM itself tells people how they sign in")


def _labels(member: Member, order: GrantOrder) -> list[Any]:
    """Labels that a user we created for this person may have: older versions used other ids."""
    others = [other.member_id for other in order.other_seats(member)]
    return [member.member_id, former_person_id_of(member.email), member.person_id, *others]


def _is_ours(user: CrmUser, member: Member, order: GrantOrder) -> bool:
    return user.label in map(str, _labels(member, order))


def _without(order: GrantOrder, users: list[CrmUser]) -> Standing:
    """The standing of a person without a seat; frozen, the user stays for when the seat is restored."""
    return Standing.OFF if users and order.intent is Intent.FROZEN else Standing.ABSENT


def _on(others: Iterable[OtherSeat]) -> list[OtherSeat]:
    return [other for other in others if other.is_on]


def _groups(others: Iterable[OtherSeat]) -> set[str]:
    """The groups that a person needs for other partners."""
    return {str(other.parameters["scim_group"]) for other in _on(others)}
