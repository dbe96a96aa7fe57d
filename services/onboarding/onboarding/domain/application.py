"""What an applicant tells about the company, its people and its wishes."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields
from uuid import UUID

from onboarding.domain.vocabulary import Competence, Language, PartnerType, Product


@dataclass(frozen=True, kw_only=True)
class Member:
    """One person at the partner; the contact speaks for the company."""

    id: UUID
    given_name: str
    family_name: str
    email: str
    language: Language
    is_contact: bool = False

    @property
    def full_name(self) -> str:
        """As people are called; some have one name only."""
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The company, what it brings and what it wishes: all that a correction may change."""

    legal_name: str
    registration_number: str
    country: str
    website: str
    partner_type: PartnerType
    competences: tuple[Competence, ...]
    products_wanted: tuple[Product, ...]
    expected_benefits: str
    language: Language

    @property
    def registration_key(self) -> str:
        """The registration number as it is compared: spelling, spaces and signs do not count."""
        return registration_key(self.registration_number)


PROFILE_FIELDS = tuple(field.name for field in fields(Profile))
# The members other than the contact may be corrected too; the contact's proven address may not.
CORRECTABLE_FIELDS = (*PROFILE_FIELDS, "members")


def registration_key(number: str) -> str:
    """Letters and digits only, in one case, so that "HRB 12-34" and "hrb1234" are one number."""
    folded = unicodedata.normalize("NFKC", number).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def mail_domain(email: str) -> str:
    """The part after the last @, in one case."""
    return email.rpartition("@")[2].casefold()


def contact_of(members: Iterable[Member]) -> Member:
    """The one member that speaks for the company."""
    return next(member for member in members if member.is_contact)
