"""The seats in QuickSight: readers look at dashboards, authors make them."""

from typing import Any, Literal

from botocore.exceptions import ClientError

from chassis.failures import NeverPossible
from provisioning.adapters.aws import names
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import error_code
from provisioning.adapters.aws.quicksight_group import QuickSightGroup
from provisioning.adapters.step_shapes import FrozenElsewhere
from provisioning.domain.orders import GrantOrder, Member
from provisioning.handlers.ports import Outputs

_GONE = "ResourceNotFoundException"
_THERE = "ResourceExistsException"
_ROLES: dict[str, Literal["READER", "AUTHOR"]] = {"reader": "READER", "author": "AUTHOR"}


class QuickSightSeats(FrozenElsewhere):
    """Step: a seat for each member, the contact first, as far as the catalogue's number goes.

    Parameters: ``seat`` (reader or author) and ``seats_most`` (default: a seat for everybody). The
    user's name is made from the partner and the member, so that one person can sit for two partners.
    """

    name = "analytics_seats"

    def __init__(self, aws: AwsClients, namespace: str) -> None:
        self._aws = aws
        self._namespace = namespace

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        group = QuickSightGroup(self._aws, self._namespace, names.of_partner(order))
        seated = _seated(order)
        for member in seated:
            user_name = _user_name(order, member)
            if not self._exists(user_name):
                self._register(user_name, member, _role(order))
            group.add(user_name)
        return {"seat": _role(order).lower(), "seat_count": len(seated)}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        for member in order.members:
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
                Email=member.email,
                UserRole=role,
            )
        except ClientError as error:
            if error_code(error) != _THERE:
                raise


def _seated(order: GrantOrder) -> list[Member]:
    contacts_first = sorted(order.members, key=lambda member: not member.is_contact)
    return contacts_first[: order.parameters.get("seats_most", len(contacts_first))]


def _role(order: GrantOrder) -> Literal["READER", "AUTHOR"]:
    wanted = str(order.parameters.get("seat", "reader"))
    if wanted not in _ROLES:
        raise NeverPossible("seat_unknown", f"The catalogue asks for the seat {wanted!r}: {sorted(_ROLES)}")
    return _ROLES[wanted]


def _user_name(order: GrantOrder, member: Member) -> str:
    return f"{names.of_partner(order)}-{member.member_id.hex[-12:]}"
