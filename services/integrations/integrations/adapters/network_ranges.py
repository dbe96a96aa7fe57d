"""Address ranges, as a setting lists them."""

from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network


def read_ranges(text: str) -> tuple[Network, ...]:
    """From ``127.0.0.0/8,fd00::/8``. Raises ValueError for an invalid range, or for all addresses at once."""
    found = tuple(_range(part.strip()) for part in text.split(",") if part.strip())
    if any(network.prefixlen == 0 for network in found):
        raise ValueError("must name ranges, not every address there is")
    return found


def _range(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError:
        raise ValueError("must be ranges such as 127.0.0.0/8, joined by commas") from None
