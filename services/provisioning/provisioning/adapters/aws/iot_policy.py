"""What the partner's devices may do: speak under their own name, on the partner's own topics."""

import json
from typing import Any

from botocore.exceptions import ClientError

from provisioning.adapters.aws import names, policy_documents
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import error_code
from provisioning.adapters.step_shapes import FrozenElsewhere
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, ON, Observation, differs
from provisioning.handlers.ports import Outputs

_GONE = "ResourceNotFoundException"


class IotPolicy(FrozenElsewhere):
    """Step: an IoT policy for all devices of the partner."""

    name = "iot_policy"

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        """On with exactly the document that we give it; what others put in it may open more."""
        try:
            known = self._aws.read.iot.get_policy(policyName=names.of_partner(order))
        except ClientError as error:
            if error_code(error) != _GONE:
                raise
            return ABSENT
        is_ours = json.loads(known["policyDocument"]) == self._document(order)
        return ON if is_ours else differs("policy_changed", policy=names.of_partner(order))

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        try:
            self._aws.write.iot.create_policy(
                policyName=names.of_partner(order),
                policyDocument=json.dumps(self._document(order)),
                tags=[{"Key": key, "Value": value} for key, value in names.tags(order)],
            )
        except ClientError as error:
            if error_code(error) != "ResourceAlreadyExistsException":
                raise
            self._put_right(order)
        return {"policy_name": names.of_partner(order), "topic_root": _topic_root(order)}

    def _put_right(self, order: GrantOrder) -> None:
        """AWS keeps five versions at most, of which the older ones are nobody's."""
        if self.observe(order, {}) != ON:
            name = names.of_partner(order)
            self._delete_older_versions(name)
            self._aws.write.iot.create_policy_version(
                policyName=name, policyDocument=json.dumps(self._document(order)), setAsDefault=True
            )

    def _document(self, order: GrantOrder) -> dict[str, Any]:
        return policy_documents.device(
            client=self._aws.caller.arn("iot", "client/${iot:Connection.Thing.ThingName}"),
            topics=self._aws.caller.arn("iot", f"topic/{_topic_root(order)}/*"),
            filters=self._aws.caller.arn("iot", f"topicfilter/{_topic_root(order)}/*"),
        )

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        """Detach it from everything, also from what others made, and delete it with its older versions.

        Raises NotNow while AWS still sees it attached somewhere: detaching takes it a while.
        """
        name = names.of_partner(order)
        try:
            pages = self._aws.read.iot.get_paginator("list_targets_for_policy").paginate(policyName=name)
            for target in [target for page in pages for target in page["targets"]]:
                self._aws.write.iot.detach_policy(policyName=name, target=target)
            self._delete_older_versions(name)
            self._aws.write.iot.delete_policy(policyName=name)
        except ClientError as error:
            if error_code(error) != _GONE:
                raise

    def _delete_older_versions(self, name: str) -> None:
        for version in self._aws.read.iot.list_policy_versions(policyName=name)["policyVersions"]:
            if not version["isDefaultVersion"]:
                version_id = version["versionId"]
                self._aws.write.iot.delete_policy_version(policyName=name, policyVersionId=version_id)


def _topic_root(order: GrantOrder) -> str:
    return f"partners/{order.slug}"
