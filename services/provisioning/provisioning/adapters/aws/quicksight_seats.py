"""The seats in QuickSight: readers view dashboards, authors create them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from chassis.failures import NeverPossible, NotNow
from chassis.text.mail_addresses import wire_address
from provisioning.adapters.aws import names
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import aws_failures_sorted, tolerated, unless_gone
from provisioning.adapters.aws.quicksight_group import QuickSightGroup
from provisioning.adapters.step_shapes import FrozenElsewhere, serve_each
from provisioning.domain.orders import GrantOrder, Member
from provisioning.domain.standings import ABSENT, ON, Observation, differs
from provisioning.handlers.ports import Outputs, WayIn

if TYPE_CHECKING:
    from types_boto3_quicksight.type_defs import UserTypeDef

_THERE = "ResourceExistsException"


class QuickSightSeats(FrozenElsewhere):
    """Step: a seat for each member.

    Parameter: ``quicksight_role`` (READER or AUTHOR). The user's name is made from the partner and the
    member, so that one person can have seats with two partners.
    """

    name = "analytics_seats"

    def __init__(self, aws: AwsClients, namespace: str) -> None:
        self._aws = aws
        self._namespace = namespace

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        """A seat is on only in the group that is granted the data, and with the role that is due.

        An administrator of QuickSight sees the data of every partner.
        """
        seats = {_user_name(order, member) for member in order.members}
        users = {name: user for name in seats if (user := self._seen(name))}
        if seats and not users:
            return ABSENT
        members = self._group(order).members()
        seated = users.keys() & members
        if too_many := self._too_many(order, members):
            return differs("seats_too_many", count=str(len(too_many)))
        if seated != seats:
            return differs("seats_missing", count=str(len(seats - seated)))
        others = [user for user in users.values() if user.get("Role") != order.parameters["quicksight_role"]]
        return differs("seat_role_changed", count=str(len(others))) if others else ON

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        group = self._group(order)
        role: Literal["READER", "AUTHOR"] = order.parameters["quicksight_role"]
        for user_name in self._too_many(order, group.members()):
            self._delete(user_name)

        def seat(member: Member) -> bool:
            user_name = _user_name(order, member)
            seen = self._seen(user_name)
            if seen is None:
                self._register(user_name, member, role)
            elif seen.get("Role") != role:
                self._change_role(user_name, member, role)
            group.add(user_name)
            return seen is None

        serve_each(order.members, seat, aws_failures_sorted)
        region = self._aws.read.quicksight.meta.region_name
        return {
            "seat_count": len(order.members),
            "sign_in_url": f"https://{region}.quicksight.aws.amazon.com/sn/start",
        }

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        serve_each(order.members, lambda member: self._delete(_user_name(order, member)), aws_failures_sorted)

    def seat_of(self, order: GrantOrder, member: Member) -> "UserTypeDef | None":
        return self._seen(_user_name(order, member))

    def register_anew(self, order: GrantOrder, member: Member) -> str:
        """Return the address at which the person registers; AWS returns it once and mails it to nobody.

        Only for people who have not registered, because they have nothing to lose. A crash in between leaves
        a seat missing, which a check finds. Raises NeverPossible if the person has registered.
        """
        seen = self.seat_of(order, member)
        if seen is not None and seen.get("Active"):
            raise NeverPossible("registered_already", "This person has registered and signs in now")
        self._delete(_user_name(order, member))
        made = self._register(_user_name(order, member), member, order.parameters["quicksight_role"])
        self._group(order).add(_user_name(order, member))
        if not made:
            raise NotNow("registration_taken", "The seat was made by another call: try again")
        return made

    def _too_many(self, order: GrantOrder, names_in_group: Iterable[str]) -> list[str]:
        """Seats of this partner that nobody should have any more: somebody else added them."""
        wanted = {_user_name(order, member) for member in order.members}
        ours = f"{names.of_partner(order)}-"
        others = [name for name in names_in_group if name.startswith(ours) and name not in wanted]
        return [name for name in others if self._exists(name)]

    def _group(self, order: GrantOrder) -> QuickSightGroup:
        return QuickSightGroup(self._aws, self._namespace, names.of_partner(order))

    def _delete(self, user_name: str) -> None:
        unless_gone(lambda: self._aws.write.quicksight.delete_user(**self._which(user_name)))

    def _which(self, user_name: str) -> Any:
        account_id = self._aws.caller.account_id
        return {"AwsAccountId": account_id, "Namespace": self._namespace, "UserName": user_name}

    def _exists(self, user_name: str) -> bool:
        return self._seen(user_name) is not None

    def _seen(self, user_name: str) -> "UserTypeDef | None":
        describe = self._aws.read.quicksight.describe_user
        return unless_gone(lambda: describe(**self._which(user_name))["User"])

    def _change_role(self, user_name: str, member: Member, role: Literal["READER", "AUTHOR"]) -> None:
        self._aws.write.quicksight.update_user(
            Email=wire_address(member.email), Role=role, **self._which(user_name)
        )

    def _register(self, user_name: str, member: Member, role: Literal["READER", "AUTHOR"]) -> str | None:
        """Return the registration address, or None if the user existed."""
        with tolerated(_THERE):
            answer = self._aws.write.quicksight.register_user(
                IdentityType="QUICKSIGHT",
                Email=wire_address(member.email),
                UserRole=role,
                **self._which(user_name),
            )
            return answer.get("UserInvitationUrl")
        return None


class QuickSightDoor:
    """Each person registers at an address of their own, and is inactive until then."""

    def __init__(self, seats: QuickSightSeats) -> None:
        self._seats = seats

    def ways_in(self, order: GrantOrder, outputs: Outputs) -> list[WayIn]:
        return [self._way_in(order, member) for member in order.members]

    def _way_in(self, order: GrantOrder, member: Member) -> WayIn:
        seen = self._seats.seat_of(order, member)
        if seen is None:
            return WayIn(user_name=None)
        has_come_in = bool(seen.get("Active"))
        return WayIn(user_name=seen.get("UserName"), has_come_in=has_come_in, must_register=not has_come_in)

    def registration_address(self, order: GrantOrder, outputs: Outputs, member: Member) -> str:
        return self._seats.register_anew(order, member)


def _user_name(order: GrantOrder, member: Member) -> str:
    return f"{names.of_partner(order)}-{member.member_id.hex[-12:]}"
