"""Salesforce as the CRM: people are users, tiers are public groups.

User names are unique over all orgs, and a user is never deleted. The org brings a text field
``GangwayMark__c`` on User (external id, unique), and a profile for the users.
"""

import hashlib
import re
from collections.abc import Iterable
from contextlib import AbstractContextManager
from uuid import UUID

from chassis.text.characters import visible_line
from provisioning.adapters.crm_directory import CrmUser, GroupGone, deleted, marks_of, switched_off
from provisioning.adapters.outside_settings import OutsideSettings
from provisioning.adapters.salesforce_connection import (
    JSON,
    SalesforceConnection,
    SalesforceRefused,
    quoted,
    salesforce_failures_sorted,
)
from provisioning.domain.orders import GrantOrder, Member

_FIELDS = "Id, Username, Email, IsActive, LastLoginDate, GangwayMark__c"
_TAKEN = {"DUPLICATE_USERNAME", "DUPLICATE_VALUE"}
_GROUP_TAKEN = {"DUPLICATE_DEVELOPER_NAME", "DUPLICATE_VALUE"}
_GONE = {"NOT_FOUND", "ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"}
_ON_A_PAGE = 200
_LOCALES = {"de": ("de", "de_DE"), "en": ("en_US", "en_US")}


class SalesforceDirectory:
    """Finds before it makes; names of users, marks and groups are unique, so no second one can come to be."""

    def __init__(self, connection: SalesforceConnection, profile_id: str) -> None:
        self._org = connection
        self._profile_id = profile_id

    def failures_sorted(self) -> AbstractContextManager[None]:
        return salesforce_failures_sorted()

    def find_ours(self, ids: Iterable[UUID]) -> list[CrmUser]:
        ids = list(ids)
        labels = list(map(str, ids))
        found = self._users(f"GangwayMark__c IN ({', '.join(map(quoted, marks_of(ids)))})")
        return sorted(found, key=lambda user: labels.index(user.label))

    def list_users(self, cursor: str | None) -> tuple[list[CrmUser], str | None]:
        after = f"Id > {quoted(cursor)}" if cursor else "Id != null"
        users = self._users(f"{after} ORDER BY Id LIMIT {_ON_A_PAGE}")
        return users, users[-1].id if len(users) == _ON_A_PAGE else None

    def user(self, user_id: str) -> CrmUser | None:
        return next(iter(self._users(f"Id = {quoted(user_id)}")), None)

    def find_by_mail(self, member: Member) -> CrmUser | None:
        found = self._users(f"Username = {quoted(member.email)}")
        return next((user for user in found if user.is_named_as(member)), None)

    def find_by_any_spelling(self, member: Member) -> CrmUser | None:
        """Queries do not mind the case; a name may also be taken in an org that we do not see."""
        address = quoted(member.email)
        found = self._users(f"Username = {address} OR Email = {address}")
        theirs = [user for user in found if user.is_of(member.person_id)]
        return min(theirs, key=lambda user: not user.is_named_as(member), default=None)

    def create_user(self, member: Member, order: GrantOrder) -> CrmUser | None:
        label = str(member.person_id)
        language, locale = _LOCALES.get(member.language, _LOCALES["en"])
        fields: JSON = {
            "Username": member.email,
            "Email": member.email,
            "FirstName": visible_line(member.given_name),
            # The family name is required; who has one name only has it there.
            "LastName": visible_line(member.family_name) or visible_line(member.given_name),
            "Alias": member.person_id.hex[:8],
            "ProfileId": self._profile_id,
            "IsActive": True,
            "LanguageLocaleKey": language,
            "LocaleSidKey": locale,
            "EmailEncodingKey": "UTF-8",
            "TimeZoneSidKey": "GMT",
            "GangwayMark__c": label,
        }
        try:
            user_id = self._org.create("User", fields)
        except SalesforceRefused as refusal:
            if refusal.code not in _TAKEN:
                raise
            return None
        addresses = (member.email,)
        return CrmUser(id=user_id, mark=label, user_name=member.email, addresses=addresses, is_active=True)

    def switch_on(self, user_id: str, person_id: UUID) -> None:
        self._org.update("User", user_id, {"IsActive": True, "GangwayMark__c": str(person_id)})

    def switch_off(self, user_id: str, person_id: UUID) -> None:
        self._switch_off(user_id, switched_off(person_id))

    def relabel(self, user_id: str, person_id: UUID) -> None:
        self._org.update("User", user_id, {"GangwayMark__c": str(person_id)})

    def delete_user(self, user_id: str, person_id: UUID) -> None:
        """Salesforce deletes no user; one that is not active has no licence and no way in."""
        self._switch_off(user_id, deleted(person_id))

    def _switch_off(self, user_id: str, mark: str) -> None:
        try:
            self._org.update("User", user_id, {"IsActive": False, "GangwayMark__c": mark})
        except SalesforceRefused as refusal:
            if refusal.code not in _GONE:
                raise

    def find_group(self, display_name: str) -> str | None:
        by_name = f"Type = 'Regular' AND Name = {quoted(display_name)}"
        found = self._org.select("Id", "Group", f"{by_name} ORDER BY CreatedDate, Id")
        return str(found[0]["Id"]) if found else None

    def group_of(self, display_name: str, noted: str | None) -> str | None:
        if noted and self._org.select("Id", "Group", f"Id = {quoted(noted)}"):
            return noted
        return self.find_group(display_name)

    def ensure_group(self, display_name: str) -> str:
        found = self.find_group(display_name)
        if found is not None:
            return found
        name = _developer_name(display_name)
        try:
            return self._org.create("Group", {"Name": display_name, "DeveloperName": name, "Type": "Regular"})
        except SalesforceRefused as refusal:
            if refusal.code not in _GROUP_TAKEN:
                raise
            named = self._org.select("Id", "Group", f"DeveloperName = {quoted(name)}")
            if not named:
                raise
            return str(named[0]["Id"])

    def join(self, group_id: str, user_id: str) -> bool:
        if self.is_member(group_id, user_id):
            return False
        try:
            self._org.create("GroupMember", {"GroupId": group_id, "UserOrGroupId": user_id})
        except SalesforceRefused as refusal:
            if refusal.code in _GONE:
                raise GroupGone from refusal
            if refusal.code != "DUPLICATE_VALUE":
                raise
        return True

    def leave(self, group_id: str, user_id: str) -> bool:
        memberships = self._memberships(group_id, user_id)
        for membership in memberships:
            try:
                self._org.delete("GroupMember", str(membership["Id"]))
            except SalesforceRefused as refusal:
                if refusal.code not in _GONE:
                    raise
        return bool(memberships)

    def is_member(self, group_id: str, user_id: str) -> bool:
        return bool(self._memberships(group_id, user_id))

    def _memberships(self, group_id: str, user_id: str) -> list[JSON]:
        both = f"GroupId = {quoted(group_id)} AND UserOrGroupId = {quoted(user_id)}"
        return self._org.select("Id", "GroupMember", both)

    def _users(self, condition: str) -> list[CrmUser]:
        return list(map(_seen, self._org.select(_FIELDS, "User", condition)))


def salesforce_directory(settings: OutsideSettings) -> SalesforceDirectory:
    org = settings.salesforce
    if org is None:
        raise LookupError("SALESFORCE_URL and its like are not set")
    return SalesforceDirectory(SalesforceConnection(org), org.profile_id)


def _seen(user: JSON) -> CrmUser:
    return CrmUser(
        id=str(user.get("Id")),
        mark=str(user.get("GangwayMark__c") or ""),
        user_name=str(user.get("Username") or ""),
        addresses=tuple(str(user[field]) for field in ("Username", "Email") if user.get(field)),
        is_active=user.get("IsActive") is not False,
        has_come_in=user.get("LastLoginDate") is not None,
    )


def _developer_name(display_name: str) -> str:
    """Letters, digits and single underscores, 80 at most, and other ones for each name in other letters."""
    readable = re.sub(r"[^A-Za-z0-9]+", "_", display_name).strip("_")[:50]
    return f"Gangway_{readable}_{hashlib.sha256(display_name.encode()).hexdigest()[:12]}".replace("__", "_")
