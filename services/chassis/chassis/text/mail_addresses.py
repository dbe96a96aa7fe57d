"""Mail addresses, as they travel and as they are compared."""

from email_validator import EmailNotValidError, validate_email

from chassis.text.domains import NotADomain, canonical_domain

# In bytes, as it travels (RFC 5321, 4.5.3.1.3, without the angle brackets).
LONGEST_ADDRESS = 254

# Who delivers "jana+news" to "jana", and who leaves out dots; where it is not known, each is an address
# of its own. By the providers' own help pages.
_IGNORE_TAGS = frozenset(
    {
        "fastmail.com", "gmail.com", "hey.com", "hotmail.com", "icloud.com", "live.com", "mailbox.org",
        "me.com", "msn.com", "outlook.com", "pm.me", "posteo.de", "proton.me", "protonmail.com", "yandex.com",
        "zoho.com",
    }
)  # fmt: skip
_IGNORE_DOTS = frozenset({"gmail.com"})
_SAME_AS = {
    "fastmail.fm": "fastmail.com",
    "googlemail.com": "gmail.com",
    "hotmail.de": "hotmail.com",
    "mac.com": "icloud.com",
    "me.com": "icloud.com",
    "outlook.de": "outlook.com",
    "pm.me": "proton.me",
    "protonmail.com": "proton.me",
    "yandex.ru": "yandex.com",
}


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
        raise NotAMailAddress(f"Not a valid mail address: {error}") from error
    if "=?" in found.local_part:
        # Programs that read or write mails decode it, and what comes out may be any header or address.
        raise NotAMailAddress("Not a valid mail address: =? before the @ begins an encoded word.")
    if len(f"{found.local_part.encode().decode('latin-1')}@{found.ascii_domain}") > LONGEST_ADDRESS:
        raise NotAMailAddress(f"Not a valid mail address: longer than {LONGEST_ADDRESS} bytes.")
    return found.normalized


def wire_address(address: str) -> str:
    """A checked address as it goes over the wire: the domain by its A-labels."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain if domain.isascii() else _canonical(domain)}"


def canonical_address(address: str) -> str:
    """A checked address, for "is that the same mailbox?": case and the provider's habits do not count."""
    local, domain = address.rpartition("@")[0].casefold(), domain_of(address)
    domain = _SAME_AS.get(domain, domain)
    if domain in _IGNORE_TAGS:
        local = local.partition("+")[0] or local
    if domain in _IGNORE_DOTS:
        local = local.replace(".", "")
    return f"{local}@{domain}"


def counted_mailbox(address: str) -> str:
    """A checked address, for "how often did that mailbox come?": plus tags never count.

    Coarser than `canonical_address`: where it is not known whether a provider delivers tags, a limit had
    better take two mailboxes for one, while two people had better not be taken for one.
    """
    local, _, domain = canonical_address(address).rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def domain_of(address: str) -> str:
    """The canonical domain of a checked address."""
    return _canonical(address.rpartition("@")[2])


def _canonical(domain: str) -> str:
    """Also of addresses that were checked less strictly once."""
    try:
        return canonical_domain(domain)
    except NotADomain:
        return domain.casefold()
