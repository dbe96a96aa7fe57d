"""Service control policies: limits that nobody inside an account can lift."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError

from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import constraint, every, tolerated
from provisioning.adapters.aws.policy_documents import as_sent
from provisioning.adapters.aws.shared_things import find_or_make

if TYPE_CHECKING:
    from types_boto3_organizations.type_defs import RootTypeDef

DENY_ALL = "gangway-deny-all"
_TYPE: Literal["SERVICE_CONTROL_POLICY"] = "SERVICE_CONTROL_POLICY"


class ServiceControlPolicies:
    """Creates, updates, attaches and detaches policies, each identified by its name."""

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws

    @cache  # noqa: B019 - one for each process
    def root_id(self) -> str:
        """The organization's root, which never changes."""
        return self._root()["Id"]

    def ensure(self, name: str, document: Mapping[str, Any]) -> str:
        """Return the id of the policy with this name and exactly this content."""
        self._enable()
        content = as_sent(document)
        create = self._aws.write.organizations.create_policy
        policy_id = find_or_make(
            lambda: self.find(name),
            lambda: create(Name=name, Type=_TYPE, Content=content, Description="Made by Gangway"),
            taken="DuplicatePolicyException",
        )
        if self.content_of(policy_id) != document:
            self._aws.write.organizations.update_policy(PolicyId=policy_id, Content=content)
        return policy_id

    def content_of(self, policy_id: str) -> object:
        described = self._aws.read.organizations.describe_policy(PolicyId=policy_id)
        return json.loads(described["Policy"]["Content"])

    def find(self, name: str) -> str | None:
        return min((policy["Id"] for policy in self._all() if policy["Name"] == name), default=None)

    def _all(self) -> Iterator[Any]:
        return every(self._aws.read.organizations, "list_policies", "Policies", Filter=_TYPE)

    def is_attached(self, policy_id: str, target_id: str) -> bool:
        return policy_id in self.attached(target_id)

    def attach(self, policy_id: str, target_id: str) -> Mapping[str, str]:
        """Return what was attached before, as `attached` does."""
        attached = self.attached(target_id)
        if policy_id not in attached:
            with tolerated("DuplicatePolicyAttachmentException"):
                self._aws.write.organizations.attach_policy(PolicyId=policy_id, TargetId=target_id)
        return attached

    def detach(self, policy_id: str, target_id: str) -> None:
        if policy_id not in self.attached(target_id):
            return
        with tolerated("PolicyNotAttachedException", "PolicyNotFoundException"):
            self._aws.write.organizations.detach_policy(PolicyId=policy_id, TargetId=target_id)

    def detach_unless_last(self, policy_id: str, target_id: str) -> None:
        """Leave the last policy of a target attached, because AWS requires one."""
        try:
            self.detach(policy_id, target_id)
        except ClientError as error:
            if constraint(error) != "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED":
                raise

    def delete_unused(self, form: str) -> None:
        """Delete policies whose names have this form and that are attached to nothing.

        AWS refuses one that was attached meanwhile; whoever was about to attach a deleted one creates it
        again.
        """
        named = [one["Id"] for one in self._all() if re.fullmatch(form, one["Name"])]
        for policy_id in named:
            with tolerated("PolicyInUseException", "PolicyNotFoundException"):
                if not self._is_used(policy_id):
                    self._aws.write.organizations.delete_policy(PolicyId=policy_id)
        self._aws.shared.forget()

    def _is_used(self, policy_id: str) -> bool:
        organizations = self._aws.read.organizations
        return any(every(organizations, "list_targets_for_policy", "Targets", PolicyId=policy_id))

    def attached(self, target_id: str) -> Mapping[str, str]:
        """Return the names of the attached policies by id."""
        organizations, which = self._aws.read.organizations, {"TargetId": target_id, "Filter": _TYPE}
        there = every(organizations, "list_policies_for_target", "Policies", **which)
        return {policy["Id"]: policy["Name"] for policy in there}

    def _root(self) -> "RootTypeDef":
        root: RootTypeDef = next(every(self._aws.read.organizations, "list_roots", "Roots"))
        return root

    def _enable(self) -> None:
        """Enable this type of policy for the organization; it is disabled in a new one."""
        root = self._root()
        if any(known["Type"] == _TYPE for known in root.get("PolicyTypes", [])):
            return
        with tolerated("PolicyTypeAlreadyEnabledException"):
            self._aws.write.organizations.enable_policy_type(RootId=root["Id"], PolicyType=_TYPE)


def named(attached: Mapping[str, str], *names: str) -> set[str]:
    """Return the ids of the policies with one of these names; includes guard rails with any limits."""
    form = re.compile(f"({'|'.join(names)})(-[0-9a-f]{{12}})?")
    return {policy_id for policy_id, name in attached.items() if form.fullmatch(name)}
