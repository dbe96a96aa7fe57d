"""Text that an anonymous visitor typed, as a mail may quote it to somebody who never asked for one.

Whoever can put words into mails of ours can advertise, threaten or phish with our good name, so what is
quoted leads nowhere: no email or web address, nothing that a mail program makes a link of, no number to
call, no line of its own.
"""

import unicodedata

import regex

from chassis.text.characters import without_ignorable
from chassis.text.public_suffixes import is_sold

MOST_CHARACTERS = 60
# "3M", "Studio 54" and "1&1" pass; the shortest numbers that people can be made to call have more.
MOST_DIGITS = 3
# Seven digits are the shortest that people dial; "Studio 2000" and "B52A1234567" are names.
_TO_CALL = regex.compile(r"(?<!\w)\d(?:[\s()/.+-]*\d){6,}(?!\w)")
# A legal form, often without the blank, and no domain of Kyrgyzstan.
_CO_KG = regex.compile(r"\bCo\.(?=KG)", regex.IGNORECASE)

_ADDRESS = regex.compile(r"\S*(?:@|://|\bwww)\S*", regex.IGNORECASE)
# All else is a gap: characters of addresses, of markup and of encoded words, emoji, control characters.
_APART = regex.compile(r"[^\p{Letter}\p{Mark}\p{Number}&'\u2018\u2019.,\u2013()+!/\u00b7-]+")
_PLUS = regex.compile(r"\+(?=[\s(]*\p{Number})")
_DOTTED = regex.compile(r"\S*\w\.+\w\S*")
_ENDING = regex.compile(r"(?<=\.)\w[\w-]*")
# Two characters and more make an ending, a hyphen among them; "S.p.A." and "B.V." have none.
_DOT_OF_ENDING = regex.compile(r"(?<=\w)\.+(?=\w[\w-])|(?<!\w)\.+")
_EDGES = "&,-\u2013+!/\u00b7' "


def quotable(text: str) -> str:
    """A short line of words; empty if none are left. Leaves its own results as they are."""
    kept = without_ignorable(unicodedata.normalize("NFKC", text))
    while kept != (cleaned := _cleaned(kept)):
        kept = cleaned
    return kept


def leads_somewhere(text: str) -> bool:
    """Whether there is an email or web address in it, or a number that people can call."""
    shown = _CO_KG.sub("Co. ", without_ignorable(unicodedata.normalize("NFKC", text)))
    has_address = _ADDRESS.search(shown) or any(_is_domain(word) for word in _DOTTED.findall(shown))
    return bool(has_address or _TO_CALL.search(shown))


def _cleaned(text: str) -> str:
    words = _PLUS.sub(" ", _APART.sub(" ", _ADDRESS.sub(" ", text)))
    if sum(map(str.isnumeric, words)) > MOST_DIGITS:
        words = "".join(" " if character.isnumeric() else character for character in words)
    words = _DOTTED.sub(lambda found: "" if _is_domain(found[0]) else found[0], words)
    words = " ".join(_DOT_OF_ENDING.sub(". ", words).replace(" . ", " ").split())
    short = unicodedata.normalize("NFKC", _shortened(words).strip(_EDGES).lstrip(". "))
    return short if regex.search(r"\p{Letter}", short) else ""


def _is_domain(word: str) -> bool:
    """True where a part of it is an ending that the internet has."""
    endings = map(str.casefold, _ENDING.findall(word))
    return any(ending.startswith("xn--") or (len(ending) > 1 and is_sold(ending)) for ending in endings)


def _shortened(line: str) -> str:
    if len(line) <= MOST_CHARACTERS:
        return line
    whole, _, _ = line[: MOST_CHARACTERS + 1].rpartition(" ")
    return whole or line[:MOST_CHARACTERS]
