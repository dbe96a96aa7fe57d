"""What the CRM's steps need of a CRM; each technology is an adapter and a line in `crms.py`."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol
from uuid import UUID

from chassis.failures import Kind, NotNow
from chassis.frozen import Frozen
from provisioning.domain.former_people import former_person_id_of, was_mistaken_for
from provisioning.domain.orders import GrantOrder, Member, person_id_of

_SWITCHED_OFF = ":switched-off"
_DELETED = ":deleted"


class GroupGone(NotNow):
    """The group is not there, or not there yet."""

    def __init__(self) -> None:
        message = "The CRM does not know the group of the partner's tier"
        super().__init__("crm_group_gone", message, kind=Kind.EVENTUAL_CONSISTENCY)


class CrmUser(Frozen):
    """A person's user, made by us or there before us.

    ``mark`` is what we wrote into it: whose user we made it for, and whether it was we who switched it off
    or had it deleted. ``addresses`` are the mail addresses that stand in it, the name too.
    ``has_come_in`` is None where the CRM does not show it.
    """

    id: str
    mark: str
    user_name: str
    addresses: tuple[str, ...]
    is_active: bool
    has_come_in: bool | None = None

    @property
    def label(self) -> str:
        return self.mark.removesuffix(_SWITCHED_OFF).removesuffix(_DELETED)

    @property
    def is_off_by_us(self) -> bool:
        return self.mark.endswith((_SWITCHED_OFF, _DELETED))

    @property
    def is_off_for_now(self) -> bool:
        """Whether it is switched off, and not what the CRM kept when it was told to delete it."""
        return not self.is_active and not self.mark.endswith(_DELETED)

    def is_of(self, person_id: UUID) -> bool:
        return any(person_id_of(address) == person_id for address in self.addresses)

    def is_named_as(self, member: Member) -> bool:
        return person_id_of(self.user_name) == member.person_id

    def is_of_another(self, member: Member) -> bool:
        """Whether it was made for somebody for whom earlier releases would have taken the member.

        The label of those releases alone does not tell which of them: an admin may have renamed the user.
        """
        if self.is_of(member.person_id):
            return False
        former = former_person_id_of(member.email)
        is_label_of_several = former != member.person_id and self.label == str(former)
        return is_label_of_several or any(was_mistaken_for(one, member.email) for one in self.addresses)


class CrmDirectory(Protocol):
    """The users and groups of one CRM. Blocks on the network; threads share it.

    It is told of people by their mail addresses, which stand in no URL if that can be helped. A user carries
    the mark that we gave it; how, is the adapter's business. No call makes anything twice when repeated.
    Errors of its own technology leave a call as they are, and `failures_sorted` sorts them.
    """

    def failures_sorted(self) -> AbstractContextManager[None]:
        """Turn every error of the technology that leaves the block into NotNow or NeverPossible."""

    def find_ours(self, ids: Iterable[UUID]) -> list[CrmUser]:
        """Return the users that we made under one of these ids, in the order of the ids."""

    def list_users(self, cursor: str | None) -> tuple[list[CrmUser], str | None]:
        """Return a page of all users, and where the next one begins."""

    def user(self, user_id: str) -> CrmUser | None: ...

    def find_by_mail(self, member: Member) -> CrmUser | None:
        """Return the user named as the person, whoever made it, and nobody else's."""

    def find_by_any_spelling(self, member: Member) -> CrmUser | None:
        """Return the user of the same mailbox however it is spelled; it may take a look at everybody."""

    def create_user(self, member: Member, order: GrantOrder) -> CrmUser | None:
        """Return the new user, marked as ours, or None when the address has a user already."""

    def switch_on(self, user_id: str, person_id: UUID) -> None: ...

    def switch_off(self, user_id: str, person_id: UUID) -> None:
        """Switch off and note that it was us. Nothing to do when it is gone."""

    def relabel(self, user_id: str, person_id: UUID) -> None: ...

    def delete_user(self, user_id: str, person_id: UUID) -> None:
        """Delete it; what the CRM only switches off is marked as left over. May be repeated."""

    def find_group(self, display_name: str) -> str | None:
        """Return the oldest group of that name, in whatever case."""

    def group_of(self, display_name: str, noted: str | None) -> str | None:
        """Return the noted group, whatever people call it now, else the one of this name."""

    def ensure_group(self, display_name: str) -> str:
        """Return the id of the group that all partners of a tier share, made if need be."""

    def join(self, group_id: str, user_id: str) -> bool:
        """Return False when the user was in it. Raises GroupGone."""

    def leave(self, group_id: str, user_id: str) -> bool:
        """Return False when the user was not in it, or the group is gone."""

    def is_member(self, group_id: str, user_id: str) -> bool: ...


def switched_off(person_id: UUID) -> str:
    return f"{person_id}{_SWITCHED_OFF}"


def deleted(person_id: UUID) -> str:
    return f"{person_id}{_DELETED}"


def marks_of(ids: Iterable[UUID]) -> list[str]:
    """Return every mark that a user of one of these may carry."""
    return [mark for one in ids for mark in (str(one), switched_off(one), deleted(one))]
