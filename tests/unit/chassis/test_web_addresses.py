"""A web address has one form, and that form is a URI to everybody who checks."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rfc3986 import uri_reference
from rfc3986 import validators as rfc3986_validators
from rfc3986.exceptions import RFC3986Exception
from rfc3986_validator import validate_rfc3986
from tests.examples import examples

from chassis.text.web_addresses import canonical_web_address


def objections(address: str) -> list[str]:
    """Which of two independent validators refuse the address as a URI of ASCII."""
    found = []
    if not (address.isascii() and validate_rfc3986(address, rule="URI")):
        found.append("rfc3986-validator")
    checks = rfc3986_validators.Validator().require_presence_of("scheme", "host")
    try:
        parts = uri_reference(address)
        checks.check_validity_of("scheme", "host", "port", "path", "query", "fragment").validate(parts)
    except RFC3986Exception as error:
        found.append(f"rfc3986: {error}")
    return found


TAKEN = {
    "https://x.example/aktion-50%": "https://x.example/aktion-50%25",
    "https://x.example/%c3%9f%2": "https://x.example/%C3%9F%252",
    "https://x.example/#a#b": "https://x.example/#a%23b",
    "https://x.example/a b[c]|": "https://x.example/a%20b%5Bc%5D%7C",
    "https://שלום1.example": "https://xn--1-9hcuf1d.example",  # noqa: RUF001
    "HTTPS://Müller.Example:443/Größe?q=ü": "https://xn--mller-kva.example/Gr%C3%B6%C3%9Fe?q=%C3%BC",
    "https://例え。テスト/": "https://xn--r8jz45g.xn--zckzah/",
    "https://x.example.:0443": "https://x.example",
    "https://x.example:8443/?": "https://x.example:8443/?",
}


@pytest.mark.parametrize("typed", TAKEN)
def test_what_has_one_meaning_is_rewritten(typed: str) -> None:
    assert canonical_web_address(typed) == TAKEN[typed]
    assert objections(TAKEN[typed]) == []


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "https://",
        "http://x.example",
        "x.example",
        "https:/x.example",
        "https:///x.example",
        "https://x.example:99999",
        "https://x.example:0",
        "https://x.example:",
        "https://x.example:80:80",
        "https://x.example\\@y.example",
        "https://u@x.example",
        "https://u:p@x.example",
        "https://a℀b.example",
        "https://a b.example",
        "https://a%20b.example",
        "https://x_y.example",
        "https://-x.example",
        "https://x..example",
        "https://xn--zzzzzz.example",
        "https://☃.example",
        "https://localhost",
        "https://1.2.3.4",
        "https://0x7f.1",
        "https://١.٢.٣.٤",  # noqa: RUF001
        "https://[::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[v1.a]/",
        f"https://{'a' * 300}.example",
        f"https://{'a' * 64}.example",
        f"https://{'ü' * 60}.example",
        f"https://{'a.' * 130}example",
        f"https://x.example/{'a' * 5_000}",
        "https://x.example/\ud800",
        "https://\ud800.example",
    ],
)
def test_what_two_programs_could_read_in_two_ways_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        canonical_web_address(typed)


SIGNS = st.sampled_from(
    [*"ab.-/:@?#%[]{}|\\^`\"'<> _~!$&()*+,;=0125ßüשל。℀١☃\u00ad\u200d\u0301", "xn--", "%2F", "443"]  # noqa: RUF001
)
TYPED = st.builds(
    "{}{}".format,
    st.sampled_from(
        ["https://", "HTTPS://x.example", "https://x.example/", "https://x.example:8443/?", "https://ü"]
    ),
    st.lists(SIGNS | st.characters(), max_size=30).map("".join),
)


@settings(max_examples=examples(400), deadline=None)
@given(TYPED)
@example("https://x.example/%%%41%zz")
def test_whatever_is_taken_is_a_uri_and_stays_as_it_is(typed: str) -> None:
    try:
        address = canonical_web_address(typed)
    except ValueError:
        return
    assert objections(address) == []
    assert canonical_web_address(address) == address
