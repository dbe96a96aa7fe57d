"""What a step needs to know about its grant."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any
from uuid import UUID, uuid5

from chassis.frozen import Frozen
from chassis.text.mail_addresses import canonical_address
from provisioning.domain.grant_states import Intent

_SPELLED_OUT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe"}
)
_NAME_LENGTH = 20
# Stands in no company's name as it is written here.
BEFORE_ENTRY = "--"
PEOPLE = UUID("586e1f0c-4a1f-4ee1-96f1-dc08a78667cb")


class Member(Frozen):
    """A person as a member of one partner; personal data. Some have one name only, which is the given one."""

    member_id: UUID
    given_name: str
    family_name: str
    email: str
    language: str
    is_contact: bool

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def person_id(self) -> UUID:
        """The same for one mailbox, whichever partner names it and however it is spelled."""
        return person_id_of(self.email)


class OtherSeat(Frozen):
    """The same person's seat in another partner's grant of the same product.

    ``is_on`` is False once it was frozen or while the other grant is removed; the user must not be deleted
    before the seat. ``parameters`` are those of the other grant.
    """

    member_id: UUID
    is_on: bool
    parameters: Mapping[str, Any]


class GrantOrder(Frozen):
    """One product for one partner. But for people and intent it never changes: names made from it are stable.

    ``slug`` is for names outside: ``[a-z0-9-]``, at most 33 characters, unique to the partner and, of
    several entries of one product, to the entry.
    ``parameters`` are the catalogue entry's as they were when the grant was planned. ``members`` are
    those who belong to the partner now; at the step by which people leave, those who do no more, while
    ``staying`` are the persons (by ``person_id``) who belong to it all the same.
    ``elsewhere`` are the seats that a person (by ``person_id``) has by other partners, and those of people
    for whom earlier releases would have taken one of ours; it holds still while a step for people is under
    way. ``intent`` is what is wanted now. ``device`` is the key of a device beside the grant's first one.
    """

    partner_id: UUID
    grant_id: UUID
    product: str
    legal_name: str
    slug: str
    country: str
    partner_type: str
    tier: str
    language: str
    members: tuple[Member, ...]
    parameters: Mapping[str, Any]
    elsewhere: Mapping[UUID, tuple[OtherSeat, ...]] = field(default_factory=dict)
    intent: Intent = Intent.ON
    staying: frozenset[UUID] = frozenset()
    device: str | None = None

    @property
    def gone(self) -> "GrantOrder":
        """A copy without those who stay: nothing that they share is removed."""
        gone = tuple(one for one in self.members if one.person_id not in self.staying)
        return replace(self, members=gone)

    def other_seats(self, member: Member) -> tuple[OtherSeat, ...]:
        return self.elsewhere.get(member.person_id, ())


def person_id_of(email: str) -> UUID:
    return person_id_in(canonical_address(email))


def person_id_in(mailbox: str) -> UUID:
    """Outside there may be half characters in a name: no person's address has what they are written as."""
    return uuid5(PEOPLE, mailbox.encode(errors="backslashreplace").decode())


def slug_of(partner_id: UUID, legal_name: str, entry_name: str = "") -> str:
    """Return a readable ASCII name that no other partner has; the end of a UUIDv7 is its random part.

    Of two entries of one product each has its own: nothing that is made of it is the other's.
    """
    lower = unicodedata.normalize("NFC", legal_name.lower()).translate(_SPELLED_OUT)
    plain = (sign for sign in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(sign))
    words = re.sub(r"[^a-z0-9]+", "-", "".join(plain)).strip("-")
    suffix = f"{BEFORE_ENTRY}{entry_name}" if entry_name else ""
    readable = words[: _NAME_LENGTH - len(suffix)].strip("-") or "partner"
    return f"{readable}{suffix}-{partner_id.hex[-12:]}"
