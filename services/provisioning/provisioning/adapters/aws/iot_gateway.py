"""The partner's things in AWS IoT: a gateway, and the devices the partner adds, in the partner's group."""

from typing import Any

from botocore.exceptions import ClientError

from chassis.failures import Kind, NotNow
from provisioning.adapters.aws import names
from provisioning.adapters.aws.aws_step import AwsStep
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import error_code, every, tolerated, unless_gone
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, ON, Observation, differs
from provisioning.handlers.ports import Outputs

# DeleteThing has no conflict error: a thing with a principal is an invalid request.
_STILL_ATTACHED = "InvalidRequestException"


class IotGateway(AwsStep):
    """Step: a thing called ``gangway-<slug>-gateway-1`` or ``-device-<key>``, in the thing group."""

    name = "iot_gateway"

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        thing = names.of_thing(order)
        if not self._exists(thing):
            return ABSENT
        groups = self._aws.read.iot.list_thing_groups_for_thing(thingName=thing)["thingGroups"]
        is_in = any(group["groupName"] == names.of_partner(order) for group in groups)
        return ON if is_in else differs("outside_group", thing=thing)

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        thing = names.of_thing(order)
        if not self._exists(thing):
            attributes = {"partner_id": str(order.partner_id), "grant_id": str(order.grant_id)}
            self._aws.write.iot.create_thing(thingName=thing, attributePayload={"attributes": attributes})
        self._aws.write.iot.add_thing_to_thing_group(thingGroupName=outputs["thing_group"], thingName=thing)
        return {"thing_name": thing}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        """Deleting a thing takes it out of its groups. What others attached is detached, not deleted.

        Raises NotNow while AWS still sees a certificate attached: detaching takes a moment.
        """
        if not self._exists(names.of_thing(order)):
            return
        self._leave_group(order)
        try:
            with tolerated():
                delete_thing(self._aws, names.of_thing(order))
        except ClientError as error:
            if error_code(error) != _STILL_ATTACHED:
                raise
            message = "AWS still sees a certificate on the gateway"
            raise NotNow("thing_still_attached", message, kind=Kind.CONFLICT) from error

    def _leave_group(self, order: GrantOrder) -> None:
        group, thing = names.of_partner(order), names.of_thing(order)
        leave = self._aws.write.iot.remove_thing_from_thing_group
        unless_gone(lambda: leave(thingGroupName=group, thingName=thing))

    def _exists(self, thing: str) -> bool:
        return unless_gone(lambda: self._aws.read.iot.describe_thing(thingName=thing)) is not None


def delete_thing(aws: AwsClients, name: str) -> None:
    """Deleting it takes it out of its groups; what is attached is detached, not deleted."""
    principals = every(aws.read.iot, "list_thing_principals", "principals", thingName=name)
    for principal in list(principals):
        aws.write.iot.detach_thing_principal(thingName=name, principal=principal)
    aws.write.iot.delete_thing(thingName=name)
