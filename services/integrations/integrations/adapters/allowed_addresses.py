"""Where webhooks may go: public addresses, and ranges that a setting opens.

An address of an endpoint is checked as text when it is given and again before each request; what its name
resolves to is checked where the connection is made, and the connection goes to what was checked.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import quote

import idna

from chassis.text.domains import NotADomain, canonical_domain
from integrations.adapters.network_ranges import Network

LONGEST_URL = 2_048
LONGEST_HOST = 253
USUAL_PORTS = {"https": 443, "http": 80}
LOWEST_FREE_PORT = 1_024
_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<path>[^?#]*)"
    r"(?:\?(?P<query>[^#]*))?(?P<fragment>#.*)?",
    re.S,
)
_HOST_AND_PORT = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]*)(?::(?P<port>[0-9]{1,5}))?")
_PLAIN_IPV4 = re.compile(r"(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}")
# To many a program this is a number, and so an address: 2130706433, 0x7f.1, 0177.0.0.1.
_LIKE_A_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
# What RFC 3986 allows in each part, escapes included; a reader's own encoding is left alone.
_IN_PATH = "/!$&'()*+,;=:@%~"
_IN_QUERY = _IN_PATH + "?"
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# Public by their numbers, and yet they lead inside, to everybody, or to an IPv4 address that they hold.
_NEVER = tuple(
    ip_network(text)
    for text in (
        *("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)


class AddressRefused(ValueError):
    """No webhook goes there; the message says why."""


class AllowedAddresses:
    """``opened`` are ranges that would be refused otherwise."""

    def __init__(self, *, schemes: Iterable[str], opened: Iterable[Network]) -> None:
        self._schemes = tuple(schemes)
        self._opened = tuple(opened)

    def checked_url(self, text: str) -> str:
        """The one way to write the address, in ASCII. Raises AddressRefused."""
        if len(text) > LONGEST_URL:
            raise AddressRefused(f"Longer than {LONGEST_URL} characters.")
        if "\\" in text or re.search(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff]", text):
            raise AddressRefused("Must hold neither spaces nor control characters nor backslashes.")
        parts = _URL.fullmatch(text)
        scheme = parts["scheme"].lower() if parts else ""
        if parts is None or scheme not in self._schemes:
            raise AddressRefused(f"Must begin with {' or '.join(f'{one}://' for one in self._schemes)}.")
        if parts["fragment"] is not None:
            raise AddressRefused("Must have no fragment (#).")
        if "@" in parts["authority"]:
            raise AddressRefused("Must hold neither a user name nor a password.")
        found = _HOST_AND_PORT.fullmatch(parts["authority"])
        if found is None or not found["host"]:
            raise AddressRefused("Must name a host, and at most a port behind it.")
        host, port = self._checked_host(found["host"]), found["port"]
        if port is not None and not _may_be_reached(int(port)):
            raise AddressRefused(f"The port must be 443, 80, or from {LOWEST_FREE_PORT} to 65535.")
        usual = port is None or int(port) == USUAL_PORTS[scheme]
        place = host if usual else f"{host}:{int(port or 0)}"
        path = quote(parts["path"] or "/", safe=_IN_PATH)
        query = "" if parts["query"] is None else "?" + quote(parts["query"], safe=_IN_QUERY)
        return f"{scheme}://{place}{path}{query}"

    def check(self, address: str) -> None:
        """Raises AddressRefused for an IP address that no webhook may go to."""
        try:
            found = ip_address(address)
        except ValueError:
            raise AddressRefused("Not an IP address.") from None
        if isinstance(found, IPv6Address) and found.scope_id is not None:
            raise AddressRefused("An address with a zone leads to one machine's own network.")
        if any(found in network for network in self._opened):
            return
        if not _is_public(found):
            raise AddressRefused("The address is not one of the public Internet.")

    def _checked_host(self, text: str) -> str:
        if text.startswith("["):
            inside = text[1:-1]
            self.check(inside)
            return f"[{ip_address(inside).compressed}]"
        host = _ascii(text)
        if _PLAIN_IPV4.fullmatch(host):
            self.check(host)
            return host
        if _LIKE_A_NUMBER.fullmatch(host.rpartition(".")[2]):
            raise AddressRefused("An IPv4 address is written as four decimal numbers, such as 192.0.2.1.")
        if len(host) > LONGEST_HOST or not _NAME.fullmatch(host):
            raise AddressRefused("Must name a host such as hooks.example.com.")
        if not self._opened:
            _expect_public(host)
        return host


def _ascii(text: str) -> str:
    """A name in the letters of DNS, with no dot at its end; other forms of letters and dots are folded."""
    folded = text
    if not text.isascii():
        try:
            folded = idna.encode(text, uts46=True).decode()
        except (idna.IDNAError, UnicodeError):
            raise AddressRefused("Must name a host such as hooks.example.com.") from None
    return folded.lower().removesuffix(".")


def _expect_public(host: str) -> None:
    """Where no range is opened, a name that leads inside is told at once."""
    try:
        canonical_domain(host)
    except NotADomain as error:
        raise AddressRefused(str(error)) from None


def _may_be_reached(port: int) -> bool:
    return port in USUAL_PORTS.values() or LOWEST_FREE_PORT <= port <= 65_535


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if any(address in network for network in _NEVER):
        return False
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)
