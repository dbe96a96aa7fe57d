"""Email addresses, as they travel and as they are compared."""

import unicodedata

from email_validator import EmailNotValidError, validate_email

from chassis.text.domains import NotADomain, canonical_domain

# In bytes, as it travels (RFC 5321, 4.5.3.1.3, without the angle brackets).
LONGEST_ADDRESS = 254

# What the providers say about their own mailboxes; nothing else is taken for one mailbox. At the domains of
# Microsoft (outlook.com, outlook.de, hotmail.com, live.com ...), of Fastmail and of Yahoo one name is several
# people's.
_SAME_AS = {
    # https://support.google.com/mail/answer/10313
    "googlemail.com": "gmail.com",
    # https://support.apple.com/118230: whoever has the older ones has the same name at icloud.com.
    "mac.com": "icloud.com",
    "me.com": "icloud.com",
    # https://proton.me/support/addresses-and-aliases: a name belongs to one account at all of them.
    "pm.me": "proton.me",
    "protonmail.ch": "proton.me",
    "protonmail.com": "proton.me",
    # https://yandex.com/support/mail/reg.html: the address is the user name at any of the domain's aliases.
    "ya.ru": "yandex.com",
    "yandex.by": "yandex.com",
    "yandex.kz": "yandex.com",
    "yandex.ru": "yandex.com",
}
# Who delivers "jana+news" to "jana", by the providers' own help pages, and gives nobody a name with a plus.
_IGNORE_TAGS = frozenset(
    {
        "fastmail.com", "fastmail.fm",  # https://www.fastmail.help/hc/en-us/articles/360060591053
        "gmail.com",  # https://support.google.com/mail/answer/22370
        "hey.com", "hotmail.com", "hotmail.de", "icloud.com", "live.com", "mailbox.org", "msn.com",
        "outlook.com", "outlook.de", "posteo.de",
        "proton.me",  # https://proton.me/support/addresses-and-aliases
        "yandex.com", "zoho.com",
    }
)  # fmt: skip
_IGNORED_CHARACTERS = {
    "gmail.com": ".",  # https://support.google.com/mail/answer/7436150
    # As Proton's own programs compare names (https://github.com/ProtonMail/WebClients).
    "proton.me": "._-",
}
# Who delivers anything@jana.fastmail.com to jana@fastmail.com, by the first of the pages above.
_NAME_IN_SUBDOMAIN = frozenset({"fastmail.com", "fastmail.fm"})
# Where one customer may have the name at both, and two may as well: counted as one, never taken for one.
_COUNTED_AS = {"fastmail.fm": "fastmail.com", "hotmail.de": "hotmail.com", "outlook.de": "outlook.com"}


class NotAMailAddress(ValueError):
    """Nothing that a mail can be sent to; the message says why."""


def checked_address(text: str, *, may_be_international: bool) -> str:
    """The address in its normal form; DNS is not asked. Raises NotAMailAddress.

    ``may_be_international`` is for transports that speak SMTPUTF8 (RFC 6531): only they carry letters
    outside ASCII before the @. A domain of such letters travels by its A-labels, everywhere.
    """
    try:
        found = validate_email(
            text, check_deliverability=False, allow_smtputf8=may_be_international, strict=True
        )
        canonical_domain(found.ascii_domain)
    except (EmailNotValidError, NotADomain) as error:
        raise NotAMailAddress(f"Not a valid email address: {error}") from error
    if "=?" in found.local_part:
        # Programs that read or write mails decode it, and what comes out may be any header or address.
        raise NotAMailAddress("Not a valid email address: =? before the @ begins an encoded word.")
    if len(f"{found.local_part.encode().decode('latin-1')}@{found.ascii_domain}") > LONGEST_ADDRESS:
        raise NotAMailAddress(f"Not a valid email address: longer than {LONGEST_ADDRESS} bytes.")
    return found.normalized


def wire_address(address: str) -> str:
    """A checked address as it goes over the wire: the domain by its A-labels."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain if domain.isascii() else domain_of(address)}"


def canonical_address(address: str) -> str:
    """A checked address, for "is that the same mailbox?", and so for who somebody is.

    Two addresses have one form only if their provider says that they are one mailbox, or if they differ in
    case: a server may tell cases apart (RFC 5321, 2.4), but is advised against it, and none is known that
    gives both to two people. Letters that only look or sort alike stay apart, as "ß" and "ss" do, in the
    domain too (RFC 5891).
    """
    local, domain = _lower(address.rpartition("@")[0]), domain_of(address)
    name, _, provider = domain.partition(".")
    if provider in _NAME_IN_SUBDOMAIN:
        local, domain = name, provider
    domain = _SAME_AS.get(domain, domain)
    if domain in _IGNORE_TAGS:
        local = local.partition("+")[0] or local
    for character in _IGNORED_CHARACTERS.get(domain, ""):
        local = local.replace(character, "") or local
    return f"{local}@{domain}"


def counted_mailbox(address: str) -> str:
    """A checked address, for "may that be the same mailbox?": for limits, and for whom people should look at.

    Coarser than `canonical_address`: tags and widths of letters never count, and "ß" is "ss". A limit had
    better take two mailboxes for one, but nobody may be let in, served or refused as somebody else by it.
    """
    typed, _, domain = address.rpartition("@")
    folded = unicodedata.normalize("NFKC", typed).casefold()
    local, _, domain = canonical_address(f"{folded}@{domain}").rpartition("@")
    return f"{local.partition('+')[0]}@{_COUNTED_AS.get(domain, domain)}"


def domain_of(address: str) -> str:
    """The canonical domain of an address, even of one that was checked less strictly once."""
    domain = address.rpartition("@")[2]
    try:
        return canonical_domain(domain)
    except NotADomain:
        return _lower(domain)


def _lower(text: str) -> str:
    """Without its case, and composed; unlike `str.casefold` it makes no two small letters one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
