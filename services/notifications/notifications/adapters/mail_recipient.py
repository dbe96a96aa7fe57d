"""A person as mail headers and greetings may carry them: any name is safe, no name is an advertisement."""

import re
import unicodedata
from email.headerregistry import Address

from email_validator import EmailNotValidError, validate_email

from chassis.failures import NeverPossible
from notifications.domain.partners import Member

# A name goes out to an address that nobody has confirmed yet; nobody shall advertise by it.
_LOOKS_LIKE_A_LINK = re.compile(r"://|www\.|[/@\\<>]|\w\.\w{2,}|=\?")
_KEPT_FORMATS = frozenset("\u200c\u200d")
# More would not fit into one encoded word (RFC 2047: 75 characters), and readers split badly.
_DISPLAY_NAME_BYTES = 45


def one_line(text: str) -> str:
    """Without control, reordering and broken characters; white space becomes single spaces."""
    kept = (character if _is_kept(character) else " " for character in text)
    return " ".join("".join(kept).split())


def greeting_name(member: Member) -> str | None:
    """The full name for the greeting; None when it looks like anything but a name."""
    name = one_line(member.full_name)
    return None if not name or _LOOKS_LIKE_A_LINK.search(name) else name


def header_address(member: Member) -> Address:
    """For the To header. Raises NeverPossible for an address that mail systems do not carry."""
    try:
        checked = validate_email(member.email, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise NeverPossible("address_invalid", "The address is not a valid mail address.") from error
    local, domain = checked.local_part, checked.ascii_domain
    if not local.isascii():
        text = "The part of the address before the @ has letters outside ASCII, which few mail systems take."
        raise NeverPossible("address_not_supported", text)
    name = greeting_name(member) or ""
    if len(name.encode()) > _DISPLAY_NAME_BYTES:
        name = ""
    return Address(display_name=name, username=local, domain=domain)


def _is_kept(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cf":
        return character in _KEPT_FORMATS
    return category not in {"Cc", "Cs", "Zl", "Zp"}
