"""The interface between the CRM steps and a CRM; each CRM is an adapter and a line in `crms.py`."""

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
    """The group does not exist, or not yet."""

    def __init__(self) -> None:
        message = "The CRM does not know the group of the partner's tier"
        super().__init__("crm_group_gone", message, kind=Kind.EVENTUAL_CONSISTENCY)


class CrmUser(Frozen):
    """A person's user, created by us or by others.

    ``mark`` is what we wrote into it: for whom we created it, and whether we switched it off or had it
    deleted. ``addresses`` are all email addresses in it, including the name. ``has_come_in`` is None if the
    CRM does not show it.
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
        """Whether it is switched off, and not just what the CRM kept after a deletion."""
        return not self.is_active and not self.mark.endswith(_DELETED)

    def is_of(self, person_id: UUID) -> bool:
        return any(person_id_of(address) == person_id for address in self.addresses)

    def is_named_as(self, member: Member) -> bool:
        return person_id_of(self.user_name) == member.person_id

    def is_of_another(self, member: Member) -> bool:
        """Whether it was created for somebody whom earlier releases confused with the member.

        The label of those releases does not tell by itself: an admin may have renamed the user.
        """
        if self.is_of(member.person_id):
            return False
        former = former_person_id_of(member.email)
        is_label_of_several = former != member.person_id and self.label == str(former)
        return is_label_of_several or any(was_mistaken_for(one, member.email) for one in self.addresses)


class CrmDirectory(Protocol):
    """The users and groups of one CRM. Blocks on the network; thread-safe.

    People are identified by their email addresses, which stay out of URLs where possible. How a user carries
    our mark is the adapter's business. Every call may be repeated without creating anything twice. Calls
    raise the errors of their own technology, and `failures_sorted` maps them.
    """

    def failures_sorted(self) -> AbstractContextManager[None]:
        """Turn every error of the technology into NotNow or NeverPossible."""

    def find_ours(self, ids: Iterable[UUID]) -> list[CrmUser]:
        """Return the users that we created under one of these ids, ordered by id."""

    def list_users(self, cursor: str | None) -> tuple[list[CrmUser], str | None]:
        """Return a page of all users, and the cursor of the next one."""

    def user(self, user_id: str) -> CrmUser | None: ...

    def find_by_mail(self, member: Member) -> CrmUser | None:
        """Return the user named after the person, whoever created it; never somebody else's."""

    def find_by_any_spelling(self, member: Member) -> CrmUser | None:
        """Return the user of the same mailbox in any spelling; this may scan all users."""

    def create_user(self, member: Member, order: GrantOrder) -> CrmUser | None:
        """Return the new user, marked as ours, or None if the address already has a user."""

    def switch_on(self, user_id: str, person_id: UUID) -> None: ...

    def switch_off(self, user_id: str, person_id: UUID) -> None:
        """Switch off and record that we did it. Does nothing if the user is gone."""

    def relabel(self, user_id: str, person_id: UUID) -> None: ...

    def delete_user(self, user_id: str, person_id: UUID) -> None:
        """Delete it; if the CRM only switches users off, mark it as deleted. May be repeated."""

    def find_group(self, display_name: str) -> str | None:
        """Return the oldest group of that name, ignoring case."""

    def group_of(self, display_name: str, noted: str | None) -> str | None:
        """Return the recorded group, even if renamed; otherwise the one with this name."""

    def ensure_group(self, display_name: str) -> str:
        """Return the id of the group that all partners of a tier share; create it if necessary."""

    def join(self, group_id: str, user_id: str) -> bool:
        """Return False if the user was already in it. Raises GroupGone."""

    def leave(self, group_id: str, user_id: str) -> bool:
        """Return False if the user was not in it, or the group is gone."""

    def is_member(self, group_id: str, user_id: str) -> bool: ...


def switched_off(person_id: UUID) -> str:
    return f"{person_id}{_SWITCHED_OFF}"


def deleted(person_id: UUID) -> str:
    return f"{person_id}{_DELETED}"


def marks_of(ids: Iterable[UUID]) -> list[str]:
    """Return every mark that a user of one of these people may have."""
    return [mark for one in ids for mark in (str(one), switched_off(one), deleted(one))]
