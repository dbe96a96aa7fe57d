"""Who may be a duplicate of whom, now or formerly, and whether an operator belongs to the company."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from cleanco import basename

from chassis.text.mail_addresses import counted_mailbox, domain_of
from chassis.text.names import lookalike, plain
from chassis.text.public_suffixes import registrable_domain
from onboarding.domain.finding import Finding
from onboarding.domain.partners import Partner
from onboarding.domain.shared_domains import SharedDomains
from onboarding.domain.states import FINAL, State


class Trait(StrEnum):
    """What two partners have in common."""

    REGISTRATION_NUMBER = "registration_number"
    MAIL_DOMAIN = "mail_domain"
    WEBSITE = "website"
    CONTACT = "contact"
    MEMBER = "member"
    LEGAL_NAME = "legal_name"


_WORDS = {
    Trait.REGISTRATION_NUMBER: "the same registration number",
    Trait.MAIL_DOMAIN: "the same mail domain",
    Trait.WEBSITE: "a website of the same domain",
    Trait.CONTACT: "a contact whose mailbox may be the same",
    Trait.MEMBER: "somebody whose mailbox may be the same, as the contact of one and named by the other",
    Trait.LEGAL_NAME: "a name that looks the same, in the same country",
}


# Of each trait; a finding is for people, who look at the first few.
MOST_ALIKE = 3


@dataclass(frozen=True)
class Duplicate:
    """Another partner whose contact confirmed its address, and who looks like the same company."""

    partner_id: UUID
    legal_name: str
    by: Trait
    state: State

    @property
    def is_former(self) -> bool:
        """True for one that was rejected, left or withdrew: people review its next application."""
        return self.state in FINAL

    @property
    def finding(self) -> Finding:
        """Told with what became of the other one."""
        # By its id only: the other one may be erased, and this outlasts it.
        other = f"Partner {self.partner_id}"
        state = self.state.replace("_", " ")
        if self.is_former:
            return Finding(
                f"returning_{self.by}", f"{other} was here before ({state}) and had {_WORDS[self.by]}."
            )
        return Finding(f"duplicate_{self.by}", f"{other}, {state}, has {_WORDS[self.by]}.")


@lru_cache(maxsize=4_096)  # each move of a partner writes it again
def company_shape(legal_name: str) -> str:
    """What a company's name looks like without its legal form: Acme Ltd, A C M E Inc. and ACME are one.

    For lists of whom to look at, never for telling who somebody is.
    """
    bare = basename(plain(basename(legal_name)))
    return (lookalike(bare) or lookalike(legal_name)).replace(" ", "")


def share(trait: Trait, one: Partner, other: Partner) -> bool:
    """Whether the two have this in common.

    The repository carries it out in SQL, by `compared_columns`; one suite of tests holds both to each other.
    Somebody in common counts where one of both speaks for a company: two members alone are one person with
    two memberships. A domain counts only where `comparable_traits` says so.
    """
    ours, theirs = one.profile, other.profile
    is_same_country = ours.country == theirs.country
    match trait:
        case Trait.REGISTRATION_NUMBER:
            return is_same_country and ours.registration.may_be(theirs.registration)
        case Trait.MAIL_DOMAIN:
            return registrable_domain(one.contact.mail_domain) == registrable_domain(
                other.contact.mail_domain
            )
        case Trait.WEBSITE:
            host = registrable_domain(ours.website_host)
            return bool(host) and host == registrable_domain(theirs.website_host)
        case Trait.CONTACT:
            return mailboxes_of(one)[0] == mailboxes_of(other)[0]
        case Trait.MEMBER:
            our_boxes, their_boxes = mailboxes_of(one), mailboxes_of(other)
            is_same_contact = our_boxes[0] == their_boxes[0]
            return not is_same_contact and (our_boxes[0] in their_boxes or their_boxes[0] in our_boxes)
        case Trait.LEGAL_NAME:
            return is_same_country and company_shape(ours.legal_name) == company_shape(theirs.legal_name)


def mailboxes_of(partner: Partner) -> list[str]:
    """The people's mailboxes as they are compared, the contact's first."""
    people = sorted(partner.members, key=lambda person: not person.is_contact)
    return [counted_mailbox(person.email) for person in people]


def comparable_traits(partner: Partner, shared: SharedDomains) -> Iterator[Trait]:
    """By what others are compared: by a domain only if it is one of a company."""
    domains = {Trait.MAIL_DOMAIN: partner.contact.mail_domain, Trait.WEBSITE: partner.profile.website_host}
    for trait in Trait:
        if not shared.is_listed(domains.get(trait, "")):
            yield trait


def is_own_company(partner: Partner, email: str, shared: SharedDomains) -> bool:
    """Whether the address is that of one of the partner's people, or of the company's domains.

    Where anybody gets an address of a domain, or a website below it, only the mailbox tells; what may be the
    same one counts as the same, since all that follows is that somebody else looks.
    """
    if counted_mailbox(email) in {counted_mailbox(person.email) for person in partner.members}:
        return True
    domain = domain_of(email)
    if shared.is_listed(domain):
        return False
    people = {domain_of(person.email) for person in partner.members}
    domains = people | ({partner.profile.website_host} - {""})
    return registrable_domain(domain) in set(map(registrable_domain, domains))
