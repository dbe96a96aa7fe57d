"""What an applicant says about the company, its people and its wishes."""

from dataclasses import fields
from datetime import datetime
from uuid import UUID

from chassis.frozen import Frozen
from chassis.text.mail_addresses import canonical_address, domain_of
from chassis.text.web_addresses import host_of
from onboarding.domain.registers import read_registration
from onboarding.domain.registration import Registration
from onboarding.domain.vocabulary import Competence, Language, PartnerType, Product


class Member(Frozen):
    """One person at the partner; the contact speaks for the company. A single name is the given one.

    Everybody but the contact is only named by the contact until ``confirmed_at``; ``asked_at`` and
    ``times_asked`` tell of the mails that asked for it.
    """

    id: UUID
    given_name: str
    family_name: str
    email: str
    language: Language
    is_contact: bool = False
    confirmed_at: datetime | None = None
    asked_at: datetime | None = None
    times_asked: int = 0

    @property
    def full_name(self) -> str:
        """The name used to address the person; some have only one."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def mailbox(self) -> str:
        """The address as it is compared."""
        return canonical_address(self.email)

    @property
    def mail_domain(self) -> str:
        """The domain of the address as it is compared."""
        return domain_of(self.email)


class Profile(Frozen):
    """The company, its competences and its wishes: everything that a correction may change."""

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
    def registration(self) -> Registration:
        """The registration number as it is compared."""
        return read_registration(self.country, self.registration_number)

    @property
    def website_host(self) -> str:
        """The domain that the website's address names; none if there is no website."""
        return host_of(self.website)


PROFILE_FIELDS = tuple(field.name for field in fields(Profile))
# Who the company is, and what of it the catalogue decides by: others look at a change of these first.
REVIEWED_FIELDS = ("legal_name", "registration_number", "country", "partner_type")
# What an active partner changes without review. Competences and products it requests: access follows.
FREE_FIELDS = ("website", "expected_benefits", "language")
# The members other than the contact may be corrected too; the contact's proven address may not.
CORRECTABLE_FIELDS = (*PROFILE_FIELDS, "members")
