"""The CRM as a sweep lists it: users of ours who may sign in."""

from typing import Any, Literal
from uuid import UUID

from provisioning.adapters.listing import Listing, Seen
from provisioning.adapters.scim_directory import CrmUser, ScimDirectory
from provisioning.adapters.scim_failures import scim_failures_sorted
from provisioning.domain.findings import Mark, Thing, ThingKind
from provisioning.domain.former_people import former_person_id_of
from provisioning.domain.orders import person_id_of
from provisioning.handlers.ports import Inventory


def crm_users(directory: ScimDirectory, removal: Literal["delete", "deactivate"]) -> Inventory:
    """Ours by the label that is made of the person's own address: others write ids there, too.

    Who was switched off instead of deleted stays there on purpose. Groups are shared and stay.
    """

    def pages(cursor: str | None) -> tuple[list[CrmUser], str | None]:
        start = int(cursor or 1)
        users, total = directory.list_users(start)
        following = start + len(users)
        return users, str(following) if users and following <= total else None

    def seen(user: CrmUser) -> Seen | None:
        if not (user.is_active or removal == "delete"):
            return None
        ours = {str(label(one)) for one in user.addresses for label in (person_id_of, former_person_id_of)}
        return Seen(user.id, Mark(person_id=UUID(user.label))) if user.label in ours else None

    def take_away(thing: Thing) -> None:
        person_id: Any = thing.mark.person_id
        if removal == "delete":
            directory.delete_user(thing.outside_id)
        else:
            directory.switch_off(thing.outside_id, person_id)

    return Listing(
        kind=ThingKind.CRM_USER,
        product="crm",
        pages=pages,
        seen=seen,
        look=directory.user,
        take_away=take_away,
        sorting=scim_failures_sorted,
    )
