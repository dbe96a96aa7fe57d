"""The one permission set with which all partners' people sign in."""

import json
from typing import Any

from provisioning.adapters.aws import policy_documents
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import every
from provisioning.adapters.aws.shared_things import find_or_make

NAME = "GangwayPartner"
_SESSION = "PT8H"


class PermissionSet:
    """Lets people take the partner's role in their account, and nothing else."""

    def __init__(self, aws: AwsClients, instance_arn: str) -> None:
        self._aws = aws
        self._instance_arn = instance_arn

    def ensure(self) -> str:
        """Return its ARN, with the policy as it should be."""
        arn = find_or_make(self.find, self._create, taken="ConflictException")
        self._put_right(arn)
        return arn

    def is_as_made(self, account_id: str) -> bool:
        """Whether it lets people take the partner's role, and do nothing else, in this account, too."""
        arn = self.find()
        if arn is None or self._policy_of(arn) != policy_documents.sign_in(self._aws.caller.partition):
            return False
        return not (any(self._policies_of_others(arn)) or self._is_older_in(account_id, arn))

    def renew(self, account_id: str, arn: str) -> None:
        """Bring an account up to date: whoever changed the permission set may have been killed before."""
        if self._is_older_in(account_id, arn):
            self._aws.write.sso_admin.provision_permission_set(
                InstanceArn=self._instance_arn,
                PermissionSetArn=arn,
                TargetType="AWS_ACCOUNT",
                TargetId=account_id,
            )

    def find(self) -> str | None:
        """Look at every permission set: AWS lists only their ARNs."""
        sso_admin, where = self._aws.read.sso_admin, {"InstanceArn": self._instance_arn}
        arns = every(sso_admin, "list_permission_sets", "PermissionSets", **where)
        return next((arn for arn in sorted(arns) if self._name_of(arn) == NAME), None)

    def _policy_of(self, arn: str) -> object:
        """Return the document of its policy, None where it has none."""
        known = self._aws.read.sso_admin.get_inline_policy_for_permission_set(
            InstanceArn=self._instance_arn, PermissionSetArn=arn
        )["InlinePolicy"]
        return json.loads(known) if known else None

    def _policies_of_others(self, arn: str) -> tuple[list[Any], list[Any]]:
        """Return what others attached to it: policies of AWS, and some that each account may have."""
        sso_admin, which = (
            self._aws.read.sso_admin,
            {"InstanceArn": self._instance_arn, "PermissionSetArn": arn},
        )
        lists = {
            "list_managed_policies_in_permission_set": "AttachedManagedPolicies",
            "list_customer_managed_policy_references_in_permission_set": "CustomerManagedPolicyReferences",
        }
        of_aws, of_accounts = (list(every(sso_admin, name, key, **which)) for name, key in lists.items())
        return of_aws, of_accounts

    def _is_older_in(self, account_id: str, arn: str) -> bool:
        """Whether the account still has what the permission set allowed before.

        Others do not matter: one that AWS cannot reach would make every grant differ.
        """
        which = {"InstanceArn": self._instance_arn, "PermissionSetArn": arn}
        older = every(
            self._aws.read.sso_admin,
            "list_accounts_for_provisioned_permission_set",
            "AccountIds",
            **which,
            ProvisioningStatus="LATEST_PERMISSION_SET_NOT_PROVISIONED",
        )
        return account_id in older

    def _name_of(self, arn: str) -> str:
        described = self._aws.read.sso_admin.describe_permission_set(
            InstanceArn=self._instance_arn, PermissionSetArn=arn
        )
        return described["PermissionSet"].get("Name", "")

    def _create(self) -> None:
        self._aws.write.sso_admin.create_permission_set(
            InstanceArn=self._instance_arn,
            Name=NAME,
            Description="People of a partner, in their sandbox",
            SessionDuration=_SESSION,
        )

    def _put_right(self, arn: str) -> None:
        """Accounts where the set is in use get a changed policy only when it is provisioned anew."""
        wanted, known = policy_documents.sign_in(self._aws.caller.partition), self._policy_of(arn)
        of_aws, of_accounts = self._policies_of_others(arn)
        write = self._aws.write.sso_admin
        which: Any = {"InstanceArn": self._instance_arn, "PermissionSetArn": arn}
        for one in of_aws:
            write.detach_managed_policy_from_permission_set(**which, ManagedPolicyArn=one["Arn"])
        for one in of_accounts:
            write.detach_customer_managed_policy_reference_from_permission_set(
                **which, CustomerManagedPolicyReference=one
            )
        if known != wanted:
            write.put_inline_policy_to_permission_set(**which, InlinePolicy=json.dumps(wanted))
        if known not in (None, wanted) or of_aws or of_accounts:
            write.provision_permission_set(**which, TargetType="ALL_PROVISIONED_ACCOUNTS")
