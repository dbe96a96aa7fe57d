"""A person in mail headers and greetings: any name is safe, and no name is an advertisement."""

import re
import unicodedata
from email.headerregistry import Address

from chassis.failures import NeverPossible
from chassis.text.mail_addresses import NotAMailAddress, checked_address, wire_address
from chassis.text.public_suffixes import is_sold
from notifications.domain.partners import Member

# Nobody may advertise in a name.
_NEVER_A_NAME = re.compile(r"://|[/@\\<>]|=\?|\bwww\b", re.IGNORECASE)
# Words with dots inside, of all kinds that a mail program may take for a domain.
_DOTTED = re.compile(r"[^\W_][\w-]*(?:[.\u2024\u3002\uff0e\uff61][^\W_][\w-]*)+")
_DOT_IN_WORD = re.compile(r"(?<=[^\W_])[.\u2024\u3002\uff0e\uff61](?=[^\W_]{2})")
_KEPT_FORMATS = frozenset("\u200c\u200d")
# More would not fit into one encoded word (RFC 2047: 75 characters), and mail programs join them badly.
_DISPLAY_NAME_BYTES = 45


def one_line(text: str) -> str:
    """Remove control, reordering and broken characters; white space becomes single spaces.

    Encoded words (RFC 2047) are broken up too: the header's writer would decode them, including line breaks.
    """
    kept = (character if _is_kept(character) else " " for character in text.replace("=?", "= ?"))
    return " ".join("".join(kept).split())


def greeting_name(member: Member) -> str | None:
    """The full name for the greeting; None if it looks like anything but a name.

    "M.Hassan" and "St.John" become "M. Hassan" and "St. John", so that no mail program turns them into links.
    """
    name = one_line(member.full_name)
    if not name or _NEVER_A_NAME.search(name) or any(map(_is_domain, _DOTTED.findall(name))):
        return None
    return _DOT_IN_WORD.sub(". ", name)


def header_address(member: Member, *, is_named: bool = True, may_be_international: bool = False) -> Address:
    """For the To header; without the name if ``is_named`` is false.

    Raises NeverPossible for an address that our transport cannot carry.
    """
    if not member.email.rpartition("@")[0].isascii() and not may_be_international:
        text = "The part of the address before the @ has letters outside ASCII, which few mail systems take."
        raise NeverPossible("address_not_supported", text)
    try:
        checked = checked_address(member.email, may_be_international=may_be_international)
    except NotAMailAddress as error:
        raise NeverPossible("address_invalid", "The address is not a valid email address.") from error
    local, _, domain = wire_address(checked).rpartition("@")
    name = (greeting_name(member) or "") if is_named else ""
    if len(name.encode()) > _DISPLAY_NAME_BYTES:
        name = ""
    return Address(display_name=name, username=local, domain=domain)


def _is_domain(word: str) -> bool:
    """An initial, a short title or capitals indicate a name, unless it ends like a domain."""
    first, *_, last = re.split(r"[.\u2024\u3002\uff0e\uff61]", word)
    if len(first) == 1:
        return False
    return is_sold(last.casefold()) or not (len(first) <= 3 or (first[0].isupper() and last[0].isupper()))


def _is_kept(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cf":
        return character in _KEPT_FORMATS
    return category not in {"Cc", "Cs", "Zl", "Zp"}
