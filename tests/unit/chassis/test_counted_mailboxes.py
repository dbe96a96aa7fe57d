"""Addresses that lead to one mailbox are counted as one."""

import pytest

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
        ("1@jana.gmail.com", "1@jana.gmail.com"),
    ],
)
def test_one_mailbox(address: str, mailbox: str) -> None:
    assert counted_mailbox(checked_address(address, may_be_international=True)) == mailbox


def test_two_people_are_not_taken_for_one_elsewhere() -> None:
    assert canonical_address("1@jana.fastmail.com") != canonical_address("2@jana.fastmail.com")
