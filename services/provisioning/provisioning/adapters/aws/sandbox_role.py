"""The role that the partner's people assume in their sandbox, never stronger than its boundary."""

import json
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chassis.failures import Kind, NotNow
from provisioning.adapters.aws import names, policy_documents
from provisioning.adapters.aws.aws_step import AwsStep
from provisioning.adapters.aws.failures import (
    error_code,
    every,
    is_gone,
    sorted_failure,
    tolerated,
    unless_gone,
)
from provisioning.adapters.aws.organization_account import is_open
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, ON, Difference, Observation, Standing, differs
from provisioning.handlers.ports import Outputs

if TYPE_CHECKING:
    from types_boto3_iam import IAMClient

_log = logging.getLogger(__name__)
_ROLE = policy_documents.ROLE_NAME
_THERE = {"EntityAlreadyExists", "EntityAlreadyExistsException"}


class SandboxRole(AwsStep):
    """Step: creates the role and its boundary in the member account; undo removes what it can."""

    name = "sandbox_role"

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        """On only with exactly our boundary, trust and policy; each of them limits the partner."""
        account_id = outputs.get("account_id")
        if account_id is None or not is_open(self._aws, account_id):
            return ABSENT
        with self._aws.member_iam(account_id) as iam:
            return self._observed(iam, account_id)

    def _observed(self, iam: "IAMClient", account_id: str) -> Observation:
        role: Any = unless_gone(lambda: iam.get_role(RoleName=_ROLE)["Role"])
        if role is None:
            is_bare = self._boundary_of(iam, account_id) is None
            return ABSENT if is_bare else differs("role_missing", role=_ROLE)
        due = {
            "boundary_detached": (
                role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
                self._boundary_arn(account_id),
            ),
            "boundary_changed": (
                self._boundary_of(iam, account_id),
                policy_documents.boundary(self._boundary_arn(account_id)),
            ),
            "trust_changed": (
                role["AssumeRolePolicyDocument"],
                policy_documents.trust(self._arn(account_id, "root")),
            ),
            "policy_changed": (_policy_of(iam), policy_documents.partner()),
        }
        changed = tuple(Difference(code, {"role": _ROLE}) for code, (is_, due_) in due.items() if is_ != due_)
        return Observation(standing=Standing.DIFFERS, differences=changed) if changed else ON

    def _boundary_of(self, iam: "IAMClient", account_id: str) -> object:
        """Return the document of the boundary, or None if there is none."""
        arn = self._boundary_arn(account_id)
        with tolerated():
            version_id = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            return iam.get_policy_version(PolicyArn=arn, VersionId=version_id)["PolicyVersion"]["Document"]
        return None

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        account_id = outputs["account_id"]
        boundary_arn = self._boundary_arn(account_id)
        document = json.dumps(policy_documents.partner())
        with self._aws.member_iam(account_id) as iam:
            self._ensure_boundary(iam, account_id, order)
            self._ensure_role(iam, boundary_arn, self._arn(account_id, "root"), order)
            iam.put_role_policy(RoleName=_ROLE, PolicyName=_ROLE, PolicyDocument=document)
        return {"role_arn": self._arn(account_id, f"role/{_ROLE}"), "boundary_arn": boundary_arn}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        account_id = outputs.get("account_id")
        if account_id is None or not is_open(self._aws, account_id):
            return
        boundary_arn = self._boundary_arn(account_id)
        try:
            with self._aws.member_iam(account_id) as iam:
                _unless_held(partial(self._undo_role, iam), account_id)
                _unless_held(partial(self._undo_boundary, iam, boundary_arn), account_id)
        except (ClientError, NotNow) as error:
            _leave_inside(error, account_id)

    def _undo_role(self, iam: "IAMClient") -> None:
        """Detach everything from the role first, including what others attached, which is not deleted."""
        for name in _all(iam, "list_role_policies", "PolicyNames"):
            iam.delete_role_policy(RoleName=_ROLE, PolicyName=name)
        for policy in _all(iam, "list_attached_role_policies", "AttachedPolicies"):
            iam.detach_role_policy(RoleName=_ROLE, PolicyArn=policy["PolicyArn"])
        for profile in _all(iam, "list_instance_profiles_for_role", "InstanceProfiles"):
            name = profile["InstanceProfileName"]
            iam.remove_role_from_instance_profile(RoleName=_ROLE, InstanceProfileName=name)
        iam.delete_role(RoleName=_ROLE)

    def _undo_boundary(self, iam: "IAMClient", boundary_arn: str) -> None:
        """A policy with more than one version cannot be deleted."""
        _delete_older_versions(iam, boundary_arn)
        iam.delete_policy(PolicyArn=boundary_arn)

    def _ensure_boundary(self, iam: "IAMClient", account_id: str, order: GrantOrder) -> None:
        """Restore our document if somebody changed it; IAM keeps at most five versions."""
        arn = self._boundary_arn(account_id)
        due = policy_documents.boundary(arn)
        document = json.dumps(due)
        with tolerated(*_THERE):
            iam.create_policy(
                PolicyName=policy_documents.BOUNDARY_NAME, PolicyDocument=document, Tags=names.tag_list(order)
            )
            return
        if self._boundary_of(iam, account_id) != due:
            _delete_older_versions(iam, arn)
            iam.create_policy_version(PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)

    def _ensure_role(self, iam: "IAMClient", boundary_arn: str, trusted: str, order: GrantOrder) -> None:
        """Raises NotNow while IAM does not know the boundary that it just created."""
        trust = json.dumps(policy_documents.trust(trusted))
        try:
            iam.create_role(
                RoleName=_ROLE,
                AssumeRolePolicyDocument=trust,
                PermissionsBoundary=boundary_arn,
                Tags=names.tag_list(order),
            )
        except ClientError as error:
            if is_gone(error):
                message = "IAM does not know the new boundary yet"
                raise NotNow("boundary_not_ready", message, kind=Kind.EVENTUAL_CONSISTENCY) from error
            if error_code(error) not in _THERE:
                raise
            iam.put_role_permissions_boundary(RoleName=_ROLE, PermissionsBoundary=boundary_arn)
            iam.update_assume_role_policy(RoleName=_ROLE, PolicyDocument=trust)

    def _boundary_arn(self, account_id: str) -> str:
        return self._arn(account_id, f"policy/{policy_documents.BOUNDARY_NAME}")

    def _arn(self, account_id: str, resource: str) -> str:
        return f"arn:{self._aws.caller.partition}:iam::{account_id}:{resource}"


def end_sessions(iam: "IAMClient", at: datetime) -> None:
    """Deny everything to sessions that began earlier, which would otherwise last up to an hour."""
    document = json.dumps(policy_documents.sessions_before(at))
    with tolerated():
        iam.put_role_policy(RoleName=_ROLE, PolicyName=policy_documents.REVOKED_NAME, PolicyDocument=document)


def _all(iam: Any, operation: str, key: str) -> list[Any]:
    return list(every(iam, operation, key, RoleName=_ROLE))


def _policy_of(iam: "IAMClient") -> object:
    """Return the document of the role's own policy, or None if there is none."""
    return unless_gone(lambda: iam.get_role_policy(RoleName=_ROLE, PolicyName=_ROLE)["PolicyDocument"])


def _delete_older_versions(iam: "IAMClient", policy_arn: str) -> None:
    for version in list(every(iam, "list_policy_versions", "Versions", PolicyArn=policy_arn)):
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=policy_arn, VersionId=version["VersionId"])


def _unless_held(take_away: Callable[[], None], account_id: str) -> None:
    try:
        take_away()
    except ClientError as error:
        if not is_gone(error):
            _leave_inside(error, account_id)


def _leave_inside(error: ClientError | NotNow, account_id: str) -> None:
    """Leave the rest: closing the account ends it anyway. Temporary failures are raised."""
    failure = sorted_failure(error) if isinstance(error, ClientError) else error
    if failure.kind in (Kind.THROTTLED, Kind.UNAVAILABLE):
        raise error
    _log.warning("resource left inside the account", extra={"account_id": account_id, "code": failure.code})
