"""A CRM with SCIM 2.0."""

import json
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from chassis.failures import NeverPossible
from chassis.text.characters import visible_line
from provisioning.adapters.crm_directory import CrmUser, GroupGone, deleted, marks_of, switched_off
from provisioning.adapters.scim_connection import JSON, ScimConnection, ScimRefused
from provisioning.adapters.scim_failures import GONE, is_taken, scim_failures_sorted
from provisioning.adapters.scim_resources import Change, ScimResources, id_of, replaced, said
from provisioning.domain.orders import GrantOrder, Member

_USERS, _GROUPS = "Users", "Groups"
_USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
_GROUP_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group"
# For services that keep no externalId.
_IN_USER_TYPE = "gangway:"
_NOBODY = "gangway-nobody"
_REFUSED = 400
_one_group_maker_at_a_time = threading.Lock()


class ScimDirectory:
    """Finds before it makes. Our users carry the person's id as ``externalId``, older ones a member's id.

    SCIM has no idempotency token, but ``userName`` is unique: a second user cannot come to be.
    ``externalId`` is the client's own (https://www.rfc-editor.org/rfc/rfc7643#section-3.1), so there we note,
    in the request that switches a user off, that it was us: nothing else outlives the grant. A service that
    does not keep it is given the same mark in ``userType``.
    """

    def __init__(self, connection: ScimConnection) -> None:
        self._scim = ScimResources(connection)
        self._keeps_external_id = True

    def failures_sorted(self) -> AbstractContextManager[None]:
        return scim_failures_sorted()

    def find_ours(self, ids: Iterable[UUID]) -> list[CrmUser]:
        ids = list(ids)
        labels = list(map(str, ids))
        marked = [f"externalId eq {json.dumps(mark)}" for mark in marks_of(ids)]
        found = self._scim.find(_USERS, " or ".join(marked), lambda user: self._seen(user).label in labels)
        return sorted(map(self._seen, found), key=lambda user: labels.index(user.label))

    def list_users(self, cursor: str | None) -> tuple[list[CrmUser], str | None]:
        start = int(cursor or 1)
        users, total = self._scim.page(_USERS, start)
        following = start + len(users)
        return list(map(self._seen, users)), str(following) if users and following <= total else None

    def user(self, user_id: str) -> CrmUser | None:
        found = self._scim.get(_USERS, user_id)
        return None if found is None else self._seen(found)

    def find_by_mail(self, member: Member) -> CrmUser | None:
        """Some CRMs find "ss" for "ß", or ignore the filter."""
        wanted = f"userName eq {_quoted(member.email)}"
        found = self._scim.find(_USERS, wanted, self._is_named_as(member), is_personal=True)
        return next(map(self._seen, found), None)

    def find_by_any_spelling(self, member: Member) -> CrmUser | None:
        """To some CRMs a name in another case is taken, but not equal.

        Whose name it is comes before whoever else has the address.
        """

        def is_theirs(user: JSON) -> bool:
            return self._seen(user).is_of(member.person_id)

        wanted = f"emails.value eq {_quoted(member.email)}"
        found = self._scim.find(_USERS, wanted, is_theirs, is_personal=True)
        users = map(self._seen, found + self._scim.read_all(_USERS, is_theirs))
        return min(users, key=lambda user: not user.is_named_as(member), default=None)

    def create_user(self, member: Member, order: GrantOrder) -> CrmUser | None:
        label = str(member.person_id)
        name = {
            "formatted": visible_line(member.full_name),
            "givenName": visible_line(member.given_name),
            "familyName": visible_line(member.family_name),
        }
        body: JSON = {
            "schemas": [_USER_SCHEMA],
            "externalId": label,
            "userName": member.email,
            "name": {part: text for part, text in name.items() if text},
            "displayName": visible_line(member.full_name),
            "emails": [{"value": member.email, "type": "work", "primary": True}],
            "preferredLanguage": member.language,
            "userType": order.partner_type if self._keeps_external_id else _IN_USER_TYPE + label,
            "active": True,
        }
        try:
            made = self._scim.create(_USERS, body)
        except ScimRefused as refusal:
            if not is_taken(refusal):
                raise
            return None
        return self._marked(self._seen(made) if id_of(made) else None, member)

    def _marked(self, made: CrmUser | None, member: Member) -> CrmUser | None:
        """Return the new user once it shows our mark: without it nobody would ever take it away again.

        Raises NeverPossible after taking it away from a CRM that keeps no mark at all.
        """
        label = str(member.person_id)
        if made is None or made.label != label:
            made = self._look_at(made.id) if made else self.find_by_mail(member)
        if made is None or made.label == label:
            return made
        self._keeps_external_id = False
        self._scim.change(_USERS, made.id, replaced("userType", _IN_USER_TYPE + label))
        seen = self._look_at(made.id)
        if seen is not None and seen.label == label:
            return seen
        self._scim.delete(_USERS, made.id)
        message = "The CRM keeps neither externalId nor userType: our users could not be told from others"
        raise NeverPossible("crm_keeps_no_mark", message)

    def switch_on(self, user_id: str, person_id: UUID) -> None:
        self._scim.change(_USERS, user_id, replaced("active", True), self._mark(str(person_id)))

    def switch_off(self, user_id: str, person_id: UUID) -> None:
        """Only switch off where the CRM takes no note."""
        try:
            self._scim.change(_USERS, user_id, replaced("active", False), self._mark(switched_off(person_id)))
        except ScimRefused as refusal:
            if refusal.status == GONE:
                return
            if refusal.status != _REFUSED:
                raise
            self._scim.change(_USERS, user_id, replaced("active", False))

    def relabel(self, user_id: str, person_id: UUID) -> None:
        self._scim.change(_USERS, user_id, self._mark(str(person_id)))

    def delete_user(self, user_id: str, person_id: UUID) -> None:
        self._scim.delete(_USERS, user_id)
        left = self._look_at(user_id)
        if left is not None and not left.is_active:
            self._scim.change(_USERS, user_id, self._mark(deleted(person_id)))

    def find_group(self, display_name: str) -> str | None:
        named = self._scim.find(
            _GROUPS,
            f"displayName eq {json.dumps(display_name)}",
            lambda group: str(said(group, "displayName") or "").casefold() == display_name.casefold(),
        )
        return id_of(min(named, key=_age)) if named else None

    def group_of(self, display_name: str, noted: str | None) -> str | None:
        is_there = noted is not None and self._scim.get(_GROUPS, noted) is not None
        return noted if is_there else self.find_group(display_name)

    def ensure_group(self, display_name: str) -> str:
        """Names are not unique in SCIM:

        whoever finds an older group of the same name beside the one just made takes its own away.
        """
        with _one_group_maker_at_a_time:
            found = self.find_group(display_name)
            if found is not None:
                return found
            body = {"schemas": [_GROUP_SCHEMA], "displayName": display_name}
            made = id_of(self._scim.create(_GROUPS, body))
            oldest = self.find_group(display_name) or made
            if made and oldest != made:
                self._scim.delete(_GROUPS, made)
            return oldest

    def join(self, group_id: str, user_id: str) -> bool:
        if self.is_member(group_id, user_id):
            return False
        try:
            self._scim.change(_GROUPS, group_id, _joined(user_id))
        except ScimRefused as refusal:
            if refusal.status == GONE:
                raise GroupGone from refusal
            raise
        return True

    def leave(self, group_id: str, user_id: str) -> bool:
        """Asked for all the same where the CRM does not tell who is in it."""
        found = self._groups_with(group_id, user_id)
        if not found:
            return False
        was_in = self._is_in(found, user_id)
        try:
            self._scim.change(_GROUPS, group_id, _left(user_id))
        except ScimRefused as refusal:
            if refusal.status != GONE and (was_in or refusal.status != _REFUSED):
                raise
        return was_in

    def is_member(self, group_id: str, user_id: str) -> bool:
        return self._is_in(self._groups_with(group_id, user_id), user_id)

    def _groups_with(self, group_id: str, user_id: str) -> list[JSON]:
        if not self._scim.can_filter:
            group = self._scim.get(_GROUPS, group_id)
            return [group] if group is not None else []
        is_in = f"id eq {json.dumps(group_id)} and members.value eq {json.dumps(user_id)}"
        return self._scim.find(_GROUPS, is_in, lambda group: id_of(group) == group_id)

    def _is_in(self, found: list[JSON], user_id: str) -> bool:
        """A CRM that finds the group for nobody, too, ignores the filter, and tells only whom it lists."""
        if any(_is_value(one, user_id) for group in found for one in said(group, "members") or []):
            return True
        return self._scim.can_filter and any(not self._groups_with(id_of(one), _NOBODY) for one in found)

    def _look_at(self, user_id: str) -> CrmUser | None:
        found = self._scim.get(_USERS, user_id)
        return self._seen(found) if found is not None else None

    def _is_named_as(self, member: Member) -> Callable[[JSON], bool]:
        return lambda user: self._seen(user).is_named_as(member)

    def _mark(self, mark: str) -> Change:
        if self._keeps_external_id:
            return replaced("externalId", mark)
        return replaced("userType", _IN_USER_TYPE + mark)

    def _seen(self, user: JSON) -> CrmUser:
        """A user without ``active`` is one that may sign in."""
        mark, user_type = str(said(user, "externalId") or ""), str(said(user, "userType") or "")
        if user_type.startswith(_IN_USER_TYPE):
            mark, self._keeps_external_id = user_type.removeprefix(_IN_USER_TYPE), False
        user_name = str(said(user, "userName") or "")
        emails = [said(email, "value") for email in said(user, "emails") or []]
        return CrmUser(
            id=id_of(user),
            mark=mark,
            user_name=user_name,
            addresses=tuple(str(address) for address in (user_name, *emails) if address),
            is_active=_is_true(said(user, "active")),
        )


def _is_true(active: object) -> bool:
    """Some services write booleans as words."""
    return str(active).lower() != "false"


def _joined(user_id: str) -> Change:
    def edit(group: JSON) -> None:
        _members(group).append({"value": user_id})

    return Change({"op": "add", "path": "members", "value": [{"value": user_id}]}, edit)


def _left(user_id: str) -> Change:
    def edit(group: JSON) -> None:
        members = _members(group)
        members[:] = [member for member in members if not _is_value(member, user_id)]

    return Change({"op": "remove", "path": f"members[value eq {json.dumps(user_id)}]"}, edit)


def _members(group: JSON) -> list[Any]:
    key = next((key for key in group if key.lower() == "members"), "members")
    group[key] = list(group.get(key) or [])
    members: list[Any] = group[key]
    return members


def _is_value(member: object, user_id: str) -> bool:
    return str(said(member, "value")) == user_id


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _age(group: JSON) -> tuple[str, str]:
    return str(said(said(group, "meta"), "created") or ""), id_of(group)
