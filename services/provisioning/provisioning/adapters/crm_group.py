"""The CRM group of the partner's tier."""

from typing import Any

from provisioning.adapters.crm_directory import CrmDirectory
from provisioning.adapters.step_shapes import FrozenElsewhere
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, ON, Observation
from provisioning.handlers.ports import Outputs

# Former groups, ids by name, until none of the partner's people is in them.
LEFT_GROUPS = "left_groups"


class CrmGroup(FrozenElsewhere):
    """Step: makes sure that the tier's group exists. All partners share it, so undo keeps it.

    Parameter: ``scim_group``, its name.
    """

    name = "crm_group"

    def __init__(self, directory: CrmDirectory) -> None:
        self._directory = directory

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        group_id = self._directory.group_of(group_name(order), outputs.get("group_id"))
        return ABSENT if group_id is None else ON

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        """Keep the recorded group, even if renamed; create it again if it is gone.

        If the parameters have a new name, the recorded group is a former one, which people leave.
        """
        group, noted = group_name(order), outputs.get("group_id")
        left: dict[str, Any] = dict(outputs.get(LEFT_GROUPS) or {})
        if outputs.get("group", group) != group:
            left[outputs["group"]], noted = noted, left.pop(group, None)
        group_id = self._directory.group_of(group, noted)
        facts = {"group": group, "group_id": group_id or self._directory.ensure_group(group)}
        return {**facts, LEFT_GROUPS: left} if left else facts

    def undo(self, order: GrantOrder, outputs: Outputs) -> None: ...


def group_name(order: GrantOrder) -> str:
    return str(order.parameters["scim_group"])
