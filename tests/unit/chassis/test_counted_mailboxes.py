"""Addresses that lead to one mailbox are counted as one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.text.mail_addresses import canonical_address, checked_address, counted_mailbox


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("jana+1@firma.example", "jana@firma.example"),
        ("+1@firma.example", "@firma.example"),
        ("+2@firma.example", "@firma.example"),
        ("\uff4a\uff41na@firma.example", "jana@firma.example"),
        ("jana\uff0b1@firma.example", "jana@firma.example"),
        ("1@jana.fastmail.com", "jana@fastmail.com"),
        ("2+x@jana.fastmail.fm", "jana@fastmail.com"),
        ("jana@fastmail.fm", "jana@fastmail.com"),
        ("jana@outlook.de", "jana@outlook.com"),
        ("stra\u00dfe@firma.example", "strasse@firma.example"),
        ("j\u2024ana@gmail.com", "jana@gmail.com"),
        ("1@jana.gmail.com", "1@jana.gmail.com"),
    ],
)
def test_one_mailbox(address: str, mailbox: str) -> None:
    assert counted_mailbox(checked_address(address, may_be_international=True)) == mailbox


@given(st.emails())
def test_one_mailbox_is_always_counted_as_one(address: str) -> None:
    assert counted_mailbox(canonical_address(address)) == counted_mailbox(address)
    assert counted_mailbox(counted_mailbox(address)) == counted_mailbox(address)
