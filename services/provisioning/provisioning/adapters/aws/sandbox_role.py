"""The role that the partner's people take in their sandbox, never stronger than its boundary."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chassis.failures import NotNow
from provisioning.adapters.aws import names, policy_documents
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import error_code
from provisioning.adapters.aws.organization_account import is_open
from provisioning.adapters.step_shapes import FrozenElsewhere
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, ON, Observation, differs
from provisioning.handlers.ports import Outputs

if TYPE_CHECKING:
    from types_boto3_iam import IAMClient

_ROLE = policy_documents.ROLE_NAME
_GONE = {"NoSuchEntity", "NoSuchEntityException"}
_THERE = {"EntityAlreadyExists", "EntityAlreadyExistsException"}


class SandboxRole(FrozenElsewhere):
    """Step: makes the role and its boundary inside the member account."""

    name = "sandbox_role"

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        """The role with its boundary and its policy; without one of them it is no role of ours."""
        account_id = outputs.get("account_id")
        if account_id is None or not is_open(self._aws, account_id):
            return ABSENT
        iam = self._aws.member_iam(account_id)
        try:
            role = iam.get_role(RoleName=_ROLE)["Role"]
            policies = iam.list_role_policies(RoleName=_ROLE)["PolicyNames"]
        except ClientError as error:
            if error_code(error) not in _GONE:
                raise
            return self._observe_boundary(iam, account_id)
        if "PermissionsBoundary" not in role:
            return differs("boundary_missing", role=_ROLE)
        return ON if _ROLE in policies else differs("policy_missing", role=_ROLE)

    def _observe_boundary(self, iam: "IAMClient", account_id: str) -> Observation:
        try:
            iam.get_policy(PolicyArn=self._arn(account_id, f"policy/{policy_documents.BOUNDARY_NAME}"))
        except ClientError as error:
            if error_code(error) not in _GONE:
                raise
            return ABSENT
        return differs("role_missing", role=_ROLE)

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        account_id = outputs["account_id"]
        iam = self._aws.member_iam(account_id)
        boundary_arn = self._arn(account_id, f"policy/{policy_documents.BOUNDARY_NAME}")
        self._ensure_boundary(iam, boundary_arn, order)
        self._ensure_role(iam, boundary_arn, self._arn(account_id, "root"), order)
        document = json.dumps(policy_documents.partner())
        iam.put_role_policy(RoleName=_ROLE, PolicyName=_ROLE, PolicyDocument=document)
        return {"role_arn": self._arn(account_id, f"role/{_ROLE}"), "boundary_arn": boundary_arn}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        account_id = outputs.get("account_id")
        if account_id is None or not is_open(self._aws, account_id):
            return
        iam = self._aws.member_iam(account_id)
        boundary_arn = self._arn(account_id, f"policy/{policy_documents.BOUNDARY_NAME}")
        with _unless_gone():
            iam.delete_role_policy(RoleName=_ROLE, PolicyName=_ROLE)
        with _unless_gone():
            iam.delete_role(RoleName=_ROLE)
        with _unless_gone():
            iam.delete_policy(PolicyArn=boundary_arn)

    def _ensure_boundary(self, iam: "IAMClient", boundary_arn: str, order: GrantOrder) -> None:
        document = json.dumps(policy_documents.boundary(boundary_arn))
        try:
            iam.create_policy(
                PolicyName=policy_documents.BOUNDARY_NAME, PolicyDocument=document, Tags=_tags(order)
            )
        except ClientError as error:
            if error_code(error) not in _THERE:
                raise

    def _ensure_role(self, iam: "IAMClient", boundary_arn: str, trusted: str, order: GrantOrder) -> None:
        """Raises NotNow while IAM has not yet heard of the boundary that it just made."""
        try:
            iam.create_role(
                RoleName=_ROLE,
                AssumeRolePolicyDocument=json.dumps(policy_documents.trust(trusted)),
                PermissionsBoundary=boundary_arn,
                Tags=_tags(order),
            )
        except ClientError as error:
            if error_code(error) in _GONE:
                raise NotNow("boundary_not_ready", "IAM does not know the new boundary yet") from error
            if error_code(error) not in _THERE:
                raise

    def _arn(self, account_id: str, resource: str) -> str:
        return f"arn:{self._aws.caller.partition}:iam::{account_id}:{resource}"


@contextmanager
def _unless_gone() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error_code(error) not in _GONE:
            raise


def _tags(order: GrantOrder) -> Any:
    return [{"Key": key, "Value": value} for key, value in names.tags(order)]
