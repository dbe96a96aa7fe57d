"""The columns by which partners are compared and found: canonical forms of what was typed."""

from collections.abc import Iterable
from uuid import UUID

from chassis.text.mail_addresses import canonical_address, counted_mailbox, domain_of
from chassis.text.names import plain
from chassis.text.public_suffixes import registrable_domain
from chassis.text.web_addresses import host_of
from onboarding.domain.likeness import company_shape
from onboarding.domain.registers import read_registration


def compared_columns(
    partner_id: UUID,
    *,
    legal_name: str,
    country: str,
    registration_number: str,
    contact_name: str,
    contact_email: str,
) -> dict[str, str]:
    """By column name; changing a form requires a revision that recomputes the existing rows."""
    registration = read_registration(country, registration_number)
    searched = (
        legal_name,
        registration_number,
        registration.number,
        contact_name,
        contact_email,
        partner_id.hex,
    )
    return {
        "registration_key": registration.key,
        "registration_without_court": registration.number,
        "contact_email": canonical_address(contact_email),
        "mail_domain": registrable_domain(domain_of(contact_email)),
        "search_text": " ".join(word for text in searched for word in plain(text).split()),
    }


# Not compared before the contact has confirmed the address, so sign-up does not compute them.
AFTER_CONFIRMATION = ("website_domain", "name_shape", "mailboxes")


def columns_after_confirmation(
    *, legal_name: str, website: str, emails: Iterable[str]
) -> dict[str, str | list[str]]:
    """By column name; the contact's address comes first."""
    return {
        "website_domain": registrable_domain(host_of(website)),
        "name_shape": company_shape(legal_name),
        "mailboxes": [counted_mailbox(email) for email in emails],
    }
