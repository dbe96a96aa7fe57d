"""Removes personal data and credentials from a text, in whatever encoding they are.

A safety net: we log ids, never people. But libraries log URLs of requests, and servers
repeat in their errors what they were sent.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from chassis.identity.links import TOKEN_LENGTH

ADDRESS, PERSONAL, TOKEN, KEY, VALUES = "[address]", "[personal]", "[token]", "[key]", "[values]"
LONGEST_CAUSE = 500
LONGEST = 10_000

# The sign itself; percent-encoded, once or more often; quoted-printable; JSON, Python and HTML escapes.
_AT = r"(?:@|%(?:25)*40|=40|\\+u0040|\\+x40|&\#0*64;|&\#x0*40;|&commat;|&amp;\#64;)"
# Whatever stands before and behind it without a gap: rather too much than too little. Bounded, so that no
# text takes long.
_AROUND = r"(?:&\#?\w{1,8};|[^\s\"<>()\[\]{},;:/?|&])"
_MAIL_ADDRESS = re.compile(rf"{_AROUND}{{1,100}}{_AT}{_AROUND}{{1,255}}", re.IGNORECASE)
# The head of a token is short, and every place is looked at from where it may begin.
_TOKEN = re.compile(r"eyJ[\w-]{5,500}\.[\w-]+(?:\.[\w-]*)?")
_LINK = re.compile(rf"(?<![\w-])[\w-]{{{TOKEN_LENGTH}}}(?![\w-])")
_CREDENTIALS = re.compile(r"(?i)\b(bearer|basic)(\s+|%20|\+)[\w.~+/=-]{8,}")
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S
)
# What PostgreSQL, SQLAlchemy and pydantic show of the values that were refused.
_REFUSED_VALUES = re.compile(
    r"(?m)^\s*DETAIL:.*$|\[parameters: .*$|input_value=.*?(?=, input_type=|$)|\bKey \(.*?\)=\(.*\)"
)
_MAY_HOLD = re.compile(
    rf"{_AT}|eyJ|[\w-]{{{TOKEN_LENGTH}}}|PRIVATE KEY|bearer|basic|DETAIL:|parameters: |input_value|\)=\(",
    re.IGNORECASE,
)


def redacted(text: str) -> str:
    """The text without email addresses, tokens, keys and refused values, truncated.

    A word at the cut is removed entirely: the first half of an address would not be recognized.
    """
    if len(text) < TOKEN_LENGTH and (text.isalnum() or text.isidentifier()):
        return text
    if len(text) > LONGEST:
        text = "".join(text[:LONGEST].rsplit(maxsplit=1)[:1])
    if not _MAY_HOLD.search(text):
        return text
    text = _PRIVATE_KEY.sub(KEY, text)
    text = _LINK.sub(TOKEN, _TOKEN.sub(TOKEN, text))
    text = _CREDENTIALS.sub(rf"\1 {TOKEN}", text)
    text = _REFUSED_VALUES.sub(VALUES, text)
    return _MAIL_ADDRESS.sub(ADDRESS, text)


def redacted_cause(text: str, known: Iterable[str] = ()) -> str:
    """An error from outside, in a form that is fit for events, answers and logs.

    ``known`` is the personal data that we sent: names cannot be recognized, but they can be searched for.
    """
    for words in sorted(set(known), key=len, reverse=True):
        for form in {words, quote(words), quote_plus(words)} - {""}:
            text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", PERSONAL, text, flags=re.IGNORECASE)
    return redacted(" ".join(text.split()))[:LONGEST_CAUSE]


def redacted_deeply(value: Any) -> Any:
    """Every text inside, including names of mappings; anything else stays as it is."""
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, Mapping):
        return {redacted(str(name)): redacted_deeply(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redacted_deeply(part) for part in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redacted(str(value))
