"""The columns by which partners are compared and found: canonical forms of what was typed."""

from uuid import UUID

from chassis.text.mail_addresses import canonical_address, domain_of
from onboarding.adapters.search_words import words_of
from onboarding.domain.application import company_domain
from onboarding.domain.registration import read_registration


def compared_columns(
    partner_id: UUID,
    *,
    legal_name: str,
    country: str,
    registration_number: str,
    contact_name: str,
    contact_email: str,
) -> dict[str, str]:
    """By the names of columns; a change of a form needs a revision that computes the rows of before anew."""
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
        "mail_domain": company_domain(domain_of(contact_email)),
        "search_text": " ".join(word for text in searched for word in words_of(text)),
    }
