"""Where domains are sold: the public suffix list (https://publicsuffix.org) of the package; no network."""

from functools import cache

from publicsuffixlist import PublicSuffixList

_LIST = PublicSuffixList()


def registrable_domain(domain: str) -> str:
    """What its owner registered: firma.co.uk of mail.firma.co.uk; a suffix itself stays as it is."""
    return _LIST.privatesuffix(domain) or domain


def private_suffix(domain: str) -> str | None:
    """The name below which a private party hands out this one (github.io), or that is a suffix itself."""
    suffix = _LIST.publicsuffix(domain)
    is_private = suffix != _registries().publicsuffix(domain)
    return suffix if is_private or suffix == domain else None


def is_sold(ending: str) -> bool:
    """True for the last part of a name that the internet really has: com, de; not for example."""
    known: bool = _LIST.publicsuffix(ending, accept_unknown=False) is not None
    return known


@cache
def _registries() -> PublicSuffixList:
    """The list without its private section; few processes need it."""
    return PublicSuffixList(only_icann=True)
