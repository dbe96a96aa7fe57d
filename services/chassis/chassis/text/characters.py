"""Characters that no line of text carries, and those that nobody sees."""

import unicodedata
from collections.abc import Set

import regex

# Control characters, surrogates, private and never assigned code points, separators of lines, and the
# format characters that reorder what people read (https://www.unicode.org/reports/tr36/, bidi spoofing); and
# what stands for a letter that was lost: a form that came in another encoding than UTF-8 is full of it.
_REFUSED = regex.compile(
    r"[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\u202a-\u202e\u2066-\u2069\ufffd]"
)
# What copying puts around a text: blanks, tabs, line breaks, and the marks by which Windows embeds it.
_AROUND = (
    "\t\n\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
_AROUND += "\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
# Of the ignorable ones some spell names (joiners in Persian and Hindi, variation selectors in Japanese)
# or keep mixed directions readable (the two marks): those stay in what is shown.
_INVISIBLE = regex.compile(
    r"[\p{Default_Ignorable_Code_Point}--[\u200c-\u200f\p{Variation_Selector}]]", regex.VERSION1
)
_FORMAT = regex.compile(r"[\p{Format}\p{Default_Ignorable_Code_Point}]")
_IGNORABLE = regex.compile(r"\p{Default_Ignorable_Code_Point}")
_LETTER_OR_DIGIT = regex.compile(
    r"[[\p{Letter}\p{Number}]--\p{Default_Ignorable_Code_Point}]", regex.VERSION1
)
# Unicode's stream-safe text allows 30; no writing system of the living needs more than a few.
_PILED_UP = regex.compile(r"\p{Mark}{9,}")


def cleaned(text: str, kept_controls: Set[str] = frozenset()) -> str:
    """In Unicode's composed form, and without what nobody sees; what copying put around it is dropped.

    Raises ValueError for characters that make a text unusable, inside it ``\\n`` and ``\\t`` among them
    unless they are kept, and for a letter with a tower of marks, which covers the lines above and below.
    """
    text = text.strip(_AROUND)
    if set(_REFUSED.findall(text)) - kept_controls:
        raise ValueError("Control characters are not allowed, nor any that stand for lost letters.")
    if _PILED_UP.search(text):
        raise ValueError("Too many marks on one letter.")
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).strip()


def without_invisible(text: str) -> str:
    """Without what came along by copying: zero-width spaces, soft hyphens, byte order marks, tags."""
    return _INVISIBLE.sub("", text)


def without_ignorable(text: str) -> str:
    """Without everything that has no shape of its own; for comparing."""
    return _IGNORABLE.sub("", text)


def has_letter_or_digit(text: str) -> bool:
    """True if there is something to call it by; a blank, a mark, a symbol or an emoji alone is none."""
    return _LETTER_OR_DIGIT.search(text) is not None


def visible_line(text: str) -> str:
    """One line of visible characters and single spaces, for systems that take nothing else."""
    return " ".join(_FORMAT.sub("", text).split())
