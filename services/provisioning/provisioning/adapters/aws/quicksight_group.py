"""The partner's group in QuickSight: its members are the seats, and it is granted the data."""

from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import is_gone, tolerated, unless_gone

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
        return unless_gone(lambda: self._aws.read.quicksight.describe_group(**self._group)) is not None

    def ensure(self) -> None:
        if not self.exists():
            with tolerated(_THERE):
                self._aws.write.quicksight.create_group(Description="Made by Gangway", **self._group)

    def members(self) -> set[str]:
        """Return the names of the users in it; a missing group has none."""
        pages = self._aws.read.quicksight.get_paginator("list_group_memberships").paginate(**self._group)
        members = (member for page in pages for member in page.get("GroupMemberList", []))
        return unless_gone(lambda: {member["MemberName"] for member in members}) or set()

    def add(self, user_name: str) -> None:
        """Add a member; adding it again is accepted.

        A missing group is created again for the next attempt.
        """
        try:
            self._aws.write.quicksight.create_group_membership(MemberName=user_name, **self._group)
        except ClientError as error:
            if is_gone(error):
                self.ensure()
            raise

    def delete(self) -> None:
        unless_gone(lambda: self._aws.write.quicksight.delete_group(**self._group))
