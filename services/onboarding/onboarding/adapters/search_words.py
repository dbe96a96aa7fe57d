"""How partners are found by words: accents, case and punctuation do not count."""

import re
import unicodedata

from onboarding.domain.partner import Partner

MOST_WORDS = 10


def words_of(text: str) -> list[str]:
    """The words of a text in their plainest form."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return re.findall(r"\w+", plain.replace("_", " "))


def search_text_of(partner: Partner) -> str:
    """Everything an operator may look for."""
    contact = partner.contact
    texts = (
        partner.profile.legal_name,
        partner.profile.registration_number,
        partner.profile.registration_key,
        contact.given_name,
        contact.family_name,
        contact.email,
        str(partner.id).replace("-", ""),
    )
    return " ".join(word for text in texts for word in words_of(text))


def query_of(text: str) -> str | None:
    """A tsquery for partners that have all these beginnings of words; None if there is no word."""
    words = words_of(text)[:MOST_WORDS]
    # Words hold letters and digits only, so nothing in them can be an operator of the query.
    return " & ".join(f"'{word}':*" for word in words) or None
