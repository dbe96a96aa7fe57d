"""The address to which the partner's devices connect."""

from typing import Any

from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.step_shapes import FrozenElsewhere
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, ON, Observation
from provisioning.handlers.ports import Outputs


class IotEndpoint(FrozenElsewhere):
    """Step: asks for the endpoint once; nothing is made, so nothing is undone."""

    name = "iot_endpoint"

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        return ON if "endpoint" in outputs else ABSENT

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        if "endpoint" in outputs:
            return {"endpoint": outputs["endpoint"]}
        answer = self._aws.read.iot.describe_endpoint(endpointType="iot:Data-ATS")
        return {"endpoint": answer["endpointAddress"]}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None: ...
