"""Nobody decides on the own company: what an operator's verified address has to do with a partner."""

from chassis.text.mail_addresses import counted_mailbox, domain_of
from onboarding.domain.application import company_domain
from onboarding.domain.partners import Partner
from onboarding.domain.shared_domains import SharedDomains


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
    return company_domain(domain) in set(map(company_domain, domains))
