"""The partner's group in QuickSight, to which the data is opened and in which the seats are."""

from botocore.exceptions import ClientError

from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import error_code

_GONE = "ResourceNotFoundException"
_THERE = "ResourceExistsException"


class QuickSightGroup:
    """One group, known by its name."""

    def __init__(self, aws: AwsClients, namespace: str, name: str) -> None:
        self._aws = aws
        self._group = {
            "AwsAccountId": aws.caller.account_id,
            "Namespace": namespace,
            "GroupName": name,
        }
        self.arn = aws.caller.arn("quicksight", f"group/{namespace}/{name}")

    def ensure(self) -> None:
        try:
            self._aws.read.quicksight.describe_group(**self._group)
        except ClientError as error:
            if error_code(error) != _GONE:
                raise
            self._create()

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
        try:
            self._aws.write.quicksight.delete_group(**self._group)
        except ClientError as error:
            if error_code(error) != _GONE:
                raise

    def _create(self) -> None:
        try:
            self._aws.write.quicksight.create_group(Description="Made by Gangway", **self._group)
        except ClientError as error:
            if error_code(error) != _THERE:
                raise
