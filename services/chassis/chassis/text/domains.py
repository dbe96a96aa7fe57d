"""Domains, as they are compared and stored: IDNA 2008, A-labels, small letters, no dot at the end."""

import re
from collections.abc import Collection
from functools import lru_cache

import idna

_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# Names that by their definition (RFC 6761, 6762, 7686, 8375, 9476) lead to nobody outside.
_NOT_PUBLIC = frozenset({"alt", "arpa", "internal", "invalid", "local", "localhost", "onion"})


class NotADomain(ValueError):
    """What was given is no name of the public internet; the message says why."""


@lru_cache(maxsize=4_096)  # one application asks for its few domains seven times
def canonical_domain(text: str) -> str:
    """The A-labels of a public name; raises NotADomain for all else, IP addresses of any notation too."""
    try:
        domain = idna.encode(text.strip(), uts46=True, std3_rules=True).decode().lower().removesuffix(".")
    except (idna.IDNAError, UnicodeError) as error:
        raise NotADomain(f"Not a domain such as example.com: {_first_sentence(error)}") from None
    *above, last = domain.split(".")
    if _NUMBER.fullmatch(last):
        raise NotADomain("An IP address is not a domain.")
    if not above or last in _NOT_PUBLIC:
        raise NotADomain("Not a domain of the public internet.")
    return domain


def listed_parent(domain: str, domains: Collection[str]) -> str | None:
    """The entry that covers a canonical domain: itself, or one that it lies below."""
    labels = domain.split(".")
    parents = (".".join(labels[place:]) for place in range(len(labels)))
    return next((parent for parent in parents if parent in domains), None)


def _first_sentence(error: Exception) -> str:
    return f"{str(error).partition(chr(10))[0][:200].rstrip('.')}."
