"""Where domains are sold: the public suffix list (https://publicsuffix.org) of the package; no network."""

from publicsuffixlist import PublicSuffixList

_LIST = PublicSuffixList()


def registrable_domain(domain: str) -> str:
    """What its owner registered: firma.co.uk of mail.firma.co.uk; a suffix itself stays as it is."""
    return _LIST.privatesuffix(domain) or domain


def is_sold(ending: str) -> bool:
    """True for the last part of a name that the internet really has: com, de; not for example."""
    known: bool = _LIST.publicsuffix(ending, accept_unknown=False) is not None
    return known
