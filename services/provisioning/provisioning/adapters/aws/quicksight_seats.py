"""The seats in QuickSight: readers look at dashboards, authors make them."""

from typing import Any, Literal

from botocore.exceptions import ClientError

from chassis.text.mail_addresses import wire_address
from provisioning.adapters.aws import names
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import aws_failures_sorted, error_code
from provisioning.adapters.aws.quicksight_group import QuickSightGroup
from provisioning.adapters.step_shapes import FrozenElsewhere, serve_each
from provisioning.domain.orders import GrantOrder, Member
from provisioning.domain.standings import ABSENT, ON, Observation, differs
from provisioning.handlers.ports import Outputs

_GONE = "ResourceNotFoundException"
_THERE = "ResourceExistsException"


class QuickSightSeats(FrozenElsewhere):
    """Step: a seat for each member.

    Parameter: ``quicksight_role`` (READER or AUTHOR). The user's name is made from the partner and
    the member, so that one person can sit for two partners.
    """

    name = "analytics_seats"

    def __init__(self, aws: AwsClients, namespace: str) -> None:
        self._aws = aws
        self._namespace = namespace

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        """A seat serves only in the group to which the data is open."""
        seats = {_user_name(order, member) for member in order.members}
        standing = {name for name in seats if self._exists(name)}
        if seats and not standing:
            return ABSENT
        seated = standing & self._group(order).members()
        return ON if seated == seats else differs("seats_missing", count=str(len(seats - seated)))

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        group = self._group(order)
        role: Literal["READER", "AUTHOR"] = order.parameters["quicksight_role"]

        def seat(member: Member) -> bool:
            user_name = _user_name(order, member)
            is_new = not self._exists(user_name)
            if is_new:
                self._register(user_name, member, role)
            group.add(user_name)
            return is_new

        serve_each(order.members, seat, aws_failures_sorted)
        return {"seat_role": role, "seat_count": len(order.members)}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        serve_each(order.members, lambda member: self._delete(order, member), aws_failures_sorted)

    def _group(self, order: GrantOrder) -> QuickSightGroup:
        return QuickSightGroup(self._aws, self._namespace, names.of_partner(order))

    def _delete(self, order: GrantOrder, member: Member) -> None:
        try:
            self._aws.write.quicksight.delete_user(
                AwsAccountId=self._aws.caller.account_id,
                Namespace=self._namespace,
                UserName=_user_name(order, member),
            )
        except ClientError as error:
            if error_code(error) != _GONE:
                raise

    def _exists(self, user_name: str) -> bool:
        try:
            self._aws.read.quicksight.describe_user(
                AwsAccountId=self._aws.caller.account_id, Namespace=self._namespace, UserName=user_name
            )
        except ClientError as error:
            if error_code(error) != _GONE:
                raise
            return False
        return True

    def _register(self, user_name: str, member: Member, role: Literal["READER", "AUTHOR"]) -> None:
        try:
            self._aws.write.quicksight.register_user(
                AwsAccountId=self._aws.caller.account_id,
                Namespace=self._namespace,
                IdentityType="QUICKSIGHT",
                UserName=user_name,
                Email=wire_address(member.email),
                UserRole=role,
            )
        except ClientError as error:
            if error_code(error) != _THERE:
                raise


def _user_name(order: GrantOrder, member: Member) -> str:
    return f"{names.of_partner(order)}-{member.member_id.hex[-12:]}"
