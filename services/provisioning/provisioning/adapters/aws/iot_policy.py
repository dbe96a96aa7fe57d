"""What the partner's devices may do: speak under their own name, on the partner's own topics."""

import json
from typing import Any

from botocore.exceptions import ClientError

from provisioning.adapters.aws import names, policy_documents
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import error_code
from provisioning.adapters.step_shapes import FrozenElsewhere
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, ON, Observation
from provisioning.handlers.ports import Outputs

_GONE = "ResourceNotFoundException"


class IotPolicy(FrozenElsewhere):
    """Step: an IoT policy for all devices of the partner."""

    name = "iot_policy"

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        try:
            self._aws.read.iot.get_policy(policyName=names.of_partner(order))
        except ClientError as error:
            if error_code(error) != _GONE:
                raise
            return ABSENT
        return ON

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        topic_root = f"partners/{order.slug}"
        document = policy_documents.device(
            client=self._aws.caller.arn("iot", "client/${iot:Connection.Thing.ThingName}"),
            topics=self._aws.caller.arn("iot", f"topic/{topic_root}/*"),
            filters=self._aws.caller.arn("iot", f"topicfilter/{topic_root}/*"),
        )
        try:
            self._aws.write.iot.create_policy(
                policyName=names.of_partner(order),
                policyDocument=json.dumps(document),
                tags=[{"Key": key, "Value": value} for key, value in names.tags(order)],
            )
        except ClientError as error:
            if error_code(error) != "ResourceAlreadyExistsException":
                raise
        return {"policy_name": names.of_partner(order), "topic_root": topic_root}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        """Detach it from everything, also from what others made, and delete it with its older versions.

        Raises NotNow while AWS still sees it attached somewhere: detaching takes it a while.
        """
        name = names.of_partner(order)
        try:
            pages = self._aws.read.iot.get_paginator("list_targets_for_policy").paginate(policyName=name)
            for target in [target for page in pages for target in page["targets"]]:
                self._aws.write.iot.detach_policy(policyName=name, target=target)
            for version in self._aws.read.iot.list_policy_versions(policyName=name)["policyVersions"]:
                if not version["isDefaultVersion"]:
                    version_id = version["versionId"]
                    self._aws.write.iot.delete_policy_version(policyName=name, policyVersionId=version_id)
            self._aws.write.iot.delete_policy(policyName=name)
        except ClientError as error:
            if error_code(error) != _GONE:
                raise
