"""Which mail domains and websites show that a contact speaks for a company."""

import pytest

from onboarding.adapters.blocklist_file import read_free_mail_domains, read_platforms
from onboarding.domain.shared_domains import SharedDomains
from onboarding.settings import CONFIG

SHARED = SharedDomains(
    mail_providers=read_free_mail_domains(CONFIG / "free_mail.yaml"),
    platforms=read_platforms(CONFIG / "platforms.yaml"),
)


def codes(mail_domain: str, website_host: str) -> set[str]:
    return {finding.code for finding in SHARED.findings(mail_domain, website_host)}


@pytest.mark.parametrize(
    ("mail_domain", "website_host"),
    [
        ("firma.de", "firma.de"),
        ("firma.de", "www.firma.de"),
        ("mail.firma.co.uk", "shop.firma.co.uk"),
        ("xn--mller-kva.example", "www.xn--mller-kva.example"),
        ("example.com", "example.com"),
    ],
)
def test_a_domain_of_the_company(mail_domain: str, website_host: str) -> None:
    assert codes(mail_domain, website_host) == set()


@pytest.mark.parametrize(
    ("mail_domain", "website_host"),
    [
        ("firma.de", "firma.com"),
        ("firma.co.uk", "other.co.uk"),
        ("firma.de", "firma.de.com.example"),
        ("evil.example", "firma.example"),
        ("firma.de.evil.example", "firma.de"),
    ],
)
def test_a_domain_that_is_not_the_websites(mail_domain: str, website_host: str) -> None:
    assert codes(mail_domain, website_host) == {"other_mail_domain"}


@pytest.mark.parametrize(
    "mail_domain",
    [
        "gmail.com",
        "googlemail.com",
        "web.de",
        "gmx.net",
        "t-online.de",
        "yahoo.co.uk",
        "hotmail.co.uk",
        "proton.me",
        "tutanota.com",
        "icloud.com",
        "orange.fr",
        "wp.pl",
        "seznam.cz",
        "naver.com",
        "mailinator.com",
        "yopmail.com",
        "sub.gmail.com",
        "mozmail.com",
        "privaterelay.appleid.com",
        "passmail.net",
        "jana.33mail.com",
    ],
)
@pytest.mark.parametrize("website_host", ["firma.de", None])
def test_a_mailbox_that_anybody_gets(mail_domain: str, website_host: str | None) -> None:
    assert "free_mail_domain" in codes(mail_domain, website_host or mail_domain)


@pytest.mark.parametrize(
    "website_host",
    [
        "firma.github.io",
        "github.io",
        "firma.wordpress.com",
        "sites.google.com",
        "www.linkedin.com",
        "de.linkedin.com",
        "facebook.com",
        "firma.wixsite.com",
        "firma.weebly.com",
        "firma.jimdosite.com",
        "firma.myshopify.com",
        "firma.netlify.app",
        "firma.pages.dev",
        "firma.blogspot.com",
        "firma.tumblr.com",
        "firma.notion.site",
        "firma.dyndns.org",
        "firma.eu.org",
        "bit.ly",
        "tinyurl.com",
        "linktr.ee",
        "t.co",
        "co.uk",
    ],
)
def test_a_website_that_anybody_gets(website_host: str) -> None:
    assert codes("firma.de", website_host) == {"shared_website"}


@pytest.mark.parametrize("domain", ["firma.dyndns.org", "firma.eu.org", "firma.github.io", "linkedin.com"])
def test_a_name_that_anybody_gets_is_none_for_mails_either(domain: str) -> None:
    assert codes(domain, domain) == {"shared_mail_domain", "shared_website"}


def test_no_website() -> None:
    assert codes("firma.de", "") == {"no_website"}


def test_findings_tell_nobodys_own_domain() -> None:
    told = " ".join(finding.message for finding in SHARED.findings("jana-weiss.example", "firma.example"))
    assert "firma.example" in told
    assert "jana" not in told
