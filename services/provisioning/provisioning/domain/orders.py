"""What one step needs to know about the grant it works for."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

_SPELLED_OUT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe"}
)
_NAME_LENGTH = 20


@dataclass(frozen=True, kw_only=True)
class Member:
    """A person of the partner; personal data. Some have one name only, which is the given one."""

    member_id: UUID
    given_name: str
    family_name: str
    email: str
    language: str
    is_contact: bool

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True, kw_only=True)
class GrantOrder:
    """One product for one partner: never changes while the grant lives, so every name made from it is stable.

    ``slug`` is for names outside: ``[a-z0-9-]``, at most 33 characters, unique to the partner.
    ``parameters`` are the catalogue entry's as they were when the grant was planned.
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


def slug_of(partner_id: UUID, legal_name: str) -> str:
    """Return a readable ASCII name that no other partner has; the end of a UUIDv7 is its random part."""
    lower = unicodedata.normalize("NFC", legal_name.lower()).translate(_SPELLED_OUT)
    plain = (sign for sign in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(sign))
    words = re.sub(r"[^a-z0-9]+", "-", "".join(plain)).strip("-")
    return f"{words[:_NAME_LENGTH].strip('-') or 'partner'}-{partner_id.hex[-12:]}"
