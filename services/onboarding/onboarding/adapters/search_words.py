"""Full-text search for partners: accents, case and punctuation are ignored."""

from chassis.text.names import plain

MOST_WORDS = 10


def query_of(text: str) -> str | None:
    """A tsquery for partners that match all these prefixes; None if there is no word."""
    words = plain(text).split()[:MOST_WORDS]
    # Words hold letters and digits only, so nothing in them can be an operator of the query.
    return " & ".join(f"'{word}':*" for word in words) or None
