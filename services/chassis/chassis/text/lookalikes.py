"""Which characters look like which, by Unicode's table of confusables (https://www.unicode.org/reports/tr39/)."""

import re
import unicodedata
from functools import cache

from confusable_homoglyphs.confusables import confusables_data

from chassis.text.characters import without_ignorable

# Letters of ASCII that no table of Unicode's leads back to: small capitals, white on black, those of flags.
_DISGUISED = re.compile(
    r"(?:LATIN LETTER SMALL CAPITAL|NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER"
    r"|REGIONAL INDICATOR SYMBOL LETTER|LATIN SMALL LETTER SCRIPT) ([A-Z])"
)


@cache
def ascii_of(character: str) -> str:
    """A letter or digit as ASCII has it, where it looks like one there; else as it is, without its case."""
    small = character.casefold()
    if small.isascii():
        return small
    if small.isdecimal():
        return str(unicodedata.decimal(small))
    if disguised := _DISGUISED.fullmatch(unicodedata.name(small, "")):
        return disguised[1].lower()
    for form in (small, small.upper()):
        alike = "".join(_prototype(character) for character in form)
        plain = without_marks(unicodedata.normalize("NFKD", alike)).casefold()
        if plain.isascii() and plain.isalnum():
            return plain
    return small


@cache
def prototype_of(character: str) -> str:
    """One form for what looks alike in one case or the other: "I", "l" and "1"; "0" and "O"."""
    alike = _prototype(character)
    if alike == character:
        alike = _prototype(character.upper())
    return alike.casefold() if alike.isascii() else character


def without_marks(decomposed: str) -> str:
    """Without accents; marks that spell (vowels of Hindi, points of Hebrew) stay."""
    return "".join(character for character in decomposed if not "\u0300" <= character <= "\u036f")


def _prototype(character: str) -> str:
    """The table has its pairs in both directions: who has several partners is their model."""
    partners = confusables_data.get(character, ())
    if len(partners) != 1:
        return character
    other: str = without_ignorable(partners[0]["c"])
    is_model = len(confusables_data.get(other, ())) == 1 and not _goes_before(other, character)
    return character if is_model else other


def _goes_before(one: str, other: str) -> bool:
    return (not one.isascii(), one) < (not other.isascii(), other)
