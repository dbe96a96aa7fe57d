"""The address of the client, behind a configured number of trusted proxies.

Each proxy appends the address of its client to ``X-Forwarded-For``; anything before
the entries of our own proxies was written by the client, who may write anything. ``Forwarded`` (RFC 7239) and
headers like ``X-Real-IP`` are never read: two sources would be one too many.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from flask import request

HEADER = "X-Forwarded-For"
# Longer than any address with brackets and port.
_LONGEST = 64

Address = IPv4Address | IPv6Address


def client_address(trusted_proxies: int) -> Address | None:
    """The client of the outermost trusted proxy; None for one without an address, such as a Unix socket.

    A request that did not pass all of the proxies is from the client of the outermost one that it passed. If
    a trusted proxy wrote no address, everything through it counts as the proxy nearest to us.
    """
    # In the order of the proxies, over all lines of the header.
    lines = ",".join(request.headers.getlist(HEADER)) if trusted_proxies else ""
    if lines.strip():
        entries = lines.split(",")
        if found := _parsed(entries[max(0, len(entries) - trusted_proxies)]):
            return found
    return _parsed(request.remote_addr or "")


def network_of(address: Address | None, *, ipv4_prefix: int = 32, ipv6_prefix: int = 56) -> str:
    """The network that counts as one client, such as 203.0.113.7/32; one word for clients without an address.

    A customer usually has one IPv4 address, or an IPv6 /56.
    """
    if address is None:
        return "unknown"
    prefix = ipv4_prefix if address.version == 4 else ipv6_prefix
    return str(ip_network((address, prefix), strict=False))


def _parsed(text: str) -> Address | None:
    """The address in one entry, with or without port and brackets; IPv4 inside IPv6 is IPv4."""
    text = text.strip().strip('"')
    if len(text) > _LONGEST:
        return None
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or address.sixtofour or address
    return address
