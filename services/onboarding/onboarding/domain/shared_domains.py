"""Domains where anybody gets a mailbox, a page or a name: who is there proves no company."""

from collections.abc import Collection, Iterable

from chassis.frozen import Frozen
from chassis.text.domains import listed_parent
from chassis.text.public_suffixes import private_suffix, registrable_domain
from onboarding.domain.finding import Finding


class SharedDomains(Frozen):
    """What the lists name, and what the public suffix list knows to be handed out by private parties."""

    mail_providers: Collection[str]
    platforms: Collection[str]

    def platform(self, domain: str) -> str | None:
        """Whose page or name this is."""
        return listed_parent(domain, self.platforms) or private_suffix(domain)

    def is_listed(self, domain: str) -> bool:
        """True where two companies share the registrable domain and are two all the same."""
        return any(listed_parent(domain, listed) for listed in (self.mail_providers, self.platforms))

    def findings(self, mail_domain: str, website_host: str) -> Iterable[Finding]:
        """Why the contact's address and the website do not show that the contact speaks for the company."""
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
