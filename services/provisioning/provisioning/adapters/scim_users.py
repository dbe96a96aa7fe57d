"""The partner's people in the CRM."""

from typing import Any, Literal

from chassis.failures import NotNow
from provisioning.adapters.scim_directory import ScimDirectory
from provisioning.adapters.scim_group import group_name
from provisioning.domain.orders import GrantOrder, Member
from provisioning.handlers.ports import Outputs


class ScimUsers:
    """Step: a user for each member, in the tier's group. This is the switch of the CRM.

    A person who had a user before us keeps it: we put it into the group and take it out again, also
    to freeze, but neither switch it off nor delete it.
    """

    name = "crm_users"

    def __init__(self, directory: ScimDirectory, removal: Literal["delete", "deactivate"]) -> None:
        self._directory = directory
        self._removal = removal

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        for member in order.members:
            self._directory.join(outputs["group_id"], self._ensure_user(member, order))
        return {"user_count": len(order.members)}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        group_id = self._directory.find_group(group_name(order))
        for member in order.members:
            ours = self._directory.find_ours(member)
            user_id = ours or self._directory.find_by_mail(member)
            if user_id is not None and group_id is not None:
                self._directory.leave(group_id, user_id)
            if ours is not None:
                self._remove(ours)

    def freeze(self, order: GrantOrder, outputs: Outputs) -> None:
        self._switch(order, is_on=False)

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> None:
        self._switch(order, is_on=True)

    def _ensure_user(self, member: Member, order: GrantOrder) -> str:
        """Raises NotNow when the address is taken by a user that the CRM does not show."""
        user_id = (
            self._directory.find_ours(member)
            or self._directory.create_user(member, order)
            or self._directory.find_by_mail(member)
        )
        if user_id is None:
            raise NotNow("crm_user_hidden", "The CRM has a user of this address but does not show it")
        return user_id

    def _remove(self, user_id: str) -> None:
        if self._removal == "delete":
            self._directory.delete_user(user_id)
        else:
            self._directory.set_active(user_id, False)

    def _switch(self, order: GrantOrder, *, is_on: bool) -> None:
        group_id = self._directory.find_group(group_name(order))
        join_or_leave = self._directory.join if is_on else self._directory.leave
        for member in order.members:
            ours = self._directory.find_ours(member)
            theirs = None if ours else self._directory.find_by_mail(member)
            if ours is not None:
                self._directory.set_active(ours, is_on)
            elif theirs is not None and group_id is not None:
                join_or_leave(group_id, theirs)
