"""How partners are found by words: accents, case and punctuation do not count."""

from chassis.text.names import plain

MOST_WORDS = 10


def query_of(text: str) -> str | None:
    """A tsquery for partners that have all these beginnings of words; None if there is no word."""
    words = plain(text).split()[:MOST_WORDS]
    # Words hold letters and digits only, so nothing in them can be an operator of the query.
    return " & ".join(f"'{word}':*" for word in words) or None
