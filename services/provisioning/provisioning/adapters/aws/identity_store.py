"""People and groups of IAM Identity Center."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chassis.text.characters import visible_line
from chassis.text.mail_addresses import canonical_address
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import error_code, every, tolerated, unless_gone
from provisioning.domain.former_people import former_mailbox, was_mistaken_for
from provisioning.domain.orders import Member, person_id_of

if TYPE_CHECKING:
    from types_boto3_identitystore.type_defs import NameTypeDef

_OURS = "gangway"
_TAKEN = "ConflictException"
# https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_CreateUser.html
_LONGEST_USER_NAME = 128


class IdentityStore:
    """Finds and creates users and groups; a user is identified by email address, a group by name.

    A person has one user, with the name and the language given by the first partner to name them. Users that
    we created have the type ``gangway``. Only those are ever deleted, and only when they are in no group any
    more, because a person may work for two partners or for the vendor.
    """

    def __init__(self, aws: AwsClients, store_id: str) -> None:
        self._read = aws.read.identitystore
        self._write = aws.write.identitystore
        self._store_id = store_id
        self._made: dict[str, str] = {}

    def find_group(self, name: str) -> str | None:
        attribute: Any = {"UniqueAttribute": {"AttributePath": "displayName", "AttributeValue": name}}
        which: Any = {"IdentityStoreId": self._store_id, "AlternateIdentifier": attribute}
        return unless_gone(lambda: self._read.get_group_id(**which)["GroupId"])

    def has_group(self, group_id: str) -> bool:
        return self._group(group_id) is not None

    def group_name(self, group_id: str) -> str:
        """Return nothing for a group that is gone."""
        group = self._group(group_id)
        return str(group.get("DisplayName", "")) if group else ""

    def _group(self, group_id: str) -> Any:
        which = {"IdentityStoreId": self._store_id, "GroupId": group_id}
        return unless_gone(lambda: self._read.describe_group(**which))

    def create_group(self, name: str) -> str:
        return self._write.create_group(IdentityStoreId=self._store_id, DisplayName=name)["GroupId"]

    def delete_group(self, group_id: str) -> None:
        with tolerated():
            self._write.delete_group(IdentityStoreId=self._store_id, GroupId=group_id)

    def ensure_user(self, member: Member) -> str:
        """Return the id of the person's user, even one that we did not create."""
        found, names_of_others = self._look_up(member)
        if found is not None:
            return found
        try:
            return self._create_user(member, names_of_others)
        except ClientError as error:
            taken_by = self._find_by_any_spelling(member) if error_code(error) == _TAKEN else None
            if taken_by is None:
                raise
            return taken_by

    def find_user(self, member: Member) -> str | None:
        """Look by address and by our present and former names; never returns somebody else's user."""
        return self._look_up(member)[0]

    def _look_up(self, member: Member) -> tuple[str | None, set[str]]:
        """Also returns under which of the names another person's user was found."""
        names_of_others: set[str] = set()
        found = self._find_user_id("emails.value", member.email)
        if found is not None:
            return found, names_of_others
        for name in _user_names(member):
            found = self._find_user_id("userName", name)
            if found is not None and not self._is_of_another(found, member):
                return found, names_of_others
            if found is not None:
                names_of_others.add(name)
        return None, names_of_others

    def name_of(self, user_id: str) -> str | None:
        user = self._user(user_id)
        return user.get("UserName") if user else None

    def is_member(self, group_id: str, member: Member) -> bool:
        user_id = self.find_user(member)
        return user_id is not None and self._membership(group_id, user_id) is not None

    def too_many(self, group_id: str, members: Iterable[Member]) -> list[str]:
        """Users we created that are in the group for none of these people: somebody else added them."""
        which = {"IdentityStoreId": self._store_id, "GroupId": group_id}
        memberships = every(self._read, "list_group_memberships", "GroupMemberships", **which)
        there = [one["MemberId"]["UserId"] for one in memberships]
        wanted = set(map(self.find_user, members)) if there else set()
        return [user_id for user_id in there if user_id not in wanted and self._is_ours(user_id)]

    def find_mistaken_user(self, member: Member, own_id: str) -> str | None:
        """The other person's user that older versions confused with the member's, in either direction.

        Older versions also admitted users they had not created. ``own_id`` is the member's user.
        """
        if self._made.get(former_mailbox(member.email)) == own_id:
            return None
        found = self._find_user_id("userName", former_mailbox(member.email))
        return found if found not in (None, own_id) and self._is_of_another(found, member) else None

    def _find_by_any_spelling(self, member: Member) -> str | None:
        """Scan all users for a name or address of the same mailbox: it is taken, but in another spelling."""
        for user in every(self._read, "list_users", "Users", IdentityStoreId=self._store_id):
            is_named_so = person_id_of(user.get("UserName", "")) == member.person_id
            if (is_named_so or _has_mailbox(user, member)) and not _is_anothers(user, member):
                return str(user["UserId"])
        return None

    def join(self, group_id: str, user_id: str, *, is_new_group: bool = False) -> bool:
        """Return False if the user is already in it; nobody is in a new group."""
        if not is_new_group and self._membership(group_id, user_id) is not None:
            return False
        with tolerated(_TAKEN):
            self._write.create_group_membership(
                IdentityStoreId=self._store_id, GroupId=group_id, MemberId={"UserId": user_id}
            )
        return True

    def leave(self, group_id: str, user_id: str) -> None:
        membership_id = self._membership(group_id, user_id)
        if membership_id is None:
            return
        with tolerated():
            self._write.delete_group_membership(IdentityStoreId=self._store_id, MembershipId=membership_id)

    def delete_user_if_unused(self, user_id: str) -> None:
        with tolerated():
            if self._is_ours(user_id) and not self.is_in_any_group(user_id):
                self._write.delete_user(IdentityStoreId=self._store_id, UserId=user_id)

    def _create_user(self, member: Member, names_of_others: Collection[str]) -> str:
        """Named after the mailbox, or after the person's id if that is too long or taken by another."""
        mailbox = canonical_address(member.email)
        is_taken = len(mailbox) > _LONGEST_USER_NAME or mailbox in names_of_others
        user_name = str(member.person_id) if is_taken else mailbox
        given_name = visible_line(member.given_name)
        # Identity Center requires two names; a single name is given twice, but displayed once.
        name: NameTypeDef = {
            "GivenName": given_name,
            "FamilyName": visible_line(member.family_name) or given_name,
        }
        made = self._write.create_user(
            IdentityStoreId=self._store_id,
            UserName=user_name,
            Name=name,
            DisplayName=visible_line(member.full_name),
            Emails=[{"Value": member.email, "Type": "work", "Primary": True}],
            PreferredLanguage=member.language,
            UserType=_OURS,
        )["UserId"]
        self._made[user_name] = made
        return made

    def _find_user_id(self, path: str, value: str) -> str | None:
        attribute: Any = {"UniqueAttribute": {"AttributePath": path, "AttributeValue": value}}
        which: Any = {"IdentityStoreId": self._store_id, "AlternateIdentifier": attribute}
        return unless_gone(lambda: self._read.get_user_id(**which)["UserId"])

    def _user(self, user_id: str) -> Any:
        which = {"IdentityStoreId": self._store_id, "UserId": user_id}
        return unless_gone(lambda: self._read.describe_user(**which))

    def _is_of_another(self, user_id: str, member: Member) -> bool:
        user = self._user(user_id)
        return user is not None and _is_anothers(user, member)

    def _is_ours(self, user_id: str) -> bool:
        user = self._user(user_id)
        return user is not None and is_made_by_us(user)

    def _membership(self, group_id: str, user_id: str) -> str | None:
        which: Any = {
            "IdentityStoreId": self._store_id,
            "GroupId": group_id,
            "MemberId": {"UserId": user_id},
        }
        return unless_gone(lambda: self._read.get_group_membership_id(**which)["MembershipId"])

    def is_in_any_group(self, user_id: str) -> bool:
        which: Any = {"IdentityStoreId": self._store_id, "MemberId": {"UserId": user_id}}
        return any(every(self._read, "list_group_memberships_for_member", "GroupMemberships", **which))


def is_made_by_us(user: Any) -> bool:
    return bool(user.get("UserType") == _OURS)


def _user_names(member: Member) -> list[str]:
    """Possible names of the person's user, so that partners who spell the address differently find it."""
    mailboxes = (canonical_address(member.email), former_mailbox(member.email), member.email)
    names = dict.fromkeys((*mailboxes, str(member.person_id)))
    return [name for name in names if len(name) <= _LONGEST_USER_NAME]


def _is_anothers(user: Any, member: Member) -> bool:
    """Decide whose user it is by its addresses, or by its name if the addresses do not tell.

    The name that older versions derived from the mailbox may be another person's, and a user of that name may
    belong to somebody we do not know.
    """
    if _has_mailbox(user, member):
        return False
    if is_made_by_us(user) and any(was_mistaken_for(one, member.email) for one in _addresses(user)):
        return True
    name = user.get("UserName", "")
    return name != str(member.person_id) and person_id_of(name) != member.person_id


def _has_mailbox(user: Any, member: Member) -> bool:
    return any(person_id_of(address) == member.person_id for address in _addresses(user))


def _addresses(user: Any) -> list[str]:
    return [email.get("Value", "") for email in user.get("Emails", [])]
