"""Email addresses: only what a mail can be sent to, and one form per mailbox."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.text.mail_addresses import (
    NotAMailAddress,
    canonical_address,
    checked_address,
    wire_address,
)

INTERNATIONAL = ["j\u00f6rg.m\u00fcller@firma.example", "\u7528\u6237@firma.example", "jo\u0301e@x.example"]


@pytest.mark.parametrize("address", INTERNATIONAL)
def test_letters_outside_ascii_need_a_transport_for_them(address: str) -> None:
    assert checked_address(address, may_be_international=True)
    with pytest.raises(NotAMailAddress, match="before the @"):
        checked_address(address, may_be_international=False)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "jana",
        "jana@",
        "@firma.example",
        "jana@firma",
        "jana@localhost",
        "jana@printer.local",
        "jana@1.2.3.4",
        "jana@[1.2.3.4]",
        "jana@[IPv6:::1]",
        "jana@0x7f.1",
        "jana@firma..example",
        "jana@firma.example.",
        "ja na@firma.example",
        '"ja na"@firma.example',
        ".jana@firma.example",
        "jana.@firma.example",
        "jana@fir_ma.example",
        "jana@a\u2100b.example",
        "jana\uff20firma.example",
        "jana@firma.example, bob@firma.example",
        "Jana <jana@firma.example>",
        "jana@firma.example\nBcc: all@firma.example",
        "=?utf-8?q?jana=0d=0aBcc=3a=20all=40firma.example?=@firma.example",
        "jana=?utf-8?b?DQo=?=@firma.example",
        "a" * 65 + "@firma.example",
        "a" * 64 + "@" + ".".join(["b" * 63] * 3) + ".example",
    ],
)
def test_what_no_mail_reaches(address: str) -> None:
    with pytest.raises(NotAMailAddress):
        checked_address(address, may_be_international=True)


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("Jana@Firma.Example", "jana@firma.example"),
        ("jana@b\u00fccher.example", "jana@xn--bcher-kva.example"),
        ("jana@xn--bcher-kva.example", "jana@xn--bcher-kva.example"),
        ("j.a.n.a+news@gmail.com", "jana@gmail.com"),
        ("Jana+1+2@GoogleMail.com", "jana@gmail.com"),
        ("jana.m+x@outlook.com", "jana.m@outlook.com"),
        ("jana.m+x@outlook.de", "jana.m@outlook.de"),
        ("jana+x@protonmail.com", "jana@proton.me"),
        ("jana+x@me.com", "jana@icloud.com"),
        ("jana+x@firma.example", "jana+x@firma.example"),
        ("+x@gmail.com", "+x@gmail.com"),
        ("Jana@mac.com", "jana@icloud.com"),
        ("j_a-n.a+x@pm.me", "jana@proton.me"),
        ("jana@ya.ru", "jana@yandex.com"),
        ("jana+x@fastmail.fm", "jana@fastmail.fm"),
        ("shop@jana.fastmail.com", "jana@fastmail.com"),
        ("jana@fa\u00df.de", "jana@xn--fa-hia.de"),
    ],
)
def test_one_form_per_mailbox(address: str, mailbox: str) -> None:
    assert canonical_address(checked_address(address, may_be_international=False)) == mailbox
    assert canonical_address(mailbox) == mailbox


# Of two people each: nothing but the way they look, sort or fold makes them alike.
TWO_PEOPLE = [
    ("jana@outlook.de", "jana@outlook.com"),
    ("jana@hotmail.de", "jana@hotmail.com"),
    ("jana@hotmail.com", "jana@outlook.com"),
    ("jana@live.com", "jana@msn.com"),
    ("jana@fastmail.fm", "jana@fastmail.com"),
    ("jana@yahoo.de", "jana@yahoo.com"),
    ("j.ana@outlook.com", "jana@outlook.com"),
    ("jana-x@yahoo.com", "jana@yahoo.com"),
    ("jana+x@firma.example", "jana@firma.example"),
    ("stra\u00dfe@firma.example", "strasse@firma.example"),
    ("ja\u017fon@firma.example", "jason@firma.example"),
    ("o\ufb03ce@firma.example", "office@firma.example"),
    ("\u03bb\u03cc\u03b3\u03bf\u03c2@firma.example", "\u03bb\u03cc\u03b3\u03bf\u03c3@firma.example"),
    ("j\u00f6rg@firma.example", "jorg@firma.example"),
    ("\u0131lker@firma.example", "ilker@firma.example"),
    ("jana@fa\u00df.de", "jana@fass.de"),
]


@pytest.mark.parametrize("addresses", TWO_PEOPLE)
def test_two_mailboxes_have_two_forms(addresses: tuple[str, str]) -> None:
    one, other = (checked_address(address, may_be_international=True) for address in addresses)
    assert canonical_address(one) != canonical_address(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("J\u00d6RG@firma.example", "j\u00f6rg@FIRMA.example"),
        ("jo\u0301e@firma.example", "j\u00f3e@firma.example"),
        ("STRA\u1e9eE@firma.example", "stra\u00dfe@firma.example"),
    ],
)
def test_case_and_composition_do_not_count(one: str, other: str) -> None:
    assert canonical_address(one) == canonical_address(other)


def test_a_domain_travels_by_its_a_labels() -> None:
    shown = checked_address("Jana@B\u00fccher.example", may_be_international=False)
    assert shown == "Jana@b\u00fccher.example"
    assert wire_address(shown) == "Jana@xn--bcher-kva.example"


@given(st.emails() | st.text())
def test_what_is_accepted_has_a_canonical_form(text: str) -> None:
    try:
        address = checked_address(text, may_be_international=True)
    except NotAMailAddress:
        return
    assert canonical_address(canonical_address(address)) == canonical_address(address)
    assert wire_address(address).rpartition("@")[2].isascii()
    assert checked_address(address, may_be_international=True) == address
