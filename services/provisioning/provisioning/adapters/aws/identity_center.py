"""Sign-in: the partner's people enter their sandbox through IAM Identity Center."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from chassis.failures import Kind, NeverPossible, NotNow
from chassis.redaction import redacted_cause
from provisioning.adapters.aws import marks, names
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import aws_failures_sorted, every, unless_gone
from provisioning.adapters.aws.identity_store import IdentityStore
from provisioning.adapters.aws.permission_set import NAME as PERMISSION_SET
from provisioning.adapters.aws.permission_set import PermissionSet
from provisioning.adapters.step_shapes import serve_each
from provisioning.domain.grant_states import Intent
from provisioning.domain.orders import GrantOrder, Member
from provisioning.domain.standings import ABSENT, OFF, ON, Difference, Observation, Standing, differs
from provisioning.handlers.ports import Outputs, WayIn

if TYPE_CHECKING:
    from types_boto3_sso_admin.type_defs import (
        AccountAssignmentForPrincipalTypeDef,
    )

_LOOK_AGAIN = timedelta(seconds=30)
_LOOKS_MOST = 20
_SECONDS_BETWEEN_LOOKS = 1.0


class IdentityCenterSignIn:
    """Step: a user for each member, a group for the partner, and the group's assignment to the account.

    Frozen: nobody has access to the account, even if its unit cannot be changed; group and users stay.
    """

    name = "sandbox_sign_in"

    def __init__(
        self, aws: AwsClients, start_url: str = "", pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._aws = aws
        self._start_url = start_url
        self._pause = pause

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        """Off as soon as the group has no assignment; one with another permission set does not count as on.

        Frozen or removed, the group must have no assignment at all.
        """
        self._aws.shared.forget()
        instance_arn, store_id = identity_center_instance(self._aws)
        store = IdentityStore(self._aws, store_id)
        group_id = _group(store, order, outputs)
        if group_id is None:
            return ABSENT
        ways = self._assignments(instance_arn, group_id)
        others = [way for way in ways if not _is_own(way, outputs)]
        if not ways:
            return OFF
        foreign = tuple(
            Difference("foreign_way_in", {"account_id": account_id})
            for account_id in sorted({way["AccountId"] for way in others})
        )
        if order.intent is Intent.ON and len(others) == len(ways):
            return Observation(standing=Standing.DIFFERS, differences=foreign)
        if differing := _differing_people(store, group_id, order):
            return differing
        if not PermissionSet(self._aws, instance_arn).is_as_made(outputs.get("account_id", "")):
            return differs("permission_set_changed", permission_set=PERMISSION_SET)
        return Observation(standing=Standing.ON, differences=foreign)

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        instance_arn, store_id = identity_center_instance(self._aws)
        store = IdentityStore(self._aws, store_id)
        known = _group(store, order, outputs)
        group_id = known or store.create_group(names.of_partner(order))
        if known is not None:
            for user_id in store.too_many(group_id, order.members):
                store.leave(group_id, user_id)
                store.delete_user_if_unused(user_id)
        set_arn = self._ensure_assigned(instance_arn, outputs["account_id"], group_id, is_new=known is None)

        def let_in(member: Member) -> bool:
            user_id = store.ensure_user(member)
            is_joined = store.join(group_id, user_id, is_new_group=known is None)
            mistaken = store.find_mistaken_user(member, user_id)
            if mistaken is not None and mistaken not in map(store.find_user, order.members):
                store.leave(group_id, mistaken)
            return is_joined

        serve_each(order.members, let_in, aws_failures_sorted)
        url = self._start_url or f"https://{store_id}.awsapps.com/start"
        return {
            "sign_in_url": url,
            "sign_in_group": names.of_partner(order),
            "sign_in_group_id": group_id,
            "permission_set_arn": set_arn,
        }

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        """Remove the assignments first, then the people; what others still need stays."""
        instance_arn, store_id = identity_center_instance(self._aws)
        store = IdentityStore(self._aws, store_id)
        group_id = _group(store, order, outputs)
        if group_id is not None:
            self._unassign_all(instance_arn, group_id)
        _let_go(store, group_id, order)
        if group_id is not None:
            store.delete_group(group_id)

    def observe_people(self, order: GrantOrder, outputs: Outputs) -> Observation:
        """Whether any of the order's people is in the group."""
        store = IdentityStore(self._aws, identity_center_instance(self._aws)[1])
        group_id = _group(store, order, outputs)
        if group_id is None or not any(store.is_member(group_id, one) for one in order.members):
            return ABSENT
        return ON

    def let_go(self, order: GrantOrder, outputs: Outputs) -> None:
        """Remove the order's people, and nobody else's access."""
        store = IdentityStore(self._aws, identity_center_instance(self._aws)[1])
        _let_go(store, _group(store, order, outputs), order)

    def freeze(self, order: GrantOrder, outputs: Outputs) -> None:
        instance_arn, store_id = identity_center_instance(self._aws)
        group_id = _group(IdentityStore(self._aws, store_id), order, outputs)
        if group_id is not None:
            self._unassign_all(instance_arn, group_id)

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> None:
        """Restore the assignment if there are an account and people to use it."""
        instance_arn, store_id = identity_center_instance(self._aws)
        group_id = _group(IdentityStore(self._aws, store_id), order, outputs)
        if group_id is not None and "account_id" in outputs:
            self._ensure_assigned(instance_arn, outputs["account_id"], group_id)

    def _ensure_assigned(
        self, instance_arn: str, account_id: str, group_id: str, *, is_new: bool = False
    ) -> str:
        """Return the permission set the group is assigned; a new group has none yet."""
        permission_set = PermissionSet(self._aws, instance_arn)
        permission_set_arn = self._aws.shared.kept("permission set", permission_set.ensure)
        wanted = _assignment(instance_arn, account_id, permission_set_arn, group_id)
        if is_new or not self._is_assigned(wanted):
            self._assign(wanted)  # which brings the permission set as it is now
        else:
            permission_set.renew(account_id, permission_set_arn)
        return permission_set_arn

    def _is_assigned(self, wanted: dict[str, Any]) -> bool:
        found = every(
            self._aws.read.sso_admin,
            "list_account_assignments",
            "AccountAssignments",
            InstanceArn=wanted["InstanceArn"],
            AccountId=wanted["TargetId"],
            PermissionSetArn=wanted["PermissionSetArn"],
        )
        return any(assignment.get("PrincipalId") == wanted["PrincipalId"] for assignment in found)

    def _assign(self, wanted: dict[str, Any]) -> None:
        answer = self._aws.write.sso_admin.create_account_assignment(**wanted)
        self._wait("Creation", answer, wanted["InstanceArn"])

    def _assignments(self, instance_arn: str, group_id: str) -> "list[AccountAssignmentForPrincipalTypeDef]":
        which = {"InstanceArn": instance_arn, "PrincipalId": group_id, "PrincipalType": "GROUP"}
        operation = "list_account_assignments_for_principal"
        return list(every(self._aws.read.sso_admin, operation, "AccountAssignments", **which))

    def _unassign_all(self, instance_arn: str, group_id: str) -> None:
        for found in self._assignments(instance_arn, group_id):
            unwanted = _assignment(instance_arn, found["AccountId"], found["PermissionSetArn"], group_id)
            self._unassign(unwanted)

    def _unassign(self, unwanted: dict[str, Any]) -> None:
        answer = unless_gone(lambda: self._aws.write.sso_admin.delete_account_assignment(**unwanted))
        if answer is not None:
            self._wait("Deletion", answer, unwanted["InstanceArn"])

    def _wait(self, act: Literal["Creation", "Deletion"], answer: Any, instance_arn: str) -> None:
        """Wait while AWS is at work, usually seconds. Raises NotNow if it fails or takes too long.

        An answer without a status (moto's) means done.
        """
        look = getattr(self._aws.read.sso_admin, f"describe_account_assignment_{act.lower()}_status")
        for _ in range(_LOOKS_MOST):
            status = answer[f"AccountAssignment{act}Status"]
            if status.get("Status", "SUCCEEDED") == "SUCCEEDED":
                return
            if status["Status"] == "FAILED":
                reason = redacted_cause(status.get("FailureReason", "no reason given"))
                raise NotNow("assignment_failed", f"AWS: {reason}", kind=Kind.EVENTUAL_CONSISTENCY)
            self._pause(_SECONDS_BETWEEN_LOOKS)
            request = {f"AccountAssignment{act}RequestId": status["RequestId"]}
            answer = look(InstanceArn=instance_arn, **request)
        message = "AWS is still working on the way into the account"
        raise NotNow("assignment_slow", message, _LOOK_AGAIN, kind=Kind.UNDER_WAY)


class IdentityCenterDoor:
    """People sign in with their user name; AWS does not show whether they ever did."""

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws

    def ways_in(self, order: GrantOrder, outputs: Outputs) -> list[WayIn]:
        store = IdentityStore(self._aws, identity_center_instance(self._aws)[1])
        user_ids = map(store.find_user, order.members)
        return [WayIn(user_name=store.name_of(user_id) if user_id else None) for user_id in user_ids]

    def registration_address(self, order: GrantOrder, outputs: Outputs, member: Member) -> str:
        message = "Who signs in for the first time is sent a one-time password by AWS"
        raise NeverPossible("no_registration", message)


def given_ways_in(aws: AwsClients, account_id: str) -> Iterator[str]:
    """Yield who may sign in to an account that no grant has: users, and groups of partners.

    Other groups are the vendor's own, who may look into every account.
    """
    instance_arn, store_id = identity_center_instance(aws)
    store, sso_admin = IdentityStore(aws, store_id), aws.read.sso_admin
    for arn in every(sso_admin, "list_permission_sets", "PermissionSets", InstanceArn=instance_arn):
        which = {"InstanceArn": instance_arn, "AccountId": account_id, "PermissionSetArn": arn}
        for way in every(sso_admin, "list_account_assignments", "AccountAssignments", **which):
            is_user = way["PrincipalType"] == "USER"
            if is_user or marks.of_partner(store.group_name(way["PrincipalId"])):
                yield f"{way['PrincipalType'].lower()} {way['PrincipalId']}"


def identity_center_instance(aws: AwsClients) -> tuple[str, str]:
    """Return its ARN and the id of its identity store."""

    def listed() -> tuple[str, str]:
        instance = next(every(aws.read.sso_admin, "list_instances", "Instances"), None)
        if instance is None:
            message = "IAM Identity Center is not switched on in this organization and region"
            raise NeverPossible("identity_center_missing", message)
        return instance["InstanceArn"], instance["IdentityStoreId"]

    return aws.shared.kept("identity center", listed)


def _group(store: IdentityStore, order: GrantOrder, outputs: Outputs) -> str | None:
    """Return the recorded group, even if renamed; otherwise the group with the name we give."""
    noted = outputs.get("sign_in_group_id")
    if noted is not None and store.has_group(noted):
        return str(noted)
    return store.find_group(names.of_partner(order))


def _differing_people(store: IdentityStore, group_id: str, order: GrantOrder) -> Observation | None:
    missing = [one for one in order.members if not store.is_member(group_id, one)]
    if missing:
        return differs("people_missing", count=str(len(missing)))
    too_many = store.too_many(group_id, order.members)
    return differs("people_too_many", count=str(len(too_many))) if too_many else None


def _let_go(store: IdentityStore, group_id: str | None, order: GrantOrder) -> None:
    """Take each person out of the group, and delete users needed nowhere else."""

    def let_go(member: Member) -> None:
        user_id = store.find_user(member)
        if user_id is None:
            return
        if group_id is not None:
            store.leave(group_id, user_id)
        if not order.other_seats(member):
            store.delete_user_if_unused(user_id)

    serve_each(order.members, let_go, aws_failures_sorted)


def _is_own(way: "AccountAssignmentForPrincipalTypeDef", outputs: Outputs) -> bool:
    """Older releases recorded no permission set."""
    noted = outputs.get("permission_set_arn", way["PermissionSetArn"])
    return way["AccountId"] == outputs.get("account_id") and way["PermissionSetArn"] == noted


def _assignment(instance_arn: str, account_id: str, permission_set_arn: str, group_id: str) -> Any:
    return {
        "InstanceArn": instance_arn,
        "TargetId": account_id,
        "TargetType": "AWS_ACCOUNT",
        "PermissionSetArn": permission_set_arn,
        "PrincipalType": "GROUP",
        "PrincipalId": group_id,
    }
