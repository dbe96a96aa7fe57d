"""What a stranger typed leads nowhere once it is quoted in a mail."""

import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from chassis.text.public_suffixes import is_sold
from chassis.text.quotable import MOST_CHARACTERS, MOST_DIGITS, leads_somewhere, quotable

PIECES = (
    *("Müller", "St.", "Acme", "S.p.A.", "株式会社", "Ελλάς", "call", "&", "GmbH", "L\u2019Été"),
    *(
        "@",
        "\uff20",
        "www",
        "\uff57\uff57\uff57",
        "WWW.",
        "evil",
        ".com",
        "\uff0ecom",
        "。com",
        "\uff61de",
        "\u2024org",
        ".рф",
        ".xn--p1ai",
    ),
    *("://", "http:", "mailto:", "/", "\\", "<", ">", "=?utf-8?q?", "?=", "[.]", "(", ")", "-", "_", ":"),
    *(
        "+",
        "\uff0b",
        "0",
        "49",
        "٤٩",
        "\uff14\uff19",
        "①",
        "½",
        "九",
        "⁹",
        " ",
        "\u00a0",
        "\n",
        "\r\n",
        "\u2028",
        "\t",
    ),
    *("\u200b", "\u200d", "\u202e", "\u2066", "\u200f", "\u00ad", "\u034f", "\ufe0f", "\u20e3", "\U000e0041"),
)
TEXTS = st.text(max_size=150) | st.lists(st.sampled_from(PIECES) | st.characters(), max_size=40).map("".join)
LINKED = regex.compile(r"\w\.+(\w[\w-]+)")


@given(TEXTS)
def test_nothing_that_is_quoted_leads_anywhere(typed: str) -> None:
    quoted = quotable(typed)
    assert len(quoted) <= MOST_CHARACTERS
    assert not regex.search(r"[@:<>\\?=\p{C}\p{Zl}\p{Zp}]|\bwww|\+\s*\p{N}", quoted, regex.IGNORECASE)
    assert sum(map(str.isnumeric, quoted)) <= MOST_DIGITS
    assert not LINKED.search(quoted)
    assert quoted == " ".join(quoted.split(" ")).strip()
    assert unicodedata.is_normalized("NFKC", quoted)
    assert quotable(quoted) == quoted
    assert not quoted or regex.search(r"\p{L}", quoted)


@given(st.sampled_from(PIECES), st.sampled_from(["com", "de", "org", "рф", "io", "zip"]), TEXTS)
def test_no_ending_of_the_internet_follows_a_dot(name: str, ending: str, around: str) -> None:
    quoted = quotable(f"{around}{name}.{ending}{around}").casefold()
    parts = (part.split()[0] for part in quoted.split(".")[1:] if part[:1].isalnum())
    assert not any(len(part) > 1 and is_sold(part) for part in parts)


@pytest.mark.parametrize(
    ("typed", "quoted"),
    [
        ("Maschinenbau Weiß & Söhne GmbH", "Maschinenbau Weiß & Söhne GmbH"),
        ("L\u2019Été ☀ SARL", "L\u2019Été SARL"),
        ("Novo Nordisk A/S", "Novo Nordisk A/S"),
        ("Sp. z o.o.", "Sp. z o.o."),
        ("St.Gallen AG", "St. Gallen AG"),
        ("三一重工", "三一重工"),
        ("1&1 Telecom", "1&1 Telecom"),
        ("0.0-A", "0. 0-A"),
        ("Studio 54", "Studio 54"),
        ("Booking.com B.V.", "B.V."),
        ("Your account is locked - call +49 30 1234567", "Your account is locked - call"),
        ("call +49 30 1234567 or so", "call or so"),
        ("call ٠١٢٣ ٤٥", "call"),
        ("Acme (evil.com/path)", "Acme"),
        ("evil\u200b.\u200bcom", ""),
        ("a@b.com", ""),
        ("+49", ""),
        ("…", ""),
        ("x" * 200, "x" * MOST_CHARACTERS),
        ("Lang " * 40, ("Lang " * 12).strip()),
    ],
)
def test_names_of_companies_stay_readable(typed: str, quoted: str) -> None:
    assert quotable(typed) == quoted


@pytest.mark.parametrize(
    "name",
    [
        "Visit www.evil.example now",
        "Pay at https://evil.example",
        "Booking evil.com",
        "evil\u200b.com",
        "\uff45\uff56\uff49\uff4c\uff0e\uff43\uff4f\uff4d",
        "Write to a@b",
        "Call (0049) 170/123-45-67",
        "Call ٠١٧٠١٢٣٤٥٦٧",
    ],
)
def test_names_that_lead_somewhere(name: str) -> None:
    assert leads_somewhere(name)


@pytest.mark.parametrize(
    "name",
    [
        "Müller & Söhne GmbH & Co.KG",
        "Müller GmbH & Co. KGaA",
        "Rossi S.p.A.",
        "1&1 AG",
        "Studio 2000 B.V.",
        "3M",
    ],
)
def test_names_that_lead_nowhere(name: str) -> None:
    assert not leads_somewhere(name)
