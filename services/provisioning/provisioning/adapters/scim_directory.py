"""The CRM's users and groups, in our words."""

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from scim2_client import SCIMClientException
from scim2_models import (
    Email,
    Group,
    Name,
    PatchOp,
    SCIMException,
    SearchRequest,
    User,
)

from chassis.text.characters import visible_line
from provisioning.adapters.scim_connection import ScimConnection
from provisioning.adapters.scim_failures import status_of
from provisioning.domain.former_people import was_mistaken_for
from provisioning.domain.orders import GrantOrder, Member

_GONE, _TAKEN = 404, 409
_NO_SUCH_SEARCH = {400, 404, 405, 501}
_one_group_maker_at_a_time = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class CrmUser:
    """A person's user, made by us or there before us."""

    id: str
    external_id: str
    user_name: str
    is_active: bool


class ScimDirectory:
    """Finds before it makes. Our users carry the person's id as ``externalId``, older ones a member's id.

    SCIM has no idempotency token, but ``userName`` is unique: a second user cannot come to be.
    """

    def __init__(self, connection: ScimConnection) -> None:
        self._scim = connection

    def find_ours(self, ids: Iterable[UUID]) -> list[CrmUser]:
        """Return the users that we made under one of these ids, in the order of the ids."""
        labels = [str(each) for each in ids]
        found = self._search(User, " or ".join(f"externalId eq {json.dumps(label)}" for label in labels))
        ours = [user for user in map(_seen, found) if user.external_id in labels]
        return sorted(ours, key=lambda user: labels.index(user.external_id))

    def find_by_mail(self, member: Member) -> CrmUser | None:
        """Look for the person's user whoever made it, with the address in the body instead of the URL.

        https://www.rfc-editor.org/rfc/rfc7644#section-3.4.3: made for this, and not to be had everywhere;
        where it is missing the address stands in the URL.
        """
        wanted = f"userName eq {json.dumps(member.email, ensure_ascii=False)}"
        try:
            answer: Any = self._scim.search(User, SearchRequest[User[Any]].model_validate({"filter": wanted}))
            found = answer.resources or []
        except (SCIMClientException, SCIMException) as error:
            if status_of(error) not in _NO_SUCH_SEARCH:
                raise
            found = self._search(User, wanted)
        users = [user for user in map(_seen, found) if not was_mistaken_for(user.user_name, member.email)]
        return users[0] if users else None

    def create_user(self, member: Member, order: GrantOrder) -> CrmUser | None:
        """Return the new user, or None when the address has a user already."""
        user: User[Any] = User(
            external_id=str(member.person_id),
            user_name=member.email,
            name=Name(
                formatted=visible_line(member.full_name),
                given_name=visible_line(member.given_name),
                family_name=visible_line(member.family_name) or None,
            ),
            display_name=visible_line(member.full_name),
            emails=[Email(value=member.email, type=Email.Type.work, primary=True)],
            preferred_language=member.language,
            user_type=order.partner_type,
            active=True,
        )
        try:
            made: Any = self._scim.create(user)
        except (SCIMClientException, SCIMException) as error:
            if status_of(error) != _TAKEN:
                raise
            return None
        return _seen(made)

    def set_active(self, user_id: str, is_active: bool) -> None:
        self._patch(User, user_id, {"op": "replace", "path": "active", "value": is_active})

    def relabel(self, user_id: str, person_id: UUID) -> None:
        self._patch(User, user_id, {"op": "replace", "path": "externalId", "value": str(person_id)})

    def delete_user(self, user_id: str) -> None:
        try:
            self._scim.delete(User, user_id)
        except (SCIMClientException, SCIMException) as error:
            if status_of(error) != _GONE:
                raise

    def find_group(self, display_name: str) -> str | None:
        """Return the oldest group of that name."""
        found = self._search(Group, f"displayName eq {json.dumps(display_name)}")
        return min(found, key=_age).id if found else None

    def ensure_group(self, display_name: str) -> str:
        """Return the group's id. All partners of a tier share it and names are not unique in SCIM:

        whoever finds an older group of the same name beside the one just made takes its own away.
        """
        with _one_group_maker_at_a_time:
            found = self.find_group(display_name)
            if found is not None:
                return found
            made: Any = self._scim.create(Group(display_name=display_name))
            oldest = self.find_group(display_name) or str(made.id)
            if oldest != made.id:
                self._scim.delete(Group, made.id)
            return oldest

    def join(self, group_id: str, user_id: str) -> None:
        if self._is_member(group_id, user_id):
            return
        self._patch(Group, group_id, {"op": "add", "path": "members", "value": [{"value": user_id}]})

    def leave(self, group_id: str, user_id: str) -> None:
        if not self._is_member(group_id, user_id):
            return
        path = f"members[value eq {json.dumps(user_id)}]"
        self._patch(Group, group_id, {"op": "remove", "path": path})

    def _is_member(self, group_id: str, user_id: str) -> bool:
        is_in = f"id eq {json.dumps(group_id)} and members.value eq {json.dumps(user_id)}"
        return bool(self._search(Group, is_in))

    def _patch(self, model: Any, resource_id: str, operation: dict[str, Any]) -> None:
        patch = PatchOp[model].model_validate({"Operations": [operation]})
        self._scim.modify(model, resource_id, patch)

    def _search(self, model: Any, wanted: str) -> list[Any]:
        request = SearchRequest[model].model_validate({"filter": wanted})
        answer: Any = self._scim.query(model, query_parameters=request)
        return answer.resources or []


def _seen(user: Any) -> CrmUser:
    """A user without ``active`` is one that may sign in."""
    return CrmUser(
        id=str(user.id),
        external_id=user.external_id or "",
        user_name=user.user_name or "",
        is_active=user.active is not False,
    )


def _age(group: Group) -> tuple[str, str]:
    created = group.meta.created if group.meta else None
    return (created.isoformat() if created else "", group.id or "")
