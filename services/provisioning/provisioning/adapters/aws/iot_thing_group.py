"""The partner's things, as a group."""

from typing import Any

from chassis.failures import NeverPossible
from provisioning.adapters.aws import names
from provisioning.adapters.aws.aws_step import AwsStep
from provisioning.adapters.aws.failures import every, unless_gone
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, ON, Observation
from provisioning.handlers.ports import Outputs


class IotThingGroup(AwsStep):
    """Step: a thing group. AWS accepts creating the same group again, and deleting a missing one."""

    name = "iot_thing_group"

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        describe, group = self._aws.read.iot.describe_thing_group, names.of_partner(order)
        return ON if unless_gone(lambda: describe(thingGroupName=group)) else ABSENT

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        group = names.of_partner(order)
        self._aws.write.iot.create_thing_group(
            thingGroupName=group,
            thingGroupProperties={"thingGroupDescription": "Made by Gangway"},
            tags=names.tag_list(order),
        )
        return {"thing_group": group}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        """Take out what others added, without deleting it.

        Raises NeverPossible if others created groups inside it: a group cannot be moved out of another.
        """
        group = names.of_partner(order)
        inside = self._groups_in(group)
        if inside:
            message = f"Others made groups in the partner's group, which go first: {', '.join(inside)}"
            raise NeverPossible("thing_group_holds_others", message)
        target = self._aws.caller.arn("iot", f"thinggroup/{group}")
        for policy in every(self._aws.read.iot, "list_attached_policies", "policies", target=target):
            self._aws.write.iot.detach_policy(policyName=policy["policyName"], target=target)
        self._aws.write.iot.delete_thing_group(thingGroupName=group)

    def _groups_in(self, group: str) -> list[str]:
        which = {"parentGroup": group, "recursive": False}
        found = every(self._aws.read.iot, "list_thing_groups", "thingGroups", **which)
        return unless_gone(lambda: sorted(one["groupName"] for one in found)) or []
