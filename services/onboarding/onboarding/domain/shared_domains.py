"""Domains where anybody can get a mailbox, a page or a name, so they do not identify a company."""

from collections.abc import Collection, Iterable

from chassis.frozen import Frozen
from chassis.text.domains import listed_parent
from chassis.text.public_suffixes import private_suffix, registrable_domain
from onboarding.domain.finding import Finding


class SharedDomains(Frozen):
    """Domains in our lists, and private suffixes of the public suffix list."""

    mail_providers: Collection[str]
    platforms: Collection[str]

    def platform(self, domain: str) -> str | None:
        """The platform that the name or page belongs to."""
        return listed_parent(domain, self.platforms) or private_suffix(domain)

    def is_listed(self, domain: str) -> bool:
        """True for a registrable domain that may be shared by different companies."""
        return any(listed_parent(domain, listed) for listed in (self.mail_providers, self.platforms))

    def findings(self, mail_domain: str, website_host: str) -> Iterable[Finding]:
        """Why contact address and website do not prove that the contact speaks for the company."""
        provider = listed_parent(mail_domain, self.mail_providers)
        if provider:
            yield Finding(
                "free_mail_domain",
                f"The contact's address is at {provider}, where anybody gets one:"
                " ask for an address of the company.",
            )
        elif platform := self.platform(mail_domain):
            yield Finding(
                "shared_mail_domain",
                f"The contact's mail domain lies at {platform}, where anybody gets one:"
                " ask for an address of the company.",
            )
        if not website_host:
            yield Finding("no_website", "There is no website to compare the contact's address with.")
        elif platform := self.platform(website_host):
            yield Finding(
                "shared_website",
                f"The website lies at {platform}, where anybody gets one: ask for a domain of the company.",
            )
        elif not provider and registrable_domain(mail_domain) != registrable_domain(website_host):
            yield Finding(
                "other_mail_domain",
                f"The contact's address is not of the website's domain, {registrable_domain(website_host)}:"
                " find out whether the contact speaks for that company.",
            )
