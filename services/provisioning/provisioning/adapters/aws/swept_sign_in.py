"""Lists Identity Center for a sweep: groups of partners, and our users that are in no group."""

from functools import cached_property
from typing import Any

from provisioning.adapters.aws import marks
from provisioning.adapters.aws.aws_listing import aws_listing, listed
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.identity_center import IdentityCenterSignIn, identity_center_instance
from provisioning.adapters.aws.identity_store import IdentityStore, is_made_by_us
from provisioning.adapters.listing import Seen
from provisioning.domain.findings import Mark, Thing, ThingKind
from provisioning.domain.orders import person_id_of
from provisioning.handlers.ports import Inventory

_USERS_ON_A_PAGE = 25


class SweptSignIn:
    """Groups of partners, and our users that are in no group."""

    def __init__(self, aws: AwsClients, step: IdentityCenterSignIn) -> None:
        self._aws = aws
        self._step = step

    def inventories(self) -> list[Inventory]:
        return [
            aws_listing(
                ThingKind.SIGN_IN_GROUP,
                product="cloud_sandbox",
                pages=self._listed("list_groups", "Groups"),
                seen=_seen_group,
                look=lambda group_id: self._described("describe_group", GroupId=group_id),
                take_away=self._remove_group,
            ),
            aws_listing(
                ThingKind.SIGN_IN_USER,
                product="cloud_sandbox",
                pages=self._listed("list_users", "Users", MaxResults=_USERS_ON_A_PAGE),
                seen=self._seen_user,
                look=lambda user_id: self._described("describe_user", UserId=user_id),
                take_away=lambda thing: self._store.delete_user_if_unused(thing.outside_id),
            ),
        ]

    @cached_property
    def _store_id(self) -> str:
        return identity_center_instance(self._aws)[1]

    @property
    def _store(self) -> IdentityStore:
        return IdentityStore(self._aws, self._store_id)

    def _seen_user(self, user: Any) -> Seen | None:
        """A user in a group belongs to somebody, even if the email address has changed."""
        addresses = [email["Value"] for email in user.get("Emails", []) if email.get("Value")]
        if not is_made_by_us(user) or not addresses or self._store.is_in_any_group(user["UserId"]):
            return None
        return Seen(user["UserId"], Mark(person_id=person_id_of(addresses[0])))

    def _remove_group(self, thing: Thing) -> None:
        """Removes its assignments too; its people are no orphans until they are in no group."""
        self._step.undo(marks.order_of(thing.label), {"sign_in_group_id": thing.outside_id})

    def _listed(self, operation: str, key: str, **values: int) -> Any:
        return listed(
            lambda: self._aws.read.identitystore,
            operation,
            key,
            lambda: {"IdentityStoreId": self._store_id, **values},
        )

    def _described(self, operation: str, **which: str) -> Any:
        describe = getattr(self._aws.read.identitystore, operation)
        return describe(IdentityStoreId=self._store_id, **which)


def _seen_group(group: Any) -> Seen | None:
    mark = marks.of_partner(group.get("DisplayName", ""))
    return Seen(group["GroupId"], mark, group["DisplayName"]) if mark else None
