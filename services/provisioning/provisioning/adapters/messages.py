"""What outside systems say, made fit for events and logs."""

import re

_MAIL_ADDRESS = re.compile(r"[^\s@<>\"=(]+@[^\s@<>\"',;)]+\.[^\s@<>\"',;.)]+")
_LENGTH_MOST = 500


def without_mail_addresses(text: str) -> str:
    """Return the text without personal data, and not endless."""
    return _MAIL_ADDRESS.sub("…", text)[:_LENGTH_MOST]
