"""The address the partner's devices connect to."""

from typing import Any

from provisioning.adapters.aws.aws_step import AwsStep
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, ON, Observation
from provisioning.handlers.ports import Outputs


class IotEndpoint(AwsStep):
    """Step: asks for the endpoint once. It creates nothing, so there is nothing to undo."""

    name = "iot_endpoint"

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        return ON if "endpoint" in outputs else ABSENT

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        if "endpoint" in outputs:
            return {"endpoint": outputs["endpoint"]}
        answer = self._aws.read.iot.describe_endpoint(endpointType="iot:Data-ATS")
        return {"endpoint": answer["endpointAddress"]}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None: ...
