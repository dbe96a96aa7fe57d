"""Who was taken for whom by releases before 0006, which took mailboxes that only look related for one person.

Users outside still carry what was made of that form: the label in the CRM, the name in Identity Center. It is
frozen; it says nothing about who somebody is, but where to look, and whose a user is not.
"""

from uuid import UUID

from chassis.text.mail_addresses import domain_of
from provisioning.domain.orders import person_id_in, person_id_of

_SAME_AS = {
    "fastmail.fm": "fastmail.com", "googlemail.com": "gmail.com", "hotmail.de": "hotmail.com",
    "mac.com": "icloud.com", "me.com": "icloud.com", "outlook.de": "outlook.com", "pm.me": "proton.me",
    "protonmail.com": "proton.me", "yandex.ru": "yandex.com",
}  # fmt: skip
_IGNORE_TAGS = frozenset(
    {
        "fastmail.com", "gmail.com", "hey.com", "hotmail.com", "icloud.com", "live.com", "mailbox.org",
        "msn.com", "outlook.com", "posteo.de", "proton.me", "yandex.com", "zoho.com",
    }
)  # fmt: skip


def former_mailbox(email: str) -> str:
    local, domain = email.rpartition("@")[0].casefold(), domain_of(email)
    domain = _SAME_AS.get(domain, domain)
    if domain in _IGNORE_TAGS:
        local = local.partition("+")[0] or local
    return f"{local.replace('.', '') if domain == 'gmail.com' else local}@{domain}"


def former_person_id_of(email: str) -> UUID:
    return person_id_in(former_mailbox(email))


def was_mistaken_for(one: str, other: str) -> bool:
    """Whether these addresses are of two people who were taken for one."""
    is_alike = former_mailbox(one) == former_mailbox(other)
    return is_alike and person_id_of(one) != person_id_of(other)
