"""Names of companies and people, as they are compared.

``plain`` is what a person reads: case, accents, punctuation, width, invisible characters and letters
borrowed from another alphabet do not count. ``lookalike`` goes on: what only looks the same is the same
("rn" and "m", "1" and "l"), and so are umlauts that are spelled out ("Mueller"), so it is for lists of whom
to look at, never for telling who somebody is.
Both are texts of words with single spaces, and both leave their own results as they are.
"""

import unicodedata

import regex

from chassis.text.characters import without_ignorable
from chassis.text.lookalikes import ascii_of, prototype_of, without_marks

_APART = regex.compile(r"[^\p{Letter}\p{Mark}\p{Number}]+")
_SPELLED_OUT = regex.compile(r"(?<=[aou])e+")
# They stand inside words, where others leave a gap: O'Neill, L'Oreal.
_APOSTROPHES = regex.compile(r"['\u2018\u2019\u02bc\u02bb\u00b4`]")


def plain(text: str) -> str:
    """The words of a name."""
    if text.isascii():
        return _words(text.casefold())
    folded = without_ignorable(unicodedata.normalize("NFKD", text).casefold())
    bare = without_marks(unicodedata.normalize("NFKD", folded))
    return _words("".join(map(ascii_of, bare)))


def lookalike(text: str) -> str:
    """The shape of a name."""
    return _SPELLED_OUT.sub("", _words("".join(map(prototype_of, plain(text.replace("|", "l"))))))


def _words(text: str) -> str:
    return _APART.sub(" ", _APOSTROPHES.sub("", text)).strip()
