"""Domains: one form each, and nothing that is no name of the public internet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.text.domains import NotADomain, canonical_domain, listed_parent
from chassis.text.public_suffixes import registrable_domain

NO_DOMAINS = [
    "",
    ".",
    "example",
    "localhost",
    "printer.local",
    "db.internal",
    "hidden.onion",
    "a..b.example",
    ".example.com",
    "-a.example",
    "ex ample.com",
    "ex_ample.com",
    "a\u2100b.example",
    "\u2603.example",
    "xn--a.example",
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.0x1",
    "0177.0.0.01",
    "1.2.3.4.",
    "\uff11\uff12\uff17.0.0.1",
    "[::1]",
    "::1",
    "fe80::1%eth0",
    "a" * 64 + ".example",
    ".".join(["abcdefg"] * 32) + ".example",
    "\ud800.example",
    "ex\u0000ample.com",
]


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("example.com", "example.com"),
        ("Example.COM", "example.com"),
        ("example.com.", "example.com"),
        ("b\u00fccher.example", "xn--bcher-kva.example"),
        ("B\u00dcCHER.example", "xn--bcher-kva.example"),
        ("bu\u0308cher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
        ("fa\u00df.de", "xn--fa-hia.de"),
        ("\u05e9\u05dc\u05d5\u05dd1.example", "xn--1-9hcuf1d.example"),
        ("example\u3002com", "example.com"),
        ("\uff45xample\uff0ecom", "example.com"),
        ("exa\u00admple.com", "example.com"),
        ("1and1.com", "1and1.com"),
        ("4711.de", "4711.de"),
    ],
)
def test_one_form_per_domain(written: str, canonical: str) -> None:
    assert canonical_domain(written) == canonical
    assert canonical_domain(canonical) == canonical


@pytest.mark.parametrize("written", NO_DOMAINS)
def test_what_is_no_domain(written: str) -> None:
    with pytest.raises(NotADomain):
        canonical_domain(written)


@pytest.mark.parametrize(
    ("domain", "listed"),
    [
        ("blocked.example", "blocked.example"),
        ("mail.blocked.example", "blocked.example"),
        ("a.b.c.blocked.example", "blocked.example"),
        ("unblocked.example", None),
        ("example", None),
        ("blocked.example.com", None),
    ],
)
def test_a_listed_domain_covers_what_lies_below(domain: str, listed: str | None) -> None:
    assert listed_parent(domain, {"blocked.example"}) == listed


@pytest.mark.parametrize(
    ("domain", "registered"),
    [
        ("mail.firma.de", "firma.de"),
        ("a.b.firma.co.uk", "firma.co.uk"),
        ("co.uk", "co.uk"),
        ("one.github.io", "one.github.io"),
        ("mail.firma.example", "firma.example"),
        ("mail.xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
    ],
)
def test_what_its_owner_registered(domain: str, registered: str) -> None:
    assert registrable_domain(domain) == registered


@given(st.text())
def test_a_canonical_domain_is_its_own(text: str) -> None:
    try:
        domain = canonical_domain(text)
    except NotADomain:
        return
    assert canonical_domain(domain) == domain
