"""The partner's group in QuickSight, to which the data is opened and in which the seats are."""

from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import error_code, tolerated

_GONE = "ResourceNotFoundException"
_THERE = "ResourceExistsException"


class QuickSightGroup:
    """One group, known by its name."""

    def __init__(self, aws: AwsClients, namespace: str, name: str) -> None:
        self._aws = aws
        self._group: dict[str, Any] = {
            "AwsAccountId": aws.caller.account_id,
            "Namespace": namespace,
            "GroupName": name,
        }
        caller = replace(aws.caller, region=aws.read.quicksight.meta.region_name)
        self.arn = caller.arn("quicksight", f"group/{namespace}/{name}")

    def exists(self) -> bool:
        with tolerated(_GONE):
            self._aws.read.quicksight.describe_group(**self._group)
            return True
        return False

    def ensure(self) -> None:
        if not self.exists():
            self._create()

    def members(self) -> set[str]:
        """Return the names of the users in it; nobody is in a group that is gone."""
        token: dict[str, Any] = {}
        found: set[str] = set()
        while True:
            try:
                page = self._aws.read.quicksight.list_group_memberships(**self._group, **token)
            except ClientError as error:
                if error_code(error) != _GONE:
                    raise
                return set()
            found |= {member["MemberName"] for member in page.get("GroupMemberList", [])}
            if not page.get("NextToken"):
                return found
            token = {"NextToken": page["NextToken"]}

    def add(self, user_name: str) -> None:
        """Add a member; a second time is accepted.

        A group that vanished is made again for the next attempt.
        """
        try:
            self._aws.write.quicksight.create_group_membership(MemberName=user_name, **self._group)
        except ClientError as error:
            if error_code(error) == _GONE:
                self.ensure()
            raise

    def delete(self) -> None:
        with tolerated(_GONE):
            self._aws.write.quicksight.delete_group(**self._group)

    def _create(self) -> None:
        with tolerated(_THERE):
            self._aws.write.quicksight.create_group(Description="Made by Gangway", **self._group)
