"""Lists the CRM for a sweep: our users who can sign in."""

from typing import Any, Literal
from uuid import UUID

from provisioning.adapters.crm_directory import CrmDirectory, CrmUser
from provisioning.adapters.listing import Listing, Seen
from provisioning.domain.findings import Mark, Thing, ThingKind
from provisioning.domain.former_people import former_person_id_of
from provisioning.domain.orders import person_id_of
from provisioning.handlers.ports import Inventory


def crm_users(crm: CrmDirectory, removal: Literal["delete", "deactivate"]) -> Inventory:
    """Ours by the label made from the person's own address, because others write ids there too.

    A user switched off instead of deleted stays on purpose. Groups are shared and stay.
    """

    def seen(user: CrmUser) -> Seen | None:
        if not user.is_active and (removal == "deactivate" or not user.is_off_for_now):
            return None
        ours = {str(label(one)) for one in user.addresses for label in (person_id_of, former_person_id_of)}
        return Seen(user.id, Mark(person_id=UUID(user.label))) if user.label in ours else None

    def take_away(thing: Thing) -> None:
        person_id: Any = thing.mark.person_id
        if removal == "delete":
            crm.delete_user(thing.outside_id, person_id)
        else:
            crm.switch_off(thing.outside_id, person_id)

    return Listing(
        kind=ThingKind.CRM_USER,
        product="crm",
        pages=crm.list_users,
        seen=seen,
        look=crm.user,
        take_away=take_away,
        sorting=crm.failures_sorted,
    )
