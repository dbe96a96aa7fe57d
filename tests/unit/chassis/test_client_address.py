"""Whom a request is from: what a client says of itself is never believed."""

import pytest
from flask import Flask

from chassis.http.client_address import client_address, network_of

PEER = "192.0.2.10"


def seen(trusted_proxies: int, *lines: str, peer: str | None = PEER, name: str = "X-Forwarded-For") -> str:
    """The client of a request with these lines of the header."""
    headers = [(name, line) for line in lines]
    with Flask(__name__).test_request_context(headers=headers, environ_base={"REMOTE_ADDR": peer or ""}):
        return str(client_address(trusted_proxies))


@pytest.mark.parametrize(
    ("trusted_proxies", "lines", "client"),
    [
        # Nobody stands before us: whatever is said is the client's own word.
        (0, [], PEER),
        (0, ["203.0.113.7"], PEER),
        (0, ["203.0.113.7", "198.51.100.1"], PEER),
        # One proxy: it added the last entry.
        (1, [], PEER),
        (1, ["203.0.113.7"], "203.0.113.7"),
        (1, ["10.0.0.1, 203.0.113.7"], "203.0.113.7"),
        (1, ["10.0.0.1", "203.0.113.7"], "203.0.113.7"),
        (1, [f"{', '.join(['10.9.9.9'] * 500)},203.0.113.7"], "203.0.113.7"),
        # Two: the outer one added the last but one.
        (2, ["10.0.0.1, 203.0.113.7, 198.51.100.1"], "203.0.113.7"),
        (2, ["10.0.0.1, 203.0.113.7", "198.51.100.1"], "203.0.113.7"),
        (2, ["198.51.100.1"], "198.51.100.1"),
        # The forms of one entry.
        (1, ["203.0.113.7:4711"], "203.0.113.7"),
        (1, ["  203.0.113.7  "], "203.0.113.7"),
        (1, ["[2001:db8::7]:443"], "2001:db8::7"),
        (1, ["2001:DB8:0::7"], "2001:db8::7"),
        (1, ['"[2001:db8::7]"'], "2001:db8::7"),
        (1, ["fe80::1%eth0"], "fe80::1"),
        (1, ["::ffff:203.0.113.7"], "203.0.113.7"),
        (1, ["[::ffff:cb00:7107]:80"], "203.0.113.7"),
        (1, ["2002:cb00:7107::1"], "203.0.113.7"),
        # What the trusted proxy did not write as an address is everybody's.
        (1, ["unknown"], PEER),
        (1, ["_hidden"], PEER),
        (1, ["203.0.113.7,"], PEER),
        (1, [""], PEER),
        (1, ["203.0.113.7, junk"], PEER),
        (1, ["203.0.113.777"], PEER),
        (1, ["0x7f000001"], PEER),
        (1, ["127.1"], PEER),
        (1, ["203.0.113.7;198.51.100.1"], PEER),
        (1, ["203.0.113.7\u0660"], PEER),
        (1, ["1" * 5_000], PEER),
    ],
)
def test_only_entries_of_trusted_proxies_count(trusted_proxies: int, lines: list[str], client: str) -> None:
    assert seen(trusted_proxies, *lines) == client


@pytest.mark.parametrize("name", ["Forwarded", "X-Real-IP", "True-Client-IP", "X-Client-IP", "Client-IP"])
def test_no_other_header_says_who_it_is(name: str) -> None:
    assert seen(1, "for=203.0.113.7", name=name) == PEER
    assert seen(1, "203.0.113.7", name=name) == PEER


@pytest.mark.parametrize(
    ("peer", "client"), [("::ffff:192.0.2.10", "192.0.2.10"), ("2001:db8::1", "2001:db8::1"), (None, "None")]
)
def test_the_peer_itself(peer: str | None, client: str) -> None:
    assert seen(0, peer=peer) == client


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("192.0.2.10", "192.0.2.0/24"),
        ("::ffff:192.0.2.99", "192.0.2.0/24"),
        ("2001:db8:1:2ff:ffff::1", "2001:db8:1:200::/56"),
        ("2001:db8:1:201::2", "2001:db8:1:200::/56"),
        (None, "unknown"),
    ],
)
def test_addresses_of_one_network_are_one_client(peer: str | None, network: str) -> None:
    with Flask(__name__).test_request_context(environ_base={"REMOTE_ADDR": peer or ""}):
        assert network_of(client_address(0), ipv4_prefix=24, ipv6_prefix=56) == network
