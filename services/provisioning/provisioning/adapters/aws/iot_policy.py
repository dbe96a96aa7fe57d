"""What the partner's devices may do: use their own name, on the partner's own topics."""

import json
from typing import Any

from provisioning.adapters.aws import names, policy_documents
from provisioning.adapters.aws.aws_step import AwsStep
from provisioning.adapters.aws.failures import every, tolerated, unless_gone
from provisioning.adapters.products.iot import DEVICE_QUOTA
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, ON, Observation, differs
from provisioning.handlers.ports import Outputs

_THING = "${iot:Connection.Thing.ThingName}"


class IotPolicy(AwsStep):
    """Step: an IoT policy for the gateway, and one for all further devices if the quota allows any.

    The gateway may use all of the partner's topics, a device only those below its own name.
    """

    name = "iot_policy"

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        """On only with exactly our documents; a changed document may allow more."""
        documents = self._documents(order)
        known = {name: self._known(name) for name in documents}
        if not any(known.values()):
            return ABSENT
        changed = ", ".join(name for name in documents if known[name] != documents[name])
        return differs("policy_changed", policy=changed) if changed else ON

    def _known(self, name: str) -> dict[str, Any] | None:
        found = unless_gone(lambda: self._aws.read.iot.get_policy(policyName=name))
        return dict(json.loads(found["policyDocument"])) if found else None

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        for name, document in self._documents(order).items():
            with tolerated("ResourceAlreadyExistsException"):
                self._aws.write.iot.create_policy(
                    policyName=name, policyDocument=json.dumps(document), tags=names.tag_list(order)
                )
                continue
            self._put_right(name, document)
        quota = _quota(order)
        return {
            "policy_name": names.of_partner(order),
            "topic_root": _topic_root(order),
            DEVICE_QUOTA: quota if quota > 1 else None,
        }

    def _put_right(self, name: str, document: dict[str, Any]) -> None:
        """AWS keeps at most five versions; nobody needs the older ones."""
        if self._known(name) != document:
            self._delete_older_versions(name)
            self._aws.write.iot.create_policy_version(
                policyName=name, policyDocument=json.dumps(document), setAsDefault=True
            )

    def _documents(self, order: GrantOrder) -> dict[str, dict[str, Any]]:
        gateway = {names.of_partner(order): self._document(_topic_root(order))}
        if _quota(order) == 1:
            return gateway
        return gateway | {names.of_devices(order): self._document(f"{_topic_root(order)}/{_THING}")}

    def _document(self, topics: str) -> dict[str, Any]:
        return policy_documents.device(
            client=self._aws.caller.arn("iot", f"client/{_THING}"),
            topics=self._aws.caller.arn("iot", f"topic/{topics}/*"),
            filters=self._aws.caller.arn("iot", f"topicfilter/{topics}/*"),
        )

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        """Delete both: the quota may have changed."""
        self.delete(names.of_devices(order))
        self.delete(names.of_partner(order))

    def delete(self, name: str) -> None:
        """Detach it from everything, whoever attached it, and delete it with its older versions.

        Raises NotNow while AWS still sees it attached somewhere: detaching takes a moment.
        """
        with tolerated():
            for target in list(
                every(self._aws.read.iot, "list_targets_for_policy", "targets", policyName=name)
            ):
                self._aws.write.iot.detach_policy(policyName=name, target=target)
            self._delete_older_versions(name)
            self._aws.write.iot.delete_policy(policyName=name)

    def _delete_older_versions(self, name: str) -> None:
        for version in self._aws.read.iot.list_policy_versions(policyName=name)["policyVersions"]:
            if not version["isDefaultVersion"]:
                version_id = version["versionId"]
                self._aws.write.iot.delete_policy_version(policyName=name, policyVersionId=version_id)


def _quota(order: GrantOrder) -> int:
    return int(order.parameters.get(DEVICE_QUOTA, 1))


def _topic_root(order: GrantOrder) -> str:
    return f"partners/{order.slug}"


def policy_name(order: GrantOrder) -> str:
    """The policy of the device the order is about."""
    return names.of_partner(order) if order.device is None else names.of_devices(order)
