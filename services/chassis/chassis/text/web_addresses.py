"""The one way a web address is written: a URI (RFC 3986) of a public host, whatever people type.

    canonical_web_address("HTTPS://Müller.example:443/Größe 50%")
    == "https://xn--mller-kva.example/Gr%C3%B6%C3%9Fe%2050%25"

What has one clear meaning is rewritten (letters beyond ASCII, spaces, a bare ``%``); what two programs
could read in two ways is refused (user names, backslashes, numbers as hosts). A rewritten address stays
as it is.
"""

import re
from urllib.parse import quote, urlsplit

from chassis.text.domains import canonical_domain

LONGEST_HOST = 253
_MOST_TYPED = 4_096
_PARTS = re.compile(
    r"https://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?"
)
_HOST_AND_PORT = re.compile(r"(?P<host>[^:]*)(?::(?P<port>[0-9]{1,5}))?")
# A last label that starts with a digit is, or looks like, a number: an IP address to browsers.
_PUBLIC_NAME = re.compile(r"([a-z0-9-]+\.)+[a-z][a-z0-9-]*[a-z0-9]")
_ESCAPED = re.compile(r"(%[0-9A-Fa-f]{2})")
_HTTPS_PORT = 443
# What RFC 3986 allows unescaped in each part, beside letters, digits and ``-._~``.
_IN_PATH = "/!$&'()*+,;=:@"
_IN_QUERY = _IN_PATH + "?"


def canonical_web_address(text: str) -> str:
    """The address as events tell it; raises ValueError with a sentence for the person who typed it."""
    if len(text) > _MOST_TYPED:
        raise ValueError(f"Longer than {_MOST_TYPED} characters.")
    if "\\" in text:
        raise ValueError("Must not hold a backslash.")
    parts = _PARTS.fullmatch(text[:8].lower() + text[8:])
    if parts is None:
        raise ValueError("Not an address such as https://example.com.")
    address = f"https://{_authority(parts['authority'])}{_escaped(parts['path'], _IN_PATH)}"
    if parts["query"] is not None:
        address += f"?{_escaped(parts['query'], _IN_QUERY)}"
    if parts["fragment"] is not None:
        address += f"#{_escaped(parts['fragment'], _IN_QUERY)}"
    return address


def host_of(address: str) -> str:
    """The host of a canonical address; none of what is no address."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _authority(text: str) -> str:
    """A name of the public Internet in the letters of DNS (IDNA 2008), and its port if it has another one."""
    if "@" in text:
        raise ValueError("Must not hold a user name.")
    parts = _HOST_AND_PORT.fullmatch(text)
    if parts is None:
        raise ValueError("Must name a host such as example.com, and at most a port behind it.")
    if len(parts["host"]) > LONGEST_HOST + 1:
        raise ValueError(f"The host is longer than {LONGEST_HOST} characters.")
    host = canonical_domain(parts["host"])
    if len(host) > LONGEST_HOST or not _PUBLIC_NAME.fullmatch(host):
        raise ValueError("Must name a public host.")
    if parts["port"] is None or int(parts["port"]) == _HTTPS_PORT:
        return host
    if not 0 < int(parts["port"]) <= 65_535:
        raise ValueError("The port must be from 1 to 65535.")
    return f"{host}:{int(parts['port'])}"


def _escaped(text: str, allowed: str) -> str:
    """Escapes in capitals, everything else as the part allows it; a ``%`` that escapes nothing is meant."""
    pieces = _ESCAPED.split(text)
    try:
        return "".join(
            piece.upper() if place % 2 else quote(piece, safe=allowed) for place, piece in enumerate(pieces)
        )
    except UnicodeEncodeError:
        raise ValueError("Holds characters that are none.") from None
