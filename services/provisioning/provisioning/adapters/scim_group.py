"""The CRM group of the partner's tier."""

from typing import Any

from provisioning.adapters.scim_directory import ScimDirectory
from provisioning.adapters.step_shapes import FrozenElsewhere
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, ON, Observation
from provisioning.handlers.ports import Outputs


class ScimGroup(FrozenElsewhere):
    """Step: makes sure that the tier's group is there. All partners share it, so undo leaves it.

    Parameter: ``scim_group``, its name.
    """

    name = "crm_group"

    def __init__(self, directory: ScimDirectory) -> None:
        self._directory = directory

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        return ON if self._directory.find_group(group_name(order)) else ABSENT

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        """Keep the noted group, whatever people call it now; make it again when it is gone."""
        group, noted = group_name(order), outputs.get("group_id")
        is_kept = noted is not None and self._directory.has_group(noted)
        return {"group": group, "group_id": noted if is_kept else self._directory.ensure_group(group)}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None: ...


def group_name(order: GrantOrder) -> str:
    return str(order.parameters["scim_group"])
