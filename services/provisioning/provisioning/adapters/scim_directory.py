"""The CRM's users and groups, in our words."""

import json
import threading
from collections.abc import Callable, Iterable
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

from chassis.failures import Kind, NotNow
from chassis.text.characters import visible_line
from provisioning.adapters.scim_connection import ScimConnection
from provisioning.adapters.scim_failures import GONE, is_taken, status_of
from provisioning.domain.former_people import former_person_id_of, was_mistaken_for
from provisioning.domain.orders import GrantOrder, Member, person_id_of

_NO_SUCH_SEARCH = {400, 404, 405, 501}
_SWITCHED_OFF = ":switched-off"
_PAGES_MOST = 10_000
_USERS_ON_A_PAGE = 100
_NOBODY = "gangway-nobody"
_NO_TARGET = 400
_one_group_maker_at_a_time = threading.Lock()


class GroupGone(NotNow):
    """The group is not there, or not there yet."""

    def __init__(self) -> None:
        message = "The CRM does not know the group of the partner's tier"
        super().__init__("crm_group_gone", message, kind=Kind.EVENTUAL_CONSISTENCY)


@dataclass(frozen=True, kw_only=True)
class CrmUser:
    """A person's user, made by us or there before us.

    ``label`` is whose user we made it for. ``is_off_by_us``: it is we who switched it off. ``addresses`` are
    the mail addresses that stand in it, the name too.
    """

    id: str
    label: str
    user_name: str
    addresses: tuple[str, ...]
    is_active: bool
    is_off_by_us: bool

    def is_of(self, person_id: UUID) -> bool:
        return any(person_id_of(address) == person_id for address in self.addresses)

    def is_of_another(self, member: Member) -> bool:
        """Whether it was made for somebody for whom releases of before would have taken the member.

        The label of those releases alone does not tell which of them: an admin may have renamed the user.
        """
        if self.is_of(member.person_id):
            return False
        former = former_person_id_of(member.email)
        is_label_of_several = former != member.person_id and self.label == str(former)
        return is_label_of_several or any(was_mistaken_for(one, member.email) for one in self.addresses)


class ScimDirectory:
    """Finds before it makes. Our users carry the person's id as ``externalId``, older ones a member's id.

    SCIM has no idempotency token, but ``userName`` is unique: a second user cannot come to be.
    ``externalId`` is the client's own (https://www.rfc-editor.org/rfc/rfc7643#section-3.1), so there we note,
    in the request that switches a user off, that it was us: nothing else outlives the grant.
    """

    def __init__(self, connection: ScimConnection) -> None:
        self._scim = connection

    def find_ours(self, ids: Iterable[UUID]) -> list[CrmUser]:
        """Return the users that we made under one of these ids, in the order of the ids."""
        labels = [str(each) for each in ids]
        names = [name for label in labels for name in (label, label + _SWITCHED_OFF)]
        found = self._search(User, " or ".join(f"externalId eq {json.dumps(name)}" for name in names))
        ours = [user for user in map(_seen, found) if user.label in labels]
        return sorted(ours, key=lambda user: labels.index(user.label))

    def list_users(self, start: int) -> tuple[list[CrmUser], int]:
        """Return a page of users from a place on, counted from 1, and how many there are in all."""
        request = SearchRequest[User[Any]].model_validate({"startIndex": start, "count": _USERS_ON_A_PAGE})
        answer: Any = self._scim.query(User, query_parameters=request)
        return [_seen(user) for user in answer.resources or []], answer.total_results or 0

    def user(self, user_id: str) -> CrmUser | None:
        found = self._search(User, f"id eq {json.dumps(user_id)}")
        return next((_seen(user) for user in found if str(user.id) == user_id), None)

    def find_by_mail(self, member: Member) -> CrmUser | None:
        """Look for the person's user whoever made it; some CRMs find "ss" for "ß", or ignore the filter."""
        found = self._search_privately(f"userName eq {_quoted(member.email)}")
        return next((user for user in map(_seen, found) if _is_named_as(user, member)), None)

    def find_by_any_spelling(self, member: Member) -> CrmUser | None:
        """Look at everybody for the same mailbox in another case: to some CRMs it is taken, but not equal.

        Whose name it is comes before whoever else has the address.
        """
        found = self._search_privately(f"emails.value eq {_quoted(member.email)}")
        users = [_seen(user) for user in (*found, *self._search(User, None))]
        theirs = [user for user in users if user.is_of(member.person_id)]
        return min(theirs, key=lambda user: not _is_named_as(user, member), default=None)

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
            if not is_taken(error):
                raise
            return None
        return _seen(made)

    def switch_on(self, user_id: str, person_id: UUID) -> None:
        self._patch(User, user_id, _replace("active", True), _replace("externalId", str(person_id)))

    def switch_off(self, user_id: str, person_id: UUID) -> None:
        """Switch off and note that it was us, or only the first where the CRM takes no note."""
        off, note = _replace("active", False), _replace("externalId", f"{person_id}{_SWITCHED_OFF}")
        try:
            self._patch(User, user_id, off, note)
        except (SCIMClientException, SCIMException) as error:
            if status_of(error) == GONE:
                return
            if status_of(error) not in _NO_SUCH_SEARCH:
                raise
            self._patch(User, user_id, off)

    def relabel(self, user_id: str, person_id: UUID) -> None:
        self._patch(User, user_id, _replace("externalId", str(person_id)))

    def delete_user(self, user_id: str) -> None:
        try:
            self._scim.delete(User, user_id)
        except (SCIMClientException, SCIMException) as error:
            if status_of(error) != GONE:
                raise

    def find_group(self, display_name: str) -> str | None:
        """Return the oldest group of that name; some CRMs ignore the filter, and none minds the case."""
        found = self._search(Group, f"displayName eq {json.dumps(display_name)}")
        named = [group for group in found if (group.display_name or "").casefold() == display_name.casefold()]
        return min(named, key=_age).id if named else None

    def group_of(self, display_name: str, noted: str | None) -> str | None:
        """Return the noted group, whatever people call it now, else the one of this name."""
        found = self._search(Group, f"id eq {json.dumps(noted)}") if noted else []
        return noted if any(group.id == noted for group in found) else self.find_group(display_name)

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

    def join(self, group_id: str, user_id: str) -> bool:
        """Return False when the user was in it. Raises GroupGone."""
        if self.is_member(group_id, user_id):
            return False
        add = {"op": "add", "path": "members", "value": [{"value": user_id}]}
        try:
            self._patch(Group, group_id, add)
        except (SCIMClientException, SCIMException) as error:
            if status_of(error) == GONE:
                raise GroupGone from error
            raise
        return True

    def leave(self, group_id: str, user_id: str) -> bool:
        """Return False when the user was not in it; asked for all the same where the CRM does not tell."""
        found = self._groups_with(group_id, user_id)
        if not found:
            return False
        was_in = self._is_in(found, user_id)
        try:
            self._patch(Group, group_id, {"op": "remove", "path": f"members[value eq {json.dumps(user_id)}]"})
        except (SCIMClientException, SCIMException) as error:
            if status_of(error) != GONE and (was_in or status_of(error) != _NO_TARGET):
                raise
        return was_in

    def is_member(self, group_id: str, user_id: str) -> bool:
        return self._is_in(self._groups_with(group_id, user_id), user_id)

    def _groups_with(self, group_id: str, user_id: str) -> list[Any]:
        is_in = f"id eq {json.dumps(group_id)} and members.value eq {json.dumps(user_id)}"
        return [group for group in self._search(Group, is_in) if group.id == group_id]

    def _is_in(self, found: list[Any], user_id: str) -> bool:
        """A CRM that finds the group for nobody, too, ignores the filter, and tells only whom it lists."""
        listed = {member.value for group in found for member in group.members or []}
        return user_id in listed or any(not self._groups_with(group.id, _NOBODY) for group in found)

    def _patch(self, model: Any, resource_id: str, *operations: dict[str, Any]) -> None:
        patch = PatchOp[model].model_validate({"Operations": operations})
        self._scim.modify(model, resource_id, patch)

    def _search_privately(self, wanted: str) -> list[Any]:
        """Search for users with what is personal in the body instead of the URL.

        https://www.rfc-editor.org/rfc/rfc7644#section-3.4.3: made for this, and not to be had everywhere;
        where it is missing the address stands in the URL.
        """
        try:
            return _all_pages(wanted, lambda request: self._scim.search(User, request), User)
        except (SCIMClientException, SCIMException) as error:
            if status_of(error) not in _NO_SUCH_SEARCH:
                raise
            return self._search(User, wanted)

    def _search(self, model: Any, wanted: str | None) -> list[Any]:
        return _all_pages(wanted, lambda request: self._scim.query(model, query_parameters=request), model)


def _all_pages(wanted: str | None, ask: Callable[[Any], Any], model: Any) -> list[Any]:
    """Return what is on all pages; a page without anything new is the last, whatever the total says."""
    found: dict[str, Any] = {}
    for _ in range(_PAGES_MOST):
        request: dict[str, Any] = {"filter": wanted} if wanted else {}
        if found:
            request["startIndex"] = len(found) + 1
        answer = ask(SearchRequest[model].model_validate(request))
        new = {str(each.id): each for each in answer.resources or [] if str(each.id) not in found}
        found |= new
        if not new or len(found) >= (answer.total_results or 0):
            break
    return list(found.values())


def _seen(user: Any) -> CrmUser:
    """A user without ``active`` is one that may sign in."""
    external_id = user.external_id or ""
    return CrmUser(
        id=str(user.id),
        label=external_id.removesuffix(_SWITCHED_OFF),
        user_name=user.user_name or "",
        addresses=tuple(filter(None, (user.user_name, *(email.value for email in user.emails or ())))),
        is_active=user.active is not False,
        is_off_by_us=external_id.endswith(_SWITCHED_OFF),
    )


def _is_named_as(user: CrmUser, member: Member) -> bool:
    return person_id_of(user.user_name) == member.person_id


def _replace(path: str, value: object) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _age(group: Group) -> tuple[str, str]:
    created = group.meta.created if group.meta else None
    return (created.isoformat() if created else "", group.id or "")
